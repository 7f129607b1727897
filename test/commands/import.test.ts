import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadInventory } from '../../source/inventory/file.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { fingerprint, privateKey, publicKey } from '../helpers/keys.ts';

let home: ReturnType<typeof createHome>;
let file: string;
beforeEach(() => {
	home = createHome();
	file = join(home.path, 'vpmon.yaml');
});
afterEach(() => home.remove());

const csv = (text: string) => {
	const path = join(home.path, 'safes.csv');
	writeFileSync(path, text);
	return path;
};
const run = (...args: string[]) => vpmon(['import', ...args], home.environment);
const inventory = `# Ours.
version: 1
defaults: {connector: dc1, credential: {type: ssh-key, publicKey: ./keys/site.pub}}
connectors: [{name: dc1}, {name: dc2}]
safes:
  - name: db-1   # the first
    host: db1.example
    username: postgres
`;

test('400 Safes with 3 bad lines: every bad line is named, the rest is one edit, and again it changes nothing', async () => {
	writeFileSync(file, inventory);
	const lines = Array.from({ length: 400 }, (_, index) => `db-${index + 1},db${index + 1}.example,22,postgres`);
	lines[0] = 'db-1,db1.example,2222,postgres';
	lines[15] = 'db-16,db16.example,22x,postgres';
	lines[99] = 'db-100,db 100.example,22,postgres';
	lines[399] = 'db-2,db400.example,22,postgres';
	const path = csv(`Name,Host,Port,User\n${lines.join('\n')}\n`);
	const said = [
		'396 new, 1 changed, 0 unchanged, 3 bad',
		'bad      line 17: port "22x" given, expected a whole number from 1 to 65535',
		'bad      line 101: host "db 100.example" given, expected a host name or an IP address, without port, user or blanks',
		'bad      line 401: name "db-2" is already on line 3',
		'changed  db-1: port 22 → 2222',
	];
	const dry = await run(path, '-i', file, '--dry-run');
	expect(dry.stdout.split('\n').slice(0, 6)).toEqual([...said, 'new      db-2: postgres@db2.example:22 via dc1']);
	expect(dry.stdout.split('\n')).toHaveLength(5 + 396);
	expect(dry).toMatchObject({ exitCode: 1, stderr: `vpmon: nothing was written to ${file}` });
	expect(readFileSync(file, 'utf8')).toBe(inventory);
	const real = await run(path, '-i', file);
	expect(real).toMatchObject({ exitCode: 1, stdout: said.join('\n') });
	expect(real.stderr).toMatch(/^vpmon: written to .*; what it was is kept in vpmon\.yaml\.\d{4}-.*\.bak$/);
	const after = readFileSync(file, 'utf8');
	expect(after).toContain('# Ours.\n');
	expect(after).toContain(
		'  - name: db-1   # the first\n    host: db1.example\n    username: postgres\n    port: 2222\n  - name: db-2\n    host: db2.example\n    username: postgres\n  - name: db-3\n',
	);
	expect(loadInventory(file).safes).toHaveLength(397);
	expect(readdirSync(home.path).filter((name) => name.endsWith('.bak'))).toHaveLength(1);
	const again = await run(path, '-i', file);
	expect(again.stdout.split('\n')[0]).toBe('0 new, 0 changed, 397 unchanged, 3 bad');
	expect(readFileSync(file, 'utf8')).toBe(after);
	expect(readdirSync(home.path).filter((name) => name.endsWith('.bak'))).toHaveLength(1);
});

test('all columns, by their other names; what the defaults say is not said again, an empty cell changes nothing', async () => {
	writeFileSync(file, inventory);
	const key = publicKey('user-a');
	const path = csv(
		[
			'safe;address;login;agent;auth method;ssh public key;fingerprint;masked;exempt;safe id;owner',
			`app;app.example:2200;Deploy;dc2;Public Key;"${key}";${fingerprint('host-a')};yes;no;42;ops`,
			'pw;"2001:db8::1";1001;;static;;;;x;;',
			'same;h.example;u;dc1;ssh key;./keys/site.pub;;no;;;',
			'db-1;;;;;;;;;;',
			'db-1;db1.example;postgres;;;;;;;;',
		].join('\n'),
	);
	const { stdout, stderr, exitCode } = await run(path, '-i', file);
	expect(stdout).toBe('3 new, 0 changed, 1 unchanged, 1 bad\nbad      line 5: host missing');
	expect(stderr).toContain(`vpmon: ${path}: not used: owner\n`);
	expect(exitCode).toBe(1);
	const [, app, pw, same] = loadInventory(file).safes;
	expect(app).toMatchObject({
		name: 'app',
		id: '42',
		connector: 'dc2',
		host: 'app.example',
		port: 2200,
		username: 'Deploy',
		credential: { type: 'ssh-key', publicKey: { kind: 'text', text: key } },
		hostKey: { fingerprint: fingerprint('host-a') },
		sensitive: true,
		exempt: false,
	});
	expect(pw).toMatchObject({ host: '2001:db8::1', username: '1001', credential: { type: 'password' }, exempt: true });
	expect(same?.credential).toMatchObject({ type: 'ssh-key' });
	const text = readFileSync(file, 'utf8');
	expect(text.slice(text.indexOf('name: same'))).toBe('name: same\n    host: h.example\n    username: u\n');
	expect((await run(csv('name,host,username,host key\ndb-1,db1.example,postgres,'), '-i', file)).stdout).toBe(
		'0 new, 0 changed, 1 unchanged, 0 bad',
	);
});

test('what is bad in a line is said in words, and no key is repeated', async () => {
	writeFileSync(file, inventory);
	const key = privateKey('user-a');
	const path = csv(
		[
			'name,host,username,connector,credential,public key,sensitive',
			'a,h,u,dc9,,,',
			'b,h,u,,kerberos,,',
			'c,h,u,,password,x.pub,',
			`d,h,u,,ssh-key,"${key}",`,
			'e,h,u,,,,maybe',
			'f,h,,,,,',
			'g,h,u,,,,,too much',
			'h,user@h,u,,,,',
		].join('\n'),
	);
	const { stdout, stderr } = await run(path, '-i', file, '--dry-run');
	const problems = stdout.split('\n');
	expect(problems[0]).toBe('0 new, 0 changed, 0 unchanged, 8 bad');
	const expected = [
		'line 2: connector "dc9", expected one of dc1, dc2',
		'line 3: credential "kerberos", expected ssh-key or password',
		'line 4: credential password, but it has a public key',
		'a private key stands there, expected a public one',
		'sensitive "maybe", expected yes, no, ja',
		'username missing',
		'it has 8 cells, the first line has 7',
		'host "user@h" given, expected a host name',
	];
	for (const [index, text] of expected.entries()) expect(problems[index + 1]).toContain(text);
	expect(stdout + stderr).not.toContain(key.split('\n')[1]);
});

test('a first inventory is made with the connector that is named, for its owner only', async () => {
	const path = csv('name,host,username\na,h,u\n');
	const made = join(home.path, 'config', 'vpmon', 'vpmon.yaml');
	const without = await run(path);
	expect(without).toMatchObject({ exitCode: 2, stdout: '' });
	expect(without.stderr).toContain('has no connector yet');
	expect(without.stderr).toContain('vpmon init');
	expect(existsSync(made)).toBe(false);
	expect(await run(path, '--connector', 'docker:vaultpam-connector')).toMatchObject({
		exitCode: 0,
		stdout: '1 new, 0 changed, 0 unchanged, 0 bad',
		stderr: `vpmon: written to ${made}`,
	});
	expect(statSync(made).mode & 0o777).toBe(0o600);
	expect(loadInventory(made)).toMatchObject({
		connectors: [{ name: 'vaultpam-connector', runtime: 'docker', container: 'vaultpam-connector' }],
		safes: [{ name: 'a', connector: 'vaultpam-connector' }],
	});
	expect((await run(path, '--connector', 'elsewhere')).stderr).toContain('There is no connector "elsewhere"');
	// Those that are there already stay behind the connector that they are behind.
	const more = await run(csv('name,host,username\na,h,u\nb,h,u\n'), '--connector', 'systemd:vaultpam.service');
	expect(more.stdout).toBe('1 new, 0 changed, 1 unchanged, 0 bad');
	expect(loadInventory(made).safes.map(({ name, connector }) => [name, connector])).toEqual([
		['a', 'vaultpam-connector'],
		['b', 'vaultpam.service'],
	]);
});

test('from standard input; what cannot be read or written says so and leaves nothing', async () => {
	writeFileSync(file, inventory);
	const piped = await execa(
		process.execPath,
		[new URL('../../dist/cli.js', import.meta.url).pathname, 'import', '-', '-i', file],
		{
			env: home.environment,
			input: 'name,host,username\nnew,h,u\n',
		},
	);
	expect(piped.stdout).toBe('1 new, 0 changed, 0 unchanged, 0 bad');
	expect(await run(join(home.path, 'none.csv'), '-i', file)).toMatchObject({ exitCode: 2 });
	expect((await run(home.path, '-i', file)).stderr).toContain('is a directory');
	writeFileSync(file, 'version: 3');
	const before = readdirSync(home.path);
	expect((await run(csv('name,host,username\na,h,u\n'), '-i', file)).stderr).toContain('3 given, expected 1');
	chmodSync(file, 0o666);
	expect((await run(csv('name,host,username\na,h,u\n'), '-i', file)).stderr).toContain('can be written by everybody');
	expect(readdirSync(home.path).toSorted()).toEqual([...new Set([...before, 'safes.csv'])].toSorted());
});

test('with --read-only or readOnly in settings it says what would change, and writes nothing', async () => {
	const path = csv('Name,Host,User\ndb-2,db2.example,postgres\n');
	const sealed = `${inventory}settings: {readOnly: true}\n`;
	for (const [text, flags, why] of [
		[inventory, ['--read-only'], '--read-only is given.'],
		[sealed, [], `readOnly is set in ${file}.`],
	] as const) {
		writeFileSync(file, text);
		const refused = await vpmon([...flags, 'import', path, '-i', file], home.environment);
		expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
		expect(refused.stderr).toContain(`vpmon: ${why} Nothing was changed.`);
		expect(refused.stderr).toContain('--dry-run says what would change.');
		const dry = await vpmon([...flags, 'import', path, '-i', file, '--dry-run'], home.environment);
		expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('1 new') });
		expect(readFileSync(file, 'utf8')).toBe(text);
	}
	expect(readdirSync(home.path).filter((name) => name.endsWith('.bak'))).toEqual([]);
});

test('bad lines of one kind are one line, with where they are', async () => {
	writeFileSync(file, inventory);
	const path = csv(`name,host,username\n${'db 9,,x\n'.repeat(200)}ok,h,u\n${'a,,x\nb,h,u\n'.repeat(20)}`);
	const { exitCode, stdout } = await run(path, '-i', file, '--dry-run');
	const lines = stdout.split('\n').filter((line) => line.startsWith('bad'));
	expect(exitCode).toBe(1);
	expect(lines[0]).toMatch(/^bad {6}lines 2-201, 203, 205, 207, 209, 211, 213, 215, … \(220\): host missing/);
	expect(lines).toHaveLength(2);
});

test('lists of other offices: columns as --map says, words of five languages, problems of one kind together', async () => {
	const list = csv(
		[
			'Bezeichnung;Kiste;Wer;Anmeldung;geheim',
			'Kasse;10.61.7.23:2222;svc;Passwort;ja',
			'Lager;lager.example;deploy;Schlüssel;nie',
			'A;a.example;deploy;mot de passe;oui',
			'B;b.example;deploy;hasło;sí',
			'C;c.example;deploy;Fingerabdruck;nein',
			'D;d.example;deploy;Smartcard;nein',
			'E;e.example;deploy;Smartcard;nein',
			'F;f.example;deploy;Passwort;vielleicht',
		].join('\n'),
	);
	const map = ['--map', 'Kiste=host,Wer=username,Anmeldung=credential,geheim=sensitive'];
	const { exitCode, stdout } = await run(list, '-i', file, '--dry-run', '--connector', 'docker:c', ...map);
	expect(exitCode).toBe(1);
	const lines = stdout.split('\n');
	expect(lines[0]).toBe('4 new, 0 changed, 0 unchanged, 4 bad');
	expect(lines[1]).toMatch(
		/^bad {6}lines 6-8 \(3\): credential "Fingerabdruck", expected ssh-key or password .*; 1 more such value$/,
	);
	expect(lines[2]).toMatch(/^bad {6}line 9: sensitive "vielleicht", expected yes, no, ja, nein/);
	expect(stdout).toContain('new      Kasse: svc@10.61.7.23:2222 via c');
	const unknown = await run(list, '-i', file, '--dry-run', '--map', 'Dings=host');
	expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('--map names "Dings"')]);
	expect((await run(list, '-i', file, '--map', 'Kiste=was')).stderr).toContain('is no cell=column');
});
