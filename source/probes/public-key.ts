import { createPublicKey } from 'node:crypto';
import pLimit from 'p-limit';
import type { ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import { cleanLine } from '../domain/clean.ts';
import type { KeyEvidence } from '../domain/evidence.ts';
import { describeHostKey } from '../domain/host-key.ts';
import type { PublicKeySource } from '../domain/inventory.ts';
import { readPlainFile } from '../domain/plain-file.ts';
import { UserError } from '../domain/user-error.ts';

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
	return source.kind === 'text' ? parsePublicKey(source.text, 'inventory') : readOnce(source.path);
}

export type KeyReader = typeof readPublicKey;

/** Milliseconds: a key file that was exchanged is seen as soon as that. */
const readAgainAfter = 1_000;

/** For one run over many Safes that share a key: its file is not read for each of them. */
export function createKeyReader(): KeyReader {
	const read = new Map<string, { readonly at: number; readonly key: ReadKey }>();
	return async (source) => {
		if (source?.kind !== 'file') return readPublicKey(source);
		const known = read.get(source.path);
		if (known !== undefined && performance.now() - known.at < readAgainAfter) return known.key;
		const key = await readOnce(source.path);
		read.set(source.path, { at: performance.now(), key });
		return key;
	};
}

/** Milliseconds. What lies on a network drive that is away must not hold a sweep up. */
const longestRead = 3_000;
/** Node has four threads for files and names. Where drives hang, names are still to be resolved. */
const inTurn = pLimit(2);

/** A file is read for all who ask meanwhile. */
const underWay = new Map<string, Promise<ReadKey>>();

async function readOnce(path: string): Promise<ReadKey> {
	const reading = underWay.get(path) ?? inTurn(() => readKeyFile(path)).finally(() => underWay.delete(path));
	underWay.set(path, reading);
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<ReadKey>((resolve) => {
		const text = `The public key file was not read within ${longestRead / 1000} s: a drive with key files does not answer.`;
		timer = setTimeout(() => resolve(refused('key-unreadable', text, cleanLine(path))), longestRead);
	});
	return Promise.race([reading, late]).finally(() => clearTimeout(timer));
}

async function readKeyFile(path: string): Promise<ReadKey> {
	const from = cleanLine(path);
	let text: string;
	try {
		text = (await readPlainFile(path, longestKeyText)).bytes.toString('utf8');
	} catch (error) {
		if (error instanceof UserError)
			return refused('key-invalid', `No public key file: ${cleanLine(error.message)}`, from);
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR')
			return refused('key-missing', 'The public key file does not exist.', from);
		return refused('key-unreadable', `The public key file cannot be read (${code ?? 'unknown error'}).`, from);
	}
	return parsePublicKey(text, from);
}

/** Hundreds of Safes share a key, and to parse one takes OpenSSL half a millisecond: the last ones are kept. */
const mostKept = 64;
const kept = new Map<string, ReadKey>();

export function parsePublicKey(text: string, from: string): ReadKey {
	const id = `${from}\n${text}`;
	const known = kept.get(id);
	if (known !== undefined) return known;
	const read = parseSafely(text, from);
	// What is refused may be a private key: that is never kept.
	if (read.key === null) return read;
	if (kept.size >= mostKept) kept.delete(kept.keys().next().value ?? '');
	kept.set(id, read);
	return read;
}

function parseSafely(text: string, from: string): ReadKey {
	try {
		return parse(text, from);
	} catch {
		// ssh2 and OpenSSL throw where a key has the right form and no sense.
		return refused('key-invalid', 'This is not an SSH public key.', from);
	}
}

function parse(text: string, from: string): ReadKey {
	if (/PuTTY-User-Key-File-\d/.test(text)) {
		return refused(
			'key-is-private',
			'This is a PuTTY file (.ppk), which holds the private key. vpmon needs only the public one, and has not kept this.',
			from,
		);
	}
	if (/PRIVATE KEY-----/.test(text)) {
		return refused(
			'key-is-private',
			'This is a private key. vpmon needs only the public one, and has not kept this.',
			from,
		);
	}
	const keyType = /(?:^|\s)([a-z][a-z0-9@.-]*)\s+AAAA/m.exec(text)?.[1] ?? null;
	if (keyType?.includes('-cert-v01')) {
		return refused('key-is-certificate', 'This is an SSH certificate; give the public key it was made for.', from);
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
