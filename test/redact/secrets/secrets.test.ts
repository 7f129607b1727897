import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { cleanText } from '../../../source/domain/clean.ts';
import { createSecretRemover, removeSecrets } from '../../../source/redact/secrets/secret-lines.ts';
import { removedSecret } from '../../../source/redact/secrets/spans.ts';
import { causeTexts } from '../../../source/runbook/causes.ts';
import { messages } from '../../../source/runbook/messages.ts';
import { keyFile } from '../../helpers/keys.ts';

const canary = 'c4n4ry-S3cr3t';

const disguises = [
	`Authorization: Bearer ${canary}.x`,
	`authorization=Basic ${canary}==`,
	`{"Authorization":"Bearer ${canary}"}`,
	`curl -H "Authorization: token ${canary}"`,
	`bearer ${canary}`,
	`password=${canary}`,
	`password: ${canary}`,
	`PASSWORD="${canary} with blanks"`,
	`{"password": "${canary}"}`,
	`{\\"password\\": \\"${canary}\\"}`,
	`db_password=${canary};host=x`,
	`passwd='${canary}'`,
	`VAULTPAM_TOKEN=${canary}`,
	`client_secret=${canary}&grant=x`,
	`--password ${canary}`,
	`api_key: ${canary}`,
	`postgres://admin:${canary}@db:5432/x`,
	`Set-Cookie: session=${canary}; Path=/`,
	`token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI${canary}.sig-${canary}`,
	`ghp_${'a1B2'.repeat(8)}${canary}`,
	`postgres://app:pa/${canary}@db1/x`,
	`postgres://app:p@${canary}/word@db1`,
	`password=hun;${canary}`,
	`password=a,${canary}`,
	`passwd for deploy: ${canary}`,
	`DefaultEndpointsProtocol=https;AccountKey=${canary}==`,
	`password%3D${canary}`,
	`glpat-${'a1B2'.repeat(4)}${canary}`,
	`Password:         ${canary}`,
	`  "password"      : "${canary}"`,
	`db_password            = ${canary}`,
	`token:\t\t\t\t\t${canary}`,
	`curl --password      ${canary}`,
	`bearer      ${canary}`,
	`https://oauth2:${'Zz9'.repeat(200)}${canary}@git.example/x`,
	`{"private_key":"${canary}"}`,
	`privateKey=${canary}`,
	`DB_PASS=${canary}`,
	`pass: ${canary}`,
	`password="${canary} cut off`,
	`Authorization: Token token="${canary}", nonce="x"`,
	`"authorization":"AWS4 Credential=x, Signature=\\"${canary}\\""`,
	`{"Authorization":["Bearer ${canary}"]}`,
	`token${'a'.repeat(60)}=${canary}`,
	`Authorization: Digest username="x", response=${canary}`,
	`mysql -p${canary} shop`,
	`registration code ${canary}`,
	`join code ${canary}`,
];

for (const text of disguises) {
	test(`removes the secret of ${text.slice(0, 40)}`, () => {
		expect(removeSecrets(text)).not.toContain(canary);
	});
}

const innocent = [
	'2026-11-22T02:07:02Z INFO heartbeat ok rtt=12ms',
	'Failed password for root from 10.0.0.1 port 22 ssh2',
	'OpenSSH_9.6p1 Ubuntu-3ubuntu13.5',
	'SHA256:CVsy+T6EZzua3Tx9qibU18C05CgsRwppfYZBQBjpnoQ',
	'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHxn',
	'target offers password and keyboard-interactive',
	'password credential; only a session can test it',
	'https://vault.example/healthz 200',
	'session 5f0c2c3e-8f3e-4f53-9c11-0a3b1c2d4e5f failed',
	'tokens per second: see dashboard',
	'PASSWORD_MIN_LENGTH=12 TOKEN_TTL=3600 password_policy=strict password_changed=1764540000',
	'secret_name=db-credentials-v2 PASSWORD_FILE=/run/secrets/db max_password: 72',
	'Version=4.0.0.0, PublicKeyToken=b77a5c561934e089',
	'ipmitool -I lanplus -H 127.0.0.1 -p 623 power status',
	'podman run -u 1000:1000 alpine',
	'http server listening -a 0.0.0.0:8080',
	'nmcli -p device show; lxc launch -p default c1; zip -N archive.zip',
	'level=info msg="authenticated with password" method=password',
	'"POST /oauth/token HTTP/1.1" 401 112',
	'pam_unix(passwd:chauthtok): password changed for root',
	'sid=S-1-5-18 community edition 2.4.1',
	'pin-sha256="d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmM="',
	'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
	'usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] destination',
];

for (const text of innocent) {
	test(`leaves alone: ${text.slice(0, 40)}`, () => {
		expect(removeSecrets(text)).toBe(text);
	});
}

test('beside the name of a password only what is no value of its own stays', () => {
	const passwords =
		'$ecret2026 hiddenDragon77 ab12-unmasked-99 2026-11-30Sommer! super-secret-password my-secret-key Sommer2026.go ' +
		'admin.json https://Sommer2026 SHA1:Sommer2026 ssh-Sommer2026 <Sommer2026> {Herbst2026} @Sommer@ /home/Sommer2026! ' +
		'./Sommer2026 AAAABBBBsecretSommer $(Sommer2026) C:\\Sommer <<Sommer2026';
	for (const password of passwords.split(' '))
		for (const text of [`password=${password}`, `{"password":"${password}"}`, `DB_PASSWORD: '${password}'`])
			expect(removeSecrets(text)).not.toContain(password);
	const others =
		'******** <redacted> $DB_PASSWORD xxx null false [FILTERED] {{vault_password}} /run/secrets/db-1 ' +
		'%PASSWORD% $(DB_PASSWORD) <nil> *** REDACTED required 2026-11-30T08:00:00Z';
	for (const other of others.split(' '))
		for (const text of [`password=${other}`, `DB_PASSWORD: ${other}`]) expect(removeSecrets(text)).toBe(text);
});

test('a prompt does not take the next line, which tells', () => {
	for (const text of [
		"root@db1's password:\nPermission denied, please try again.",
		'Cannot parse privateKey: Encrypted private OpenSSH key detected, but no passphrase given',
	])
		expect(removeSecrets(text)).toBe(text);
});

test('removes a private key, whole, cut off, and spread over log lines', () => {
	const key = readFileSync(keyFile('user-a'), 'utf8');
	const middle = key.split('\n')[1] ?? '';
	expect(middle.length).toBeGreaterThan(40);
	expect(removeSecrets(`before\n${key}after`)).toBe('before\n[private key removed]\nafter');
	expect(removeSecrets(`before\n${key.slice(0, 200)}`)).not.toContain(middle.slice(0, 30));
	expect(removeSecrets(JSON.stringify({ key }))).not.toContain(middle);

	const remove = createSecretRemover();
	const shown = ['start', ...key.trim().split('\n'), 'end'].map(remove);
	expect(shown.filter((line) => line !== null)).toEqual(['start', '[private key removed]', 'end']);
});

test('the line below a secret is left alone unless it can only be its rest', () => {
	const long = `2026-11-22T08:00:00Z INFO the connector dc1 renewed its access token=${canary}`;
	expect(long.length).toBeGreaterThan(60);
	for (const next of ['done', 'app-12345 opened', '2026-11-22T08:00:01Z INFO ok', 'x'.repeat(200), '', '10.20.4.17:22'])
		expect(removeSecrets(`${long}\n${next}`)).toBe(`${removeSecrets(long)}\n${next}`);
	expect(removeSecrets(`token=${canary}\nvaultpam-connector-01`)).toContain('\nvaultpam-connector-01');
});

test('removes a PuTTY key', () => {
	const ppk = 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\nc4n4ryAAAA\nPrivate-MAC: 00ff';
	expect(removeSecrets(ppk)).not.toContain('c4n4ry');
	const remove = createSecretRemover();
	expect(ppk.split('\n').map(remove).join('\n')).not.toContain('c4n4ry');
});

/** What patterns begin with, and what one may go on with for long. */
const repeated = [
	...[
		'a',
		' ',
		'A',
		'=',
		'-',
		'/',
		'\\',
		'"',
		"'",
		':',
		'@',
		'%',
		'.',
		'_',
		'+',
		'*',
		'$',
		'{',
		'[',
		'(',
		'<',
		'&',
		'0',
		'é',
	],
	...[
		'pass: ',
		'password=',
		'password="',
		'token ',
		'password is ',
		'password for a ',
		'passwd for ',
		'password [',
		'password|',
	],
	...[
		'mot de passe ',
		'<password>',
		'"name":"token",',
		'value=',
		'"value":"',
		'name=password ',
		'"password": [',
		'cookie: ',
	],
	...[
		'a.',
		'-a',
		'eyJ',
		'eyJ-',
		'eyJ.',
		'://a:',
		'://a:b@',
		'authorization:',
		'bearer ',
		'basic ',
		'?sig=',
		'code=',
		'sk-',
		'SG.',
	],
	...['-----BEGIN ', '-----BEGIN RSA PRIVATE KEY-----', '-----END RSA PRIVATE KEY-----', '-----BEGIN CERTIFICATE-----'],
	...[
		'PuTTY-User-Key-File-2:',
		'Private-Lines: 1 ',
		'Private-MAC:',
		'MII',
		'AAAA',
		'aB3dE6gH',
		'LS0tLS1CRUdJTi',
		'SHA256:',
		'00:',
	],
	...[
		'$6$',
		'$1$a',
		'pbkdf2_',
		'{SSHA}',
		'0123456789abcdef',
		'ABCDEF:',
		'a:10:b:c:',
		'mysql -',
		'curl -u ',
		'sshpass -p',
		'keytool -',
	],
	...[
		'identified by ',
		'password(',
		'login a password ',
		'PASS ',
		'AUTH ',
		'a1 LOGIN ',
		'echo x|',
		'key 7 ',
		'"d":"',
		'x.atlasv1.',
	],
	...[
		'\\n',
		'\\"',
		'\\u0041',
		'%41',
		'&quot;',
		'=3D',
		'{"',
		'discord.com/api/webhooks/',
		'--password ',
		'send "',
		'user a on >',
	],
];

// By the ratio of two lengths: four times as much takes four times as long, not sixteen. In time of the processor, since machines do
// other things too, and the least of some tries.
test('the time a line takes goes with its length, whatever it is made of', () => {
	const timeOf = (unit: string, length: number) => {
		const text = unit.repeat(length / unit.length);
		const before = process.cpuUsage();
		removeSecrets(text);
		cleanText(text);
		return process.cpuUsage(before).user / 1000;
	};
	const length = 2000;
	for (const unit of repeated) {
		let short = timeOf(unit, length);
		let long = timeOf(unit, 4 * length);
		// Below some milliseconds the clock tells nothing.
		for (let tries = 0; tries < 5 && long > 10 && long > 7 * short; tries++) {
			short = Math.max(short, timeOf(unit, length));
			long = Math.min(long, timeOf(unit, 4 * length));
		}
		expect([unit, long <= 10 || long <= 7 * short]).toEqual([unit, true]);
	}
});

test('a line of a megabyte is taken', () => {
	for (const unit of ['a', 'password=']) {
		const text = unit.repeat(1_000_000 / unit.length);
		expect(removeSecrets(text).length).toBeGreaterThan(0);
	}
});

test('no message of the runbook is ever changed', () => {
	const { samples } = parse(readFileSync(new URL('../../../fixtures/messages.yaml', import.meta.url), 'utf8')) as {
		samples: ReadonlyArray<{ text: string }>;
	};
	const texts = [...samples.map(({ text }) => text), ...runbookTexts({ causeTexts, messages })];
	expect(texts.length).toBeGreaterThan(200);
	expect(texts.filter((text) => removeSecrets(text) !== text)).toEqual([]);
});

/** All texts of a table, however deep they stand. */
function runbookTexts(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null || value instanceof RegExp) return [];
	return Object.values(value).flatMap(runbookTexts);
}

test('a key that never ends does not swallow the log', () => {
	const remove = createSecretRemover();
	remove('-----BEGIN RSA PRIVATE KEY-----');
	const later = Array.from({ length: 300 }, (_, index) => remove(`line ${index}`));
	expect(later.at(-1)).toBe('line 299');
});

test('a text that has been through it comes out as it went in', () => {
	for (const text of [
		'password=hunter2 x',
		'--password hunter2 x',
		'token: "abc def"',
		'Authorization: Bearer abcdefgh1234',
	]) {
		const once = removeSecrets(text);
		expect(once).toContain(removedSecret);
		expect(removeSecrets(once)).toBe(once);
	}
});
