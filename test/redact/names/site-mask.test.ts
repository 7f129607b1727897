import { expect, test } from 'vitest';
import { parseInventory } from '../../../source/inventory/file.ts';
import type { MaskOptions } from '../../../source/redact/names/known-names.ts';
import { createNumbering, isPseudonym } from '../../../source/redact/names/pseudonym.ts';
import { createSiteMask } from '../../../source/redact/names/site-mask.ts';
import { fingerprint, publicKey } from '../../helpers/keys.ts';

type SafeEntry = { name: string; host: string; username: string; sensitive?: boolean; hostKey?: string };

const entries: readonly SafeEntry[] = [
	{ name: 'db-primary', host: 'db1.corp.example', username: 'postgres', hostKey: fingerprint('host-a') },
	{ name: 'the "new" one', host: '10.20.4.17', username: 'CORP\\alice' },
	{ name: 'local', host: '127.0.0.1', username: 'root' },
];

function inventoryOf(safes: readonly SafeEntry[]) {
	return parseInventory(JSON.stringify({ version: 1, connectors: [{ name: 'dc1' }], safes }), '/etc/vpmon/vpmon.yaml');
}

const maskOf = (safes: readonly SafeEntry[], options: MaskOptions = { hide: 'all' }) =>
	createSiteMask(inventoryOf(safes), createNumbering(), options);
const whole = () => maskOf(entries);

test('the same thing has the same pseudonym everywhere, whole names first, in any case', () => {
	const mask = whole();
	expect(mask('db1.corp.example, DB1.corp.example and db1 alone')).toBe('HOST-1, HOST-1 and HOST-1 alone');
	expect(mask('postgres@db1.corp.example via dc1: db-primary')).toBe('USER-1@HOST-1 via dc1: SAFE-1');
	expect(mask('db-primary-2 db-primary db-primary_2026.log x.db-primary.rec')).toBe(
		'SAFE-1-2 SAFE-1 SAFE-1_2026.log x.SAFE-1.rec',
	);
	expect(mask.counts()).toEqual({ HOST: 1, USER: 1, SAFE: 1 });
});

test('other hosts of a known domain are hosts too, and so is the domain', () => {
	expect(whole()('pay01.corp.example, db1.corp.example, search corp.example')).toBe('HOST-1, HOST-2, search HOST-3');
});

test('names are found behind escapes, also one inside another', () => {
	const mask = whole();
	expect(mask(JSON.stringify({ username: 'CORP\\alice', safe: 'the "new" one' }))).toBe(
		'{"username":"USER-1","safe":"SAFE-1"}',
	);
	expect(mask(JSON.stringify({ banner: 'Welcome to\ndb-primary' }))).toBe('{"banner":"Welcome to\\nSAFE-2"}');
	expect(mask('...db1.corp.example ssh%3A%2F%2Fdb1.corp.example \\u0064b1 %64%62%31 &#100;b1')).toBe(
		'...HOST-1 ssh%3A%2F%2FHOST-1 HOST-1 HOST-1 HOST-1',
	);
	expect(mask(JSON.stringify({ log: JSON.stringify({ host: 'db1.corp.example', path: 'x\\db1' }) }))).not.toContain(
		'db1',
	);
	expect(mask('https%253A%252F%252Fdb1.corp.example')).toBe('https%253A%252F%252FHOST-1');
});

test('names in base64 and hexadecimal, as far as they are text', () => {
	const mask = whole();
	const inside = (text: string) => Buffer.from(text).toString('base64');
	const masked = mask(`login=${inside('postgres@db1.corp.example')} ${Buffer.from('db-primary').toString('hex')}`);
	expect(masked).toBe(`login=${inside('USER-1@HOST-1')} ${Buffer.from('SAFE-1').toString('hex')}`);
	expect(mask(inside(inside('to db1.corp.example')))).toBe(inside(inside('to HOST-1')));
});

test('names that a line end broke in two', () => {
	expect(whole()('ssh: connect to host db1.corp.exa\n  mple port 22: refused\n')).toBe(
		'ssh: connect to host HOST-1\n port 22: refused\n',
	);
	expect(whole()('dial tcp 10.20.\n4.17:22')).toBe('dial tcp IP-1.1\n:22');
	expect(whole()('ends in db\n1 begins')).toBe('ends in db\n1 begins');
});

test('addresses are masked wherever they stand, and neighbours stay neighbours', () => {
	const mask = whole();
	expect(mask('dial tcp 10.20.4.17:22, then 10.20.4.18 of 10.20.4.0/24')).toBe(
		'dial tcp IP-1.1:22, then IP-1.2 of NET-1/24',
	);
	expect(mask('2a01:4f8::1, [2a01:4f8::1]:22, 2a01:4f8:0:0::2')).toBe('IP-2.1, [IP-2.1]:22, IP-2.2');
	expect(mask('10.1.2.3.51422 > 10.20.4.17.22')).toBe('IP-3.1.51422 > IP-1.1.22');
	expect(mask('ip-10-20-4-17.eu-west-1.compute.internal 10-20-4-17.pod log_10_20_4_17')).toMatch(
		/^HOST-\d+ IP-1\.1\.pod log_IP-1\.1$/,
	);
	expect(mask('https://10.20.4.17/x ::ffff:10.20.4.17 17.4.20.10.in-addr.arpa 0a140411')).toBe(
		'https://IP-1.1/x IP-1.1 IP-1.1 IP-1.1',
	);
	expect(mask('rhost:2a01:4f8::5 at 08:30:15')).toBe('rhost:IP-2.3 at 08:30:15');
});

test('keys are identities, as fingerprints and whole', () => {
	const mask = whole();
	const [type = '', blob = ''] = publicKey('host-a').split(' ');
	expect(mask(`stored ${fingerprint('host-a')}, offered ${fingerprint('host-b')}`)).toBe('stored KEY-1, offered KEY-2');
	expect(mask(`${type} ${blob} deploy@db1`)).toBe(`${type} KEY-1 USER-1@HOST-1`);
	expect(mask(fingerprint('host-a').replace('SHA256:', ''))).toBe('KEY-1');
	expect(mask('MD5:fc:4b:ef:d1:68:e1:cd:6d:94:63:cb:50:4d:50:e5:2e')).toBe('KEY-3');
	expect(mask('github.com SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')).toBe(
		'github.com SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
	);
});

test('what stands in place of a secret is nobody, whatever a Safe is called and whatever keys are stored', () => {
	const line = 'password=[secret removed] token=[private key removed]';
	for (const name of ['secret', 'removed', 'secret removed', 'password=hunter2', '[secret removed]', 'private-key'])
		expect(maskOf([...entries, { name, host: 'h1.corp.example', username: 'key' }])(line)).toBe(line);
});

test('a name that has one in it that stays is masked whole, and is no leak', () => {
	const mask = maskOf([{ name: 'somebody@localhost:1', host: 'localhost', username: 'somebody' }]);
	const masked = mask('the Safe somebody@localhost:1 (somebody at localhost:1)');
	expect(masked).toBe('the Safe SAFE-1 (USER-1 at localhost:1)');
	expect(mask.leak(masked)).toBeNull();
});

test('what is whole at the end of a line takes nothing from the next one, and has one number', () => {
	const mask = whole();
	const [type = '', blob = ''] = publicKey('user-a').split(' ');
	const key = mask(`${type} ${blob}`);
	expect(key).toMatch(/^ssh-ed25519 KEY-\d+$/);
	expect(mask(`${type} ${blob}\n2026-11-30T00:00:00Z error`)).toBe(`${key}\n2026-11-30T00:00:00Z error`);
	expect(mask(`${type} ${blob.slice(0, 40)}\n${blob.slice(40)}\n2026 x`)).toBe(`${key}\n\n2026 x`);
	expect(mask('SHA256:2kdFYHW1\n2026-11-30 error')).toMatch(/^KEY-\d+\n2026-11-30 error$/);
	const address = mask('from 10.61.8.9');
	expect(mask('from 10.61.8.9\n2 errors')).toBe(`${address}\n2 errors`);
});

test('a name of words of the product stays inside of what it says, with blanks too', () => {
	const names = ['host key', 'port 22', 'last', 'UTC', 'escalation report'];
	const mask = maskOf(names.map((name) => ({ name, host: 'h1.corp.example', username: 'deploy' })));
	for (const text of [
		'Host key verification failed.',
		'nc: port 22 open',
		'last good at 21:00 UTC',
		'# An escalation report',
	])
		expect(mask(text)).toBe(text);
	for (const name of names) expect(mask(name)).toMatch(/^SAFE-\d+$/);
	expect(mask('safe "host key" failed')).toMatch(/^safe "SAFE-\d+" failed$/);
});

test('people and hosts by their place, in the words of other languages too', () => {
	const mask = maskOf([{ name: 'db-primary', host: '10.61.8.9', username: 'bjoern.hansen' }]);
	for (const [text, name] of [
		['session for elena.rossi on tty1', 'elena'],
		['user elena.rossi denied', 'elena'],
		['Connection from elena.rossi', 'elena'],
		['user jdoe locked', 'jdoe'],
		['login jdoe failed', 'jdoe'],
		['bjoern hansen was here', 'hansen'],
		['Anmeldung für Benutzer hschulze fehlgeschlagen', 'hschulze'],
		['usuario jlopez no existe', 'jlopez'],
		['użytkownik wnowak nie istnieje', 'wnowak'],
		['Failed to reach sap-zuerich: timeout', 'sap-zuerich'],
		['MSSQLSvc/sqlprag3:1433', 'sqlprag3'],
		['mount //fileserver9/share', 'fileserver9'],
		['227 Entering Passive Mode (10,77,1,2,195,80)', '10,77'],
		['10.77.1.2 hr-server1 hr-server1.partner.test', 'hr-server1'],
	] as const)
		expect([text, mask(text).includes(name)]).toEqual([text, false]);
});

test('what looks like a name and is none stays', () => {
	const mask = whole();
	for (const text of [
		'Falsches Passwort',
		'Zugriff Verweigert',
		'Verbindung Abgelehnt',
		'Connexion Refusée',
		'Serial Number: 04:9f:3a:7c:1b:2e:8d:5f:60:11:22:33:44:55:66:77',
		`Image: vaultpam/connector@sha256:${'c5b1261d'.repeat(8)}`,
		'Disk usage 81% of 40G',
		'waiting for MONITOR_ANS_PWNAM',
		'identity added to agent: ok',
		'read 12 from efd 4',
		'GET / HTTP/1.1',
		'open //var/log/x',
		'counts (1,2,3)',
	])
		expect(mask(text)).toBe(text);
});

test('what identifies nobody stays', () => {
	const innocent =
		'127.0.0.1 ::1 root dc1 1.2.3 version 1.2.3.4 OpenSSH_9.6 08:30:15 2026-11-22T08:00:00.000Z 22-11-26 5f0c2c3e-8f3e-4f53-9c11-0a3b1c2d4e5f chacha20-poly1305@openssh.com user=root';
	expect(whole()(innocent)).toBe(innocent);
});

test('Safes that VaultPAM alone knows are hidden as the others are, by name and by id; what is to be filled in is nobody', () => {
	const elsewhere = [
		{ id: '01HXZ3K9', name: 'payroll-db' },
		{ id: '7', name: null },
	];
	const hide = maskOf([{ name: 'db1', host: 'db1.corp.example', username: 'root' }], { hide: 'all', elsewhere });
	expect(hide('safe payroll-db (01HXZ3K9) of db1')).toMatch(/^safe (SAFE-\d+) \(\1\) of SAFE-\d+$/);
	expect(hide('7 Safes, user@host:port')).toBe('7 Safes, user@host:port');
	expect(maskOf([], { hide: 'sensitive', elsewhere })('payroll-db')).toBe('payroll-db');
});

test('strangers: where a text says itself that it speaks of a host, a user or a Safe', () => {
	const mask = whole();
	expect(mask('safe=payroll user=bob host=hr7 target=hr8:22 {"user": "carol"}')).toBe(
		'safe=SAFE-1 user=USER-1 host=HOST-1 target=HOST-2:22 {"user": "USER-2"}',
	);
	expect(mask('Invalid user bob from 10.9.9.9 port 22')).toBe(
		'Invalid user USER-1 from IP-2.1 port 22'.replace('IP-2.1', 'IP-1.1'),
	);
	expect(mask('https://vault.intern.acme.de:8200/x, http://127.0.0.1/, /home/bob/.ssh')).toBe(
		'https://HOST-3:8200/x, http://127.0.0.1/, /home/USER-1/.ssh',
	);
});

test('of a report about one Safe the others are hidden, and what they share with it is not', () => {
	const safes = [
		{ name: 'web', host: 'web.corp.example', username: 'deploy' },
		{ name: 'payroll', host: 'hr7.corp.example', username: 'deploy' },
		{ name: 'web.corp', host: 'web.corp.example', username: 'payadmin', sensitive: true },
	];
	const inventory = inventoryOf(safes);
	const [own] = inventory.safes;
	if (own === undefined) throw new Error('a Safe');
	const text = 'web deploy@web.corp.example 10.0.0.5; payroll deploy@hr7.corp.example 10.0.0.9; web.corp payadmin';
	const seenOf = ({ name }: { name: string }) => ({ addresses: name === 'web' ? ['10.0.0.5'] : [], keys: [] });
	const others = createSiteMask(inventory, createNumbering(), { hide: 'others', own: [own], seenOf });
	expect(others(text)).toBe('web deploy@web.corp.example 10.0.0.5; SAFE-1 deploy@HOST-1 IP-1.1; SAFE-2 USER-1');
	const sensitive = createSiteMask(inventory, createNumbering(), { hide: 'sensitive', own: [own], seenOf });
	// Whose the other address is nobody knows, so it may be that of the sensitive one.
	expect(sensitive(text)).toBe(
		'web deploy@web.corp.example 10.0.0.5; payroll deploy@hr7.corp.example IP-1.1; SAFE-1 USER-1',
	);
});

test('the last look knows no spelling: parts of names are enough for it, and it tells where without telling what', () => {
	const mask = maskOf([...entries, { name: 'pay-core-7', host: 'saturn.fin.example', username: 'svc_ledgerbot' }]);
	expect(mask.leak('all HOST-1 and SAFE-2, the host key, port 22, user root')).toBeNull();
	expect(mask.leak('line one\noh, DB1~CORP~EXAMPLE')).toEqual({ kind: 'HOST', line: 2, as: 'plain' });
	expect(mask.leak('x, ledgerbot, y')).toMatchObject({ kind: 'USER', as: 'plain' });
	expect(mask.leak('xSaturn')).toMatchObject({ kind: 'HOST' });
	expect(mask.leak('10-20~4')).toMatchObject({ kind: 'IP' });
	expect(mask.leak('%63%6f%72%70.example')).toMatchObject({ kind: 'HOST', as: 'escaped' });
	expect(mask.leak('x\nfor ledg\nerbot')).toEqual({ kind: 'USER', line: 2, as: 'broken over lines' });
	expect(mask.leak(`x\n${Buffer.from('on ledgerbot').toString('base64')}`)).toEqual({
		kind: 'USER',
		line: 2,
		as: 'encoded',
	});
	expect(mask.leak(fingerprint('host-a').slice(20))).toMatchObject({ kind: 'KEY' });
});

test('names that are words of the product itself are masked where a name stands, and leave its prose as it is', () => {
	const words = ['app', 'db', 'error', 'ssh', '22', 'root', 'connector', 'port', 'key', 'host'];
	const mask = maskOf(words.map((name, index) => ({ name, host: `h${index}.corp.example`, username: 'app' })));
	const prose =
		"ssh: the port of the host is open, the host key is the stored one: no error. Connect by ssh, port 22, with the connector's key.";
	expect(mask(prose)).toBe(prose);
	expect(mask.leak(prose)).toBeNull();
	// No sentence of ours needs these.
	expect(mask('session of app, db')).toMatch(/^session of SAFE-\d, SAFE-\d$/);
	expect(mask('safe=db user=app')).toMatch(/^safe=SAFE-\d user=(?:SAFE|USER)-\d$/);
	expect(mask('db')).toMatch(/^SAFE-\d$/);
	expect(mask('  error ')).toMatch(/^ {2}SAFE-\d $/);
	expect(mask('Connector')).toBe('Connector');
});

test('short names of Safes, of the machine and of the account are hidden wherever they stand', () => {
	const mask = maskOf([{ name: 'pay', host: 'gw', username: 'hr' }], {
		hide: 'all',
		here: { machines: ['vm'], accounts: ['dba'] },
	});
	expect(mask('vpmon vm as dba: pay on gw for hr')).toMatch(
		/^vpmon HOST-\d as USER-\d: SAFE-\d on HOST-\d for USER-\d$/,
	);
});

test('a pseudonym is never the name of somebody', () => {
	const mask = maskOf([
		{ name: 'safe-1', host: 'host-1', username: 'user-1' },
		{ name: 'İstanbul', host: 'h.example', username: 'u-1' },
	]);
	const masked = mask('safe-1 on host-1, İstanbul');
	expect(masked).toBe('SAFE-2 on HOST-2, SAFE-3');
	expect(mask.leak(masked)).toBeNull();
	expect(masked.split(/[ ,]+/).filter(isPseudonym)).toHaveLength(3);
});

test('names as URLs, forms, files and hints spell them', () => {
	const mask = maskOf([
		{ name: 'web shop', host: 'db9.corp.example', username: 'John Doe' },
		{ name: 'Zahlung-Büro', host: 'a.b', username: 'x-1' },
	]);
	const masked = mask(
		'GET /api/safes/web%20shop/session web+shop Zahlung-B%C3%BCro ZAHLUNG-BÜRO the name may be "JohnDoe" db9-corp-example.log',
	);
	expect(masked).toBe('GET /api/safes/SAFE-1/session SAFE-1 SAFE-2 SAFE-2 the name may be "USER-1" HOST-1.log');
	expect(mask.leak(masked)).toBeNull();
});

test('ten thousand Safes do not make a row slow', () => {
	const safes = Array.from({ length: 10_000 }, (_, index) => ({
		name: `safe-app-${index}`,
		host: `app-${index}.site${index % 40}.corp.example`,
		username: `svc-${index % 300}`,
	}));
	const mask = maskOf(safes);
	const few = maskOf(safes.slice(0, 10));
	const row = (index: number) =>
		`INFO session opened safe=safe-app-${index} target=10.20.4.17:22 user=svc-${index} host=app-${index}.site1.corp.example took=12ms`;
	const time = (work: (text: string) => string) => {
		const started = performance.now();
		for (let index = 0; index < 500; index++) work(row(index % 10));
		return performance.now() - started;
	};
	time(mask);
	time(few);
	// Names are looked up, not tried one after the other.
	expect(time(mask)).toBeLessThan(5 * time(few));
});

test('what is masked stays as it is when it is masked again', () => {
	const mask = whole();
	for (const text of ['alice@10.20.4.17:22', 'ssh bob@10.20.4.18', 'x\ndial 10.20.\n4.17 for postgres'])
		expect(mask(mask(text))).toBe(mask(text));
	expect(mask('ssh bob@10.20.4.18')).toBe('ssh USER-2@IP-1.2');
});

test('names of signs alone, or with one in front, take nothing out of other words; letters of any plane are letters', () => {
	const mask = maskOf([
		{ name: '-', host: 'h.example', username: '-1' },
		{ name: 'db', host: 'i.example', username: '\u{10400}' },
	]);
	expect(mask('2026-11-22 user=USER-1 db\u{10400}')).toBe('2026-11-22 user=USER-1 db\u{10400}');
	expect(mask.leak('2026-11-22 user=USER-1 db\u{10400}')).toBeNull();
	expect(mask('as \u{10400}')).toMatch(/^as USER-\d$/);
});
