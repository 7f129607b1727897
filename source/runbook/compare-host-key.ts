import { type OfferedHostKey, parseStoredHostKey, sameHostKey } from '../domain/host-key.ts';

/** What a pasted fingerprint says of the keys a target offers. `none`: there is no fingerprint in the text. */
export type Comparison =
	| { readonly outcome: 'same'; readonly key: OfferedHostKey }
	| { readonly outcome: 'other'; readonly pasted: readonly string[] }
	| { readonly outcome: 'none' };

/**
 * Compares what `ssh-keygen -lf` printed on the target with what the target offers: SHA256 or MD5, bare or as the whole line, also a
 * public key or a line of known_hosts, and several lines as `ssh-keygen` prints for several keys. Pure.
 */
export function compareHostKey(pasted: string, offered: readonly OfferedHostKey[]): Comparison {
	const keys = pasted.split(/\r?\n/).flatMap((line) => parseStoredHostKey(line.trim()) ?? []);
	if (keys.length === 0) return { outcome: 'none' };
	const same = offered.find((key) => keys.some((stored) => sameHostKey(stored, key)));
	if (same !== undefined) return { outcome: 'same', key: same };
	return { outcome: 'other', pasted: keys.map(({ fingerprint }) => fingerprint) };
}
