import { expect, test } from 'vitest';
import { createLineGate } from '../../../source/logs/safe-text.ts';
import { kindOfKey } from '../../../source/redact/secrets/key-material.ts';
import { removeSecrets } from '../../../source/redact/secrets/secret-lines.ts';
import { publicKey } from '../../helpers/keys.ts';
import { bodyOf, derKeys, loggers, privateKeys, publicPem } from '../../helpers/private-keys.ts';

function throughGate(lines: readonly string[]): string {
	const gate = createLineGate();
	return lines.flatMap((line) => gate(line) ?? []).join('\n');
}

test.each(Object.entries(privateKeys))('of %s no line is left, behind any logger and from any line on', (_, key) => {
	const body = bodyOf(key);
	expect(body.length).toBeGreaterThan(0);
	// Each logger sees other windows; the properties try all of them.
	for (const [number, logger] of loggers.entries())
		for (let from = number % 4; from < key.length; from += 4)
			for (const to of [from + 1, from + 3, key.length]) {
				const shown = key.slice(from, to);
				const lines = [...shown, 'ready to serve'].map(logger);
				for (const output of [throughGate(lines), removeSecrets(lines.join('\n'))]) {
					// The short last line alone is no key.
					const ofKey = shown.filter((line) => body.includes(line) && (shown.length > 2 || line.length >= 60));
					expect(ofKey.filter((line) => output.includes(line) && !isAlone(shown, body))).toEqual([]);
					expect(output).toContain('ready to serve');
				}
			}
});

const isAlone = (shown: readonly string[], body: readonly string[]) =>
	shown.filter((line) => body.includes(line)).length === 1 &&
	shown.some((line) => body.includes(line) && line.length < 60);

test('a key without armour is known by its bytes: in base64, hexadecimal, UTF-16, wrapped at any width', () => {
	for (const der of derKeys) {
		expect(kindOfKey(der)).toBe('private');
		const code = der.toString('base64');
		const pem = `-----BEGIN PRIVATE KEY-----\n${code}\n-----END PRIVATE KEY-----`;
		for (const text of [
			`loaded ${code}`,
			`{"k":"${code}"}`,
			`k=${encodeURIComponent(code)}`,
			`hex ${der.toString('hex')}`,
			`b64 ${Buffer.from(pem).toString('base64')}`,
			`utf16 ${Buffer.from(pem, 'utf16le').toString('base64')}`,
			JSON.stringify({ k: pem }),
			JSON.stringify({ log: JSON.stringify({ k: pem }) }),
			JSON.stringify({ k: pem }).slice(0, 70),
			pem.replaceAll('\n', ' '),
		])
			for (const output of [throughGate([text]), removeSecrets(text)])
				for (const form of [code, der.toString('hex'), Buffer.from(pem).toString('base64')])
					expect(output).not.toContain(form.slice(4, 30));
		const forUrls = der.toString('base64url');
		expect(removeSecrets(`loaded ${forUrls} ok`)).not.toContain(forUrls.slice(-48, -16));
		if (code.length < 200) continue;
		for (const width of [60, 76])
			for (const wrapped of [code, Buffer.from(pem).toString('base64')]) {
				const lines = wrapped.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
				const output = throughGate([...lines.slice(2), 'ready']);
				expect(lines.slice(2).filter((line) => output.includes(line))).toEqual([]);
				expect(output).toContain('ready');
			}
	}
});

test('the numbers of a key that openssl prints are removed, those of a certificate stay', () => {
	const pairs = (count: number) =>
		Array.from({ length: count }, (_, index) => (index * 7 + 16).toString(16).slice(-2).padStart(2, '0'));
	const rows = (count: number) => Array.from({ length: count }, () => `    ${pairs(15).join(':')}:`);
	const printed = [
		'modulus:',
		...rows(3),
		'publicExponent: 65537 (0x10001)',
		'privateExponent:',
		...rows(3),
		`    ${pairs(7).join(':')}`,
		'done',
	];
	expect(throughGate(printed).split('\n')).toEqual([...printed.slice(0, 5), 'privateExponent:', 'done']);
	expect(throughGate(rows(3))).not.toContain(pairs(15).join(':'));
});

test('public keys, certificates and fingerprints stay: they are the evidence', () => {
	const certificate = [
		'-----BEGIN CERTIFICATE-----',
		...(Buffer.from(`0${'certificate body '.repeat(40)}`)
			.toString('base64')
			.match(/.{1,64}/g) ?? []),
		'-----END CERTIFICATE-----',
	];
	const keys = ['host-rsa', 'host-ecdsa', 'user-a'].map((name) => publicKey(name as 'user-a').trim());
	for (const text of [
		...publicPem,
		...publicPem.map((pem) => pem.split('\n').slice(1, -1).join('')),
		certificate.join('\n'),
		certificate.map((line, index) => `2026-11-22T08:00:${index + 10}Z INFO ${line}`).join('\n'),
		JSON.stringify({ ca: certificate.join('\n') }),
		...keys,
		...keys.map((key) => key.match(/.{1,80}/g)?.join('\n') ?? ''),
		...keys.map((key) => `authorized: ${key} from="10.0.0.0/8"`),
		'ED25519 SHA256:CVsy+T6EZzua3Tx9qibU18C05CgsRwppfYZBQBjpnoQ',
		'stored SHA256:CVsy+T6EZzua3Tx9\nqibU18C05CgsRwppfYZBQBjpnoQ',
	]) {
		expect(throughGate(text.split('\n'))).toBe(text);
		expect(removeSecrets(text)).toBe(text);
	}
	// A window that begins inside a certificate is told by its end.
	const tail = certificate.slice(3).join('\n');
	expect(removeSecrets(tail)).toBe(tail);
});

test('the lines of other programs between those of a key come out', () => {
	const [begin = '', ...rest] = privateKeys.OpenSSH ?? [];
	const mixed = [begin, rest[0] ?? '', '2026-11-22T08:00:00Z INFO heartbeat ok', ...rest.slice(1)];
	expect(throughGate(mixed)).toBe('[private key removed]\n2026-11-22T08:00:00Z INFO heartbeat ok');
});

test('a public key or the mention of one hides no secret on the lines around it', () => {
	const key = publicKey('user-a').trim().split(' ').slice(0, 2).join(' ');
	const certificate = publicPem[0]?.split('\n') ?? [];
	const password = 'Herbst2026Sommer77';
	for (const logger of [(line: string) => line, (line: string) => `Nov 30 21:00:00 gw app[12]: ${line}`])
		for (const before of [
			[`127.0.0.1 ${key}`],
			[key],
			[`authorized: ${key.slice(0, -9)}`],
			['key SHA256:abcdEFGH12'],
			certificate.slice(0, 3),
			['x509: no "-----BEGIN CERTIFICATE-----" found'],
			['no -----BEGIN PUBLIC KEY----- block'],
		])
			for (const said of [`INFO db password=${password}`, `db token: ${password}`])
				for (const after of [[], certificate.slice(3)]) {
					const lines = [...before, said, ...after].map(logger);
					for (const output of [throughGate(lines), removeSecrets(lines.join('\n'))])
						expect(output).not.toContain(password);
				}
	// Neither above the end of one, nor in what a logger puts before each of its lines.
	expect(removeSecrets(`db password: ${password}\n-----END CERTIFICATE-----`)).not.toContain(password);
	const framed = certificate.map((line) => `token=${password} ${line}`);
	for (const output of [throughGate(framed), removeSecrets(framed.slice(2).join('\n'))])
		expect(output).not.toContain(password);
});
