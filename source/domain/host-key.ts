import { createHash } from 'node:crypto';
import { cleanLine } from './clean.ts';
import type { Writer } from './measurement.ts';

/** SSH host key types as the protocol names them (RFC 4253 section 6.6, RFC 5656, RFC 8709). */
export const hostKeyTypes = [
	'ssh-ed25519',
	'ecdsa-sha2-nistp256',
	'ecdsa-sha2-nistp384',
	'ecdsa-sha2-nistp521',
	'ssh-rsa',
	'ssh-dss',
] as const;

export type HostKeyType = (typeof hostKeyTypes)[number];

/** The name ssh-keygen prints in brackets after a fingerprint. */
const shortNames: Readonly<Record<string, HostKeyType>> = {
	ED25519: 'ssh-ed25519',
	ECDSA: 'ecdsa-sha2-nistp256',
	RSA: 'ssh-rsa',
	DSA: 'ssh-dss',
};

/** A host key as a server offered it. */
export type OfferedHostKey = {
	readonly type: HostKeyType | string;
	/** `SHA256:` and 43 characters of base64 without padding, as OpenSSH prints it. */
	readonly sha256: string;
	/** `MD5:` and 16 hexadecimal pairs. */
	readonly md5: string;
};

/** A host key that was seen at an earlier measurement. */
export type CarriedHostKey = OfferedHostKey & {
	/** ISO 8601. */
	readonly seenAt: string;
	/** Who saw it; null where nobody says. */
	readonly seenBy: Writer | null;
};

/** A host key as somebody stored it; without a type when only a fingerprint was noted. */
export type StoredHostKey = {
	readonly type: HostKeyType | null;
	readonly fingerprint: string;
};

/** Fingerprints of a key blob in SSH wire format (RFC 4253 section 6.6); the type is the blob's first string. */
export function describeHostKey(blob: Buffer): OfferedHostKey {
	const typeLength = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
	const type = cleanLine(blob.subarray(4, 4 + Math.min(typeLength, 64)).toString('latin1'));
	const md5 = createHash('md5').update(blob).digest('hex').match(/../g) ?? [];
	return { type, sha256: sha256Fingerprint(blob), md5: `MD5:${md5.join(':')}` };
}

function sha256Fingerprint(blob: Buffer): string {
	return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

const bareFingerprint = /^SHA256:[A-Za-z0-9+/]{43}$/;
const sha256Pattern = /SHA256:([A-Za-z0-9+/]{43})=?(?![A-Za-z0-9+/=])/;
const md5Pattern = /(?:MD5:)?\b((?:[0-9a-f]{2}:){15}[0-9a-f]{2})\b/i;
const keyLinePattern = /\b(ssh-[a-z0-9]+|ecdsa-sha2-nistp\d+)\s+(AAAA[A-Za-z0-9+/]+={0,2})/;

/**
 * Reads a stored host key in any of the ways people note one: `SHA256:…`, `MD5:aa:…` or bare pairs, `ssh-ed25519 SHA256:…`, a line
 * of `ssh-keygen -l`, a known_hosts line or a whole public key. Null when there is none in the text.
 */
export function parseStoredHostKey(text: string): StoredHostKey | null {
	// The usual way, ten thousand times in a large inventory.
	if (bareFingerprint.test(text)) return { type: null, fingerprint: text };
	const keyLine = keyLinePattern.exec(text);
	if (keyLine?.[2] !== undefined) {
		const blob = Buffer.from(keyLine[2], 'base64');
		const offered = describeHostKey(blob);
		// A cut or mistyped key names another type inside than outside, or holds nothing after it.
		if (offered.type !== keyLine[1] || blob.length < 32) return null;
		return { type: asHostKeyType(offered.type), fingerprint: offered.sha256 };
	}
	const type = typeNamedIn(text);
	const sha256 = sha256Pattern.exec(text);
	if (sha256 !== null) return { type, fingerprint: `SHA256:${sha256[1]}` };
	const md5 = md5Pattern.exec(text);
	if (md5?.[1] !== undefined) return { type, fingerprint: `MD5:${md5[1].toLowerCase()}` };
	return null;
}

function typeNamedIn(text: string): HostKeyType | null {
	const words = text.split(/\s+/);
	const named = hostKeyTypes.find((type) => words.includes(type));
	if (named !== undefined) return named;
	const short = /(?:\(|^)(ED25519|RSA|DSA)(?:\)|\s)/.exec(text)?.[1];
	// "ECDSA" alone does not say which curve, so it names no type.
	return short === undefined ? null : (shortNames[short] ?? null);
}

function asHostKeyType(type: string): HostKeyType | null {
	return hostKeyTypes.find((known) => known === type) ?? null;
}

/** A stored key with the type of the offered one that it is, where that tells it. */
export function withTypeOf(stored: StoredHostKey, offered: readonly OfferedHostKey[]): StoredHostKey {
	const match = offered.find((key) => sameHostKey(stored, key));
	return stored.type !== null || match === undefined ? stored : { ...stored, type: asHostKeyType(match.type) };
}

export function sameHostKey(stored: StoredHostKey, offered: OfferedHostKey): boolean {
	return stored.fingerprint.startsWith('MD5:')
		? stored.fingerprint === offered.md5
		: stored.fingerprint === offered.sha256;
}

/** `ED25519`, `ECDSA`, `RSA` as ssh-keygen says them; other types as they are. */
export function shortKeyType(type: string): string {
	if (type.startsWith('ecdsa-')) return 'ECDSA';
	return Object.entries(shortNames).find(([, known]) => known === type)?.[0] ?? type;
}
