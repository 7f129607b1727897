import { createHash, createHmac, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { keyBlob, privateKey, publicKey, type TestKey } from './keys.ts';

/** A private key in one of the forms that programs write; it is made out of the key pairs in fixtures/keys. */
export type KeyForm = {
	readonly head: readonly string[];
	readonly body: readonly string[];
	readonly tail: readonly string[];
};

const files = { rsa: 'host-rsa', ecdsa: 'host-ecdsa', ed25519: 'host-b' } as const satisfies Record<string, TestKey>;
type Algorithm = keyof typeof files;

const isAlgorithm = (name: string): name is Algorithm => name in files;

/** Strings of RFC 4251: a length in four bytes, then so many bytes. */
function readStrings(bytes: Buffer, from: number): Buffer[] {
	const strings: Buffer[] = [];
	for (let at = from; at + 4 <= bytes.length; ) {
		const length = bytes.readUInt32BE(at);
		if (at + 4 + length > bytes.length) break;
		strings.push(bytes.subarray(at + 4, at + 4 + length));
		at += 4 + length;
	}
	return strings;
}

const string = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes]);

const armoured = (pem: string) => pem.trim().split('\n').slice(1, -1);

/** The private half of openssh-key-v1 (PROTOCOL.key), unencrypted: check integers, then name and numbers of the key. */
function privateStrings(algorithm: Algorithm): Buffer[] {
	const file = Buffer.from(armoured(privateKey(files[algorithm])).join(''), 'base64');
	const [, , , , secret = Buffer.alloc(0)] = [...readStrings(file, 15).slice(0, 3), ...readStrings(file, 39)];
	return readStrings(secret, 8);
}

const number = (bytes: Buffer | undefined) => BigInt(`0x${bytes?.toString('hex') || '0'}`);

function base64url(value: Buffer | bigint | undefined): string {
	if (typeof value !== 'bigint')
		return (value?.[0] === 0 ? value.subarray(1) : (value ?? Buffer.alloc(0))).toString('base64url');
	const hex = value.toString(16);
	return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
}

/** The key as JSON Web Key (RFC 7517, 7518 and 8037). */
export function jsonWebKey(algorithm: string): Record<string, string> {
	if (!isAlgorithm(algorithm)) throw new Error(`no key of ${algorithm}`);
	const [, first, second, third, fourth, fifth, sixth] = privateStrings(algorithm);
	if (algorithm === 'ed25519')
		return { kty: 'OKP', crv: 'Ed25519', x: base64url(first), d: base64url(second?.subarray(0, 32)) };
	if (algorithm === 'ecdsa') {
		const [x, y] = [second?.subarray(1, 33), second?.subarray(33)];
		return {
			kty: 'EC',
			crv: 'P-256',
			x: x?.toString('base64url') ?? '',
			y: y?.toString('base64url') ?? '',
			d: base64url(third),
		};
	}
	const [d, p, q] = [number(third), number(fifth), number(sixth)];
	return {
		kty: 'RSA',
		n: base64url(first),
		e: base64url(second),
		d: base64url(third),
		p: base64url(fifth),
		q: base64url(sixth),
		dp: base64url(d % (p - 1n)),
		dq: base64url(d % (q - 1n)),
		qi: base64url(fourth),
	};
}

const keyObject = (algorithm: Algorithm): KeyObject => createPrivateKey({ key: jsonWebKey(algorithm), format: 'jwk' });

const lines = (bytes: Buffer, width: number) => bytes.toString('base64').match(new RegExp(`.{1,${width}}`, 'g')) ?? [];

function pem(algorithm: Algorithm, type: 'pkcs1' | 'pkcs8' | 'sec1', label: string): KeyForm {
	const text = keyObject(algorithm).export({ type, format: 'pem' }).toString();
	return { head: [`-----BEGIN ${label}-----`], body: armoured(text), tail: [`-----END ${label}-----`] };
}

function openssh(algorithm: Algorithm): KeyForm {
	const body = armoured(privateKey(files[algorithm]));
	return { head: ['-----BEGIN OPENSSH PRIVATE KEY-----'], body, tail: ['-----END OPENSSH PRIVATE KEY-----'] };
}

/** PuTTY's own format, unencrypted (appendix C of its manual): the private numbers alone, and a MAC over the whole. */
function ppk(algorithm: 'rsa' | 'ed25519', version: 2 | 3): KeyForm {
	const [type = Buffer.alloc(0), , second, third, fourth, fifth, sixth] = privateStrings(algorithm);
	const empty = Buffer.alloc(0);
	const secret =
		algorithm === 'rsa'
			? Buffer.concat([third, fifth, sixth, fourth].map((part) => string(part ?? empty)))
			: string(Buffer.from(second?.subarray(0, 32) ?? empty));
	const blob = keyBlob(files[algorithm]);
	const signed = [type, 'none', 'made for tests', blob, secret].map((part) => string(Buffer.from(part)));
	const key = version === 3 ? '' : createHash('sha1').update('putty-private-key-file-mac-key').digest();
	const mac = createHmac(version === 3 ? 'sha256' : 'sha1', key)
		.update(Buffer.concat(signed))
		.digest('hex');
	const [open, body] = [lines(blob, 64), lines(secret, 64)];
	return {
		head: [
			`PuTTY-User-Key-File-${version}: ${type}`,
			'Encryption: none',
			'Comment: made for tests',
			`Public-Lines: ${open.length}`,
			...open,
			`Private-Lines: ${body.length}`,
		],
		body,
		tail: [`Private-MAC: ${mac}`],
	};
}

const forms: Readonly<Record<string, () => KeyForm>> = {
	'rsa-pkcs1': () => pem('rsa', 'pkcs1', 'RSA PRIVATE KEY'),
	'rsa-pkcs8': () => pem('rsa', 'pkcs8', 'PRIVATE KEY'),
	'ecdsa-sec1': () => pem('ecdsa', 'sec1', 'EC PRIVATE KEY'),
	'ecdsa-pkcs8': () => pem('ecdsa', 'pkcs8', 'PRIVATE KEY'),
	'ed25519-pkcs8': () => pem('ed25519', 'pkcs8', 'PRIVATE KEY'),
	'rsa-openssh': () => openssh('rsa'),
	'ecdsa-openssh': () => openssh('ecdsa'),
	'ed25519-openssh': () => openssh('ed25519'),
	'rsa-ppk': () => ppk('rsa', 3),
	'ed25519-ppk': () => ppk('ed25519', 3),
	'rsa-ppk2': () => ppk('rsa', 2),
};

/** Throws for a form that there is none of. */
export function keyForm(name: string): KeyForm {
	const form = forms[name];
	if (form === undefined) throw new Error(`no key form ${name}`);
	return form();
}

export const keyText = ({ head, body, tail }: KeyForm): string => [...head, ...body, ...tail].join('\n');

/**
 * What of a line of a key is no canary: how every key of its form begins. An RSA or OPENSSH key says nothing of itself in its
 * first line, and a short key its secret in the last 40 characters of it.
 */
export function bodyCanary(name: string, line: string, index: number): string | null {
	if (index > 0 || name.includes('ppk')) return line.length >= 20 ? line : null;
	return /^(?:rsa|.*openssh)/.test(name) ? null : line.slice(-40);
}

/** `rsa`, `ecdsa` or `ed25519` as OpenSSH writes public keys, as SubjectPublicKeyInfo or as fingerprint. */
export function publicHalf(form: string, algorithm: string): string {
	if (!isAlgorithm(algorithm)) throw new Error(`no key of ${algorithm}`);
	if (form === 'ssh') return publicKey(files[algorithm]);
	if (form === 'spki')
		return createPublicKey(keyObject(algorithm)).export({ type: 'spki', format: 'pem' }).toString().trim();
	const digest = createHash('sha256').update(keyBlob(files[algorithm])).digest('base64');
	return `SHA256:${digest.replace(/=+$/, '')}`;
}

const bytesOf = (part: string | undefined) => Buffer.from(part ?? '', 'base64url');

/** The secret numbers of the RSA key as `openssl pkey -text` prints them, each under its name. */
export function opensslText(): { readonly text: string; readonly secrets: readonly string[] } {
	const key = jsonWebKey('rsa');
	const secrets: string[] = [];
	const print = (name: string, part: string | undefined) => {
		const bytes = bytesOf(part);
		const padded = (bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
		const pairs = [...padded].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
		const rows = pairs.match(/.{1,45}/g) ?? [];
		if (name !== 'modulus') secrets.push(...rows.filter((row) => row.length >= 20));
		return [`${name}:`, ...rows.map((row) => `    ${row}`)];
	};
	const text = [
		'Private-Key: (2048 bit, 2 primes)',
		...print('modulus', key.n),
		'publicExponent: 65537 (0x10001)',
		...print('privateExponent', key.d),
		...print('prime1', key.p),
		...print('prime2', key.q),
	].join('\n');
	return { text, secrets };
}

/** The RSA key as .NET's RSA.ToXmlString(true) writes it. */
export function rsaXml(): { readonly text: string; readonly secrets: readonly string[] } {
	const key = jsonWebKey('rsa');
	const secret = { P: key.p, Q: key.q, DP: key.dp, DQ: key.dq, InverseQ: key.qi, D: key.d };
	const base64 = (part: string | undefined) => bytesOf(part).toString('base64');
	const tags = Object.entries({ Modulus: key.n, Exponent: key.e, ...secret }).map(
		([tag, part]) => `<${tag}>${base64(part)}</${tag}>`,
	);
	return { text: `<RSAKeyValue>${tags.join('')}</RSAKeyValue>`, secrets: Object.values(secret).map(base64) };
}
