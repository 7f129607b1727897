import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import type { KeyEvidence } from '../domain/evidence.ts';
import { describeHostKey } from '../domain/host-key.ts';
import type { PublicKeySource } from '../domain/inventory.ts';

/** A public key ready to be asked for. */
export type AskableKey = {
	readonly parsed: ParsedKey;
	readonly fingerprint: string;
};

export type ReadKey = {
	readonly evidence: KeyEvidence;
	readonly key: AskableKey | null;
};

const longestKeyText = 64 * 1024; // Bytes; the largest RSA key is far below.
const fewestRsaBits = 2048;

/** Reads and parses the public key of a credential. Every problem is a value; key material is never part of it. */
export async function readPublicKey(source: PublicKeySource | null): Promise<ReadKey> {
	if (source === null) return refused('key-missing', 'The Safe has no public key in the inventory.', 'inventory');
	const from = source.kind === 'file' ? source.path : 'inventory';
	if (source.kind === 'text') return parsePublicKey(source.text, from);
	try {
		const bytes = await readFile(source.path);
		if (bytes.length > longestKeyText)
			return refused('key-invalid', 'The file is far too large for a public key.', from);
		return parsePublicKey(bytes.toString('utf8'), from);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR')
			return refused('key-missing', 'The public key file does not exist.', from);
		if (code === 'EISDIR') return refused('key-invalid', 'This is a directory, not a public key file.', from);
		return refused('key-unreadable', `The public key file cannot be read (${code ?? 'unknown error'}).`, from);
	}
}

export function parsePublicKey(text: string, from: string): ReadKey {
	if (/PRIVATE KEY-----|PuTTY-User-Key-File-\d/.test(text)) {
		return refused(
			'key-is-private',
			'This is a private key. vpmon needs only the public one, and has not kept this.',
			from,
		);
	}
	const keyType = /(?:^|\s)([a-z][a-z0-9@.-]*)\s+AAAA/m.exec(text)?.[1] ?? null;
	if (keyType?.includes('-cert-v01')) {
		return refused('key-invalid', 'This is a certificate; give the public key it was made for.', from);
	}
	if (keyType?.startsWith('sk-')) {
		return refused('key-unsupported', 'vpmon cannot ask about hardware-backed (sk-) keys.', from);
	}
	const parsed = ssh2.utils.parseKey(text.trim());
	const key = Array.isArray(parsed) ? (parsed[0] as ParsedKey | undefined) : parsed;
	if (key === undefined || key instanceof Error) return refused('key-invalid', 'This is not an SSH public key.', from);
	if (key.isPrivateKey()) {
		return refused(
			'key-is-private',
			'This is a private key. vpmon needs only the public one, and has not kept this.',
			from,
		);
	}
	if (key.type === 'ssh-dss') return refused('key-too-weak', 'DSA keys are no longer accepted by SSH servers.', from);
	const bits = modulusBits(key);
	if (bits !== null && bits < fewestRsaBits) {
		return refused(
			'key-too-weak',
			`An RSA key of ${bits} bits is refused by current servers; ${fewestRsaBits} is the least.`,
			from,
		);
	}
	const fingerprint = describeHostKey(key.getPublicSSH()).sha256;
	return {
		evidence: { ok: true, type: key.type, bits, fingerprint, from },
		key: { parsed: key, fingerprint },
	};
}

function modulusBits(key: ParsedKey): number | null {
	if (key.type !== 'ssh-rsa') return null;
	return createPublicKey(key.getPublicPEM()).asymmetricKeyDetails?.modulusLength ?? null;
}

function refused(problem: Extract<KeyEvidence, { ok: false }>['problem'], detail: string, from: string): ReadKey {
	return { evidence: { ok: false, problem, detail, from }, key: null };
}
