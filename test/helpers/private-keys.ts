import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keyFile } from './keys.ts';

// Private keys as files have them, made anew in each run, and what loggers make of their lines.

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const opensshBlob = Buffer.from(
	linesOf(readFileSync(keyFile('user-a'), 'utf8'))
		.slice(1, -1)
		.join(''),
	'base64',
);

function linesOf(pem: string): string[] {
	return pem.trim().split('\n');
}

/** Of the bytes of another key, 64 characters a line as puttygen writes them. */
function putty(version: 2 | 3): string[] {
	const der = rsa.privateKey.export({ type: 'pkcs1', format: 'der' });
	const blob = (from: number, to: number) =>
		der
			.subarray(from, to)
			.toString('base64')
			.match(/.{1,64}/g) ?? [];
	const publicLines = blob(0, 280);
	const privateLines = blob(300, 890);
	return [
		`PuTTY-User-Key-File-${version}: ssh-rsa`,
		version === 2 ? 'Encryption: none' : 'Encryption: aes256-cbc',
		'Comment: rsa-key-20261122',
		`Public-Lines: ${publicLines.length}`,
		...publicLines,
		...(version === 2
			? []
			: ['Key-Derivation: Argon2id', 'Argon2-Memory: 8192', 'Argon2-Salt: 00112233445566778899aabbccddeeff']),
		`Private-Lines: ${privateLines.length}`,
		...privateLines,
		`Private-MAC: ${'0a'.repeat(version === 2 ? 20 : 32)}`,
	];
}

/** OpenSSH writes 70 characters a line. */
const openssh = [
	'-----BEGIN OPENSSH PRIVATE KEY-----',
	...(Buffer.concat([opensshBlob, rsa.privateKey.export({ type: 'pkcs1', format: 'der' })])
		.toString('base64')
		.match(/.{1,70}/g) ?? []),
	'-----END OPENSSH PRIVATE KEY-----',
];

export const privateKeys: Readonly<Record<string, readonly string[]>> = {
	'PKCS#1': linesOf(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()),
	'PKCS#8': linesOf(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
	'PKCS#8, encrypted': linesOf(
		rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
	),
	'PKCS#1, encrypted': linesOf(
		rsa.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString(),
	),
	EC: linesOf(ec.privateKey.export({ type: 'sec1', format: 'pem' }).toString()),
	'Ed25519, PKCS#8': linesOf(ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
	OpenSSH: openssh,
	'PuTTY 2': putty(2),
	'PuTTY 3': putty(3),
};

/** In DER, without armour. */
export const derKeys: readonly Buffer[] = [
	rsa.privateKey.export({ type: 'pkcs1', format: 'der' }),
	rsa.privateKey.export({ type: 'pkcs8', format: 'der' }),
	ec.privateKey.export({ type: 'sec1', format: 'der' }),
	ed.privateKey.export({ type: 'pkcs8', format: 'der' }),
	opensshBlob,
];
export const publicPem: readonly string[] = [rsa, ec, ed].map(({ publicKey }) =>
	publicKey.export({ type: 'spki', format: 'pem' }).toString().trim(),
);

export const bareKey: readonly string[] = privateKeys['PKCS#1'] ?? [];
export const bodyOf = (key: readonly string[]) => {
	const from = key.findIndex((line) => line.startsWith('Private-Lines')) + 1;
	return key.slice(from).filter((line) => /^[A-Za-z0-9+/]{4,}={0,2}$/.test(line));
};
export const keyBody: readonly string[] = bodyOf(bareKey);

const time = (index: number) => new Date(Date.UTC(2026, 10, 22, 8, 0, index)).toISOString();

/** A line as loggers, container engines and people put it. */
export const loggers: ReadonlyArray<(line: string, index: number) => string> = [
	(line) => line,
	(line, index) => `${time(index)} INFO ${line}`,
	(line) => `[12] ${line}`,
	(line, index) => JSON.stringify({ level: 'info', time: time(index), msg: line }),
	(line, index) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: time(index) }),
	(line, index) => `{"msg":${JSON.stringify(line)},"seq":${index}}`,
	(line) => `agent-1  | ${line}`,
	(line, index) => `Nov 22 08:00:${String(index % 60).padStart(2, '0')} dc1 connector[812]: ${line}`,
	(line) => `[pod/vaultpam-7d9c8b6f5-x2k4j/connector] ${line}`,
	(line, index) => `I1122 08:00:00.${100_000 + index} 1 main.go:12] ${line}`,
	(line, index) => `time="${time(index)}" level=info msg="${line}"`,
	(line, index) => `${time(index)} stdout F ${line}`,
	(line) => `      ${line}`,
	(line) => `> ${line}`,
	(line) => `+${line}`,
	(line, index) => `${String(index).padStart(6)}    ${line}`,
	(line) => `| ${line} |`,
	(line) => `    "${line}\\n" +`,
];
