import {
	chmodSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserError } from '../../source/domain/user-error.ts';
import { type InventoryChange, makeEdit, planEdit, type SafeEntry, undoEdit } from '../../source/inventory/edit.ts';
import { loadInventory } from '../../source/inventory/file.ts';
import { fingerprint } from '../helpers/keys.ts';

let directory: string;
let file: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	file = join(directory, 'vpmon.yaml');
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = new Date('2026-11-25T19:30:12.345Z');
const kept = `vpmon.yaml.2026-11-25T19-30-12.bak`;

const commented = `# Our site.   Two blanks  stay.
version: 1

connectors:
    - name: dc1   # the old one
safes:   # all of them
    # the database comes first
    - name: "db-primary"  # quoted
      host: db1.corp.example
      username: 'postgres'

      credential:
          type: ssh-key     # asked for
          publicKey: ./keys/db.pub
    - {name: web, host: web.corp.example, username: deploy, port: 2222} # one line
    # - name: gone

settings: {degraded: warn}   # last
# the end
`;

const add = (safe: SafeEntry): InventoryChange => ({ kind: 'add-safe', safe });
const change = (
	name: string,
	fields: Extract<InventoryChange, { kind: 'change-safe' }>['fields'],
): InventoryChange => ({ kind: 'change-safe', name, fields });

/** The lines that an edit takes away and puts in. */
async function edited(text: string, ...changes: InventoryChange[]): Promise<string[]> {
	writeFileSync(file, text);
	const plan = planEdit(file, changes);
	await makeEdit(plan, at);
	const after = readFileSync(file, 'utf8');
	expect(after).toBe(plan.after);
	const [old, now] = [text.split('\n'), after.split('\n')];
	return [
		...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
		...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
	];
}

test('a file in which hundreds share a credential by its anchor is edited in place', async () => {
	const entry = (index: number) =>
		`  - name: a${index}\n    host: h\n    username: u\n    credential: ${index === 0 ? '&k {type: password}' : '*k'}\n`;
	const text = `version: 1\nconnectors: [{name: c}]\nsafes:\n${Array.from({ length: 150 }, (_, index) => entry(index)).join('')}`;
	expect(await edited(text, change('a7', { port: 23 }))).toEqual(['+     port: 23']);
});

test('one field changes, everything else stays to the last blank', async () => {
	expect(await edited(commented, change('db-primary', { username: 'admin' }))).toEqual([
		"-       username: 'postgres'",
		'+       username: admin',
	]);
	expect(await edited(commented, change('web', { port: 22, username: 'a, b' }))).toEqual([
		'-     - {name: web, host: web.corp.example, username: deploy, port: 2222} # one line',
		'+     - {name: web, host: web.corp.example, username: "a, b", port: 22} # one line',
	]);
});

test('a field is added below the last one and taken away with its line', async () => {
	const key = `ssh-ed25519 ${fingerprint('host-a')}`;
	expect(await edited(commented, change('db-primary', { hostKey: key, port: 2200 }))).toEqual([
		`+       hostKey: ${key}`,
		'+       port: 2200',
	]);
	expect(await edited(commented, change('web', { port: null, sensitive: true }))).toEqual([
		'-     - {name: web, host: web.corp.example, username: deploy, port: 2222} # one line',
		'+     - {name: web, host: web.corp.example, username: deploy, sensitive: true} # one line',
	]);
});

test('a credential changes field by field', async () => {
	expect(
		await edited(commented, change('db-primary', { credential: { type: 'ssh-key', publicKey: './keys/new.pub' } })),
	).toEqual(['-           publicKey: ./keys/db.pub', '+           publicKey: ./keys/new.pub']);
	expect(await edited(commented, change('db-primary', { credential: { type: 'password' } }))).toEqual([
		'-           type: ssh-key     # asked for',
		'-           publicKey: ./keys/db.pub',
		'+           type: password     # asked for',
	]);
	expect(await edited(commented, change('web', { credential: { type: 'ssh-key', publicKey: 'k.pub' } }))).toEqual([
		'-     - {name: web, host: web.corp.example, username: deploy, port: 2222} # one line',
		'+     - {name: web, host: web.corp.example, username: deploy, port: 2222, credential: {type: ssh-key, publicKey: k.pub}} # one line',
	]);
});

test('Safes are added below the last one, written as that is', async () => {
	const text = commented.replace(/ {4}- \{name: web.*\n/, '');
	expect(
		await edited(
			text,
			add({ name: 'app: 1', host: 'app1.example', port: 2222, username: '1001', credential: { type: 'password' } }),
			add({ name: 'app-2', host: 'app2.example', username: 'deploy' }),
		),
	).toEqual([
		'+     - name: "app: 1"',
		'+       host: app1.example',
		'+       port: 2222',
		'+       username: "1001"',
		'+       credential: {type: password}',
		'+     - name: app-2',
		'+       host: app2.example',
		'+       username: deploy',
	]);
	expect(await edited(commented, add({ name: 'x', host: 'h', username: 'u' }))).toEqual([
		'+     - {name: x, host: h, username: u}',
	]);
	expect(readFileSync(file, 'utf8').indexOf('name: x')).toBeLessThan(readFileSync(file, 'utf8').indexOf('name: gone'));
});

test.each([
	['an empty list', 'version: 1\nconnectors: [{name: c}]\nsafes: [] # none yet\n'],
	['an empty field', 'version: 1\nconnectors: [{name: c}]\nsafes: # none yet\n'],
	['no field', 'version: 1\nconnectors: [{name: c}]'],
	['a list in brackets', 'version: 1\nconnectors: [{name: c}]\nsafes: [\n  {name: a, host: h, username: u}, # a\n]\n'],
	['all in brackets', '{version: 1, connectors: [{name: c}], safes: [{name: a, host: h, username: u}]}'],
	['all in brackets and no list', '{"version": 1, "connectors": [{"name": "c"}]}\n'],
	['no indentation', 'version: 1\nconnectors:\n- name: c\nsafes:\n- name: a\n  host: h\n  username: u\n# end'],
	['Windows lines', 'version: 1\r\nconnectors:\r\n- name: c\r\nsafes:\r\n- name: a\r\n  host: h\r\n  username: u\r\n'],
	['a byte order mark', '\ufeffversion: 1\nconnectors: [{name: c}]\n'],
	['an anchor', 'version: 1\nconnectors: [{name: c}]\nsafes:\n- &a\n  name: a\n  host: h\n  username: u\n'],
	['a document marker', '---\nversion: 1\nconnectors: [{name: c}]\n...\n'],
	[
		'a block of text at the end',
		`version: 1\nconnectors: [{name: c}]\nsafes:\n- name: a\n  host: h\n  username: u\n  credential:\n    type: ssh-key\n    publicKey: |+\n      key\n\n`,
	],
])('Safes are added to %s, comments kept', async (_, text) => {
	writeFileSync(file, text);
	const before = loadInventory(file).safes.map(({ name }) => name);
	await edited(text, add({ name: 'n1', host: 'h1', username: 'u' }), add({ name: 'n2', host: 'h2', username: 'u' }));
	expect(loadInventory(file).safes.map(({ name }) => name)).toEqual([...before, 'n1', 'n2']);
	const after = readFileSync(file, 'utf8');
	for (const [comment] of text.matchAll(/#.*/g)) expect(after).toContain(comment);
	expect(after.split('\n').filter((line) => line.endsWith('\r')).length > 0).toBe(text.includes('\r'));
	if (text.includes('\r')) expect(after.replaceAll('\r\n', '')).not.toContain('\n');
});

test('what anchors and merged mappings share is changed for one Safe alone, or not at all', async () => {
	const shared =
		'version: 1\nconnectors: [{name: c}]\nsafes:\n- &a {name: a, host: h, port: 1, username: u, credential: &k {type: password}}\n- {<<: *a, name: b}\n- {name: d, host: h, username: u, credential: *k}\n';
	await edited(shared, change('b', { port: 2 }));
	expect(loadInventory(file).safes.map(({ port }) => port)).toEqual([1, 2, 22]);
	await edited(shared, change('d', { credential: { type: 'ssh-key', publicKey: 'x.pub' } }));
	expect(loadInventory(file).safes.map(({ credential }) => credential.type)).toEqual([
		'password',
		'password',
		'ssh-key',
	]);
	writeFileSync(file, shared);
	// The merged Safe would change along.
	expect(() => planEdit(file, [change('a', { port: 2 })])).toThrow(/written with anchors or tags/);
});

test('an edit that would leave a wrong file, or starts from one, is refused and nothing is written', async () => {
	writeFileSync(file, commented);
	const refused = (...changes: InventoryChange[]) => {
		try {
			planEdit(file, changes);
		} catch (error) {
			expect(error).toBeInstanceOf(UserError);
			return (error as UserError).message;
		}
		return 'taken';
	};
	expect(refused(add({ name: 'web', host: 'h', username: 'u' }))).toMatch(
		/With this change the inventory would have one problem:[\s\S]*"web" is already the name of safes\[1\]/,
	);
	expect(refused(change('web', { port: 70_000 }))).toContain('70000 given, expected a whole number');
	expect(refused(change('nobody', { port: 1 }))).toContain('There is no Safe named "nobody"');
	writeFileSync(file, 'version: 2\n');
	expect(refused(add({ name: 'x', host: 'h', username: 'u' }))).toContain('The inventory has one problem');
	chmodSync(file, 0o666);
	expect(refused(add({ name: 'x', host: 'h', username: 'u' }))).toContain('can be written by everybody');
	expect(readdirSync(directory)).toEqual(['vpmon.yaml']);
});

test('a file that changed since the edit was planned is left alone', async () => {
	writeFileSync(file, commented);
	const plan = planEdit(file, [change('web', { port: 22 })]);
	writeFileSync(file, `${commented}# somebody else\n`);
	await expect(makeEdit(plan, at)).rejects.toThrow('was changed by somebody else meanwhile');
	expect(readFileSync(file, 'utf8')).toBe(`${commented}# somebody else\n`);
	rmSync(file);
	await expect(makeEdit(plan, at)).rejects.toThrow(UserError);
	const first = planEdit(file, [{ kind: 'add-connector', connector: { name: 'c' } }]);
	writeFileSync(file, 'version: 1\n');
	await expect(makeEdit(first, at)).rejects.toThrow('was made by somebody else meanwhile');
	expect(readFileSync(file, 'utf8')).toBe('version: 1\n');
});

test('the old text is kept beside it, dated, for its owner only; the last edit can be undone', async () => {
	writeFileSync(file, commented);
	chmodSync(file, 0o640);
	const made = await makeEdit(planEdit(file, [change('web', { port: 22 })]), at);
	expect(made.backup).toBe(join(directory, kept));
	expect(readFileSync(join(directory, kept), 'utf8')).toBe(commented);
	expect(statSync(join(directory, kept)).mode & 0o777).toBe(0o600);
	expect(statSync(file).mode & 0o777).toBe(0o640);
	await undoEdit(made, at);
	expect(readFileSync(file, 'utf8')).toBe(commented);
	expect(readdirSync(directory).toSorted()).toEqual(['vpmon.yaml', kept, kept.replace('.bak', '-2.bak')].toSorted());
	writeFileSync(file, `${made.after}# changed by hand\n`);
	await expect(undoEdit(made, at)).rejects.toThrow('was changed by somebody else meanwhile');
});

test('the newest twenty copies are kept, and nothing else is taken away', async () => {
	writeFileSync(file, commented);
	writeFileSync(join(directory, 'vpmon.yaml.before-the-move.bak'), '');
	for (let port = 1; port <= 25; port++)
		await makeEdit(planEdit(file, [change('web', { port })]), new Date(at.getTime() + Math.floor(port / 12) * 1000));
	const backups = readdirSync(directory).filter((name) => name.endsWith('.bak'));
	expect(backups).toHaveLength(21);
	expect(backups).toContain('vpmon.yaml.before-the-move.bak');
	const newest = join(directory, 'vpmon.yaml.2026-11-25T19-30-14-2.bak');
	expect(readFileSync(newest, 'utf8')).toContain('port: 24}');
});

test('a first file is made for its owner only, with the folders above it, and undone by taking it away', async () => {
	const first = join(directory, 'config', 'vpmon', 'vpmon.yaml');
	const plan = planEdit(first, [
		{ kind: 'add-connector', connector: { name: 'dc1', runtime: 'docker', container: 'vaultpam-connector' } },
		add({ name: 'db', host: 'db1', username: 'deploy' }),
	]);
	expect(plan.before).toBeNull();
	const made = await makeEdit(plan, at);
	expect(made.backup).toBeNull();
	expect(statSync(first).mode & 0o777).toBe(0o600);
	expect(loadInventory(first)).toMatchObject({
		connectors: [{ name: 'dc1', runtime: 'docker' }],
		safes: [{ name: 'db', connector: 'dc1' }],
	});
	expect(readFileSync(first, 'utf8')).toMatch(/^# The inventory of vpmon/);
	await undoEdit(made, at);
	expect(readdirSync(join(directory, 'config', 'vpmon'))).toEqual([]);
});

test('a symbolic link goes on leading to the file', async () => {
	mkdirSync(join(directory, 'real'));
	const real = join(directory, 'real', 'site.yaml');
	writeFileSync(real, commented);
	symlinkSync('real/site.yaml', file);
	await makeEdit(planEdit(file, [change('web', { port: 22 })]), at);
	expect(lstatSync(file).isSymbolicLink()).toBe(true);
	expect(readlinkSync(file)).toBe('real/site.yaml');
	expect(readFileSync(real, 'utf8')).toContain('port: 22}');
	expect(readdirSync(directory).toSorted()).toEqual(['real', 'vpmon.yaml']);
});

test('a file that the quick way reads is changed, however long it is, and no change of it is none', () => {
	const text = `version: 1\nconnectors: [{name: dc1}]\n${'#\n'.repeat(650_000)}safes: [{name: s1, host: h, username: u}]\n`;
	writeFileSync(file, text, { mode: 0o600 });
	expect(planEdit(file, [])).toEqual({ file, before: text, after: text });
	expect(planEdit(file, [change('s1', { port: 22 })]).after).toContain('username: u, port: 22}');
});

test('numbers and addresses are written as what they are', async () => {
	writeFileSync(file, commented, { mode: 0o600 });
	await makeEdit(planEdit(file, [add({ name: 'a1', host: '10.0.0.10', username: '1001' })]), at);
	expect(readFileSync(file, 'utf8')).toMatch(/host: 10\.0\.0\.10\b[\s\S]*username: "1001"/);
	expect(loadInventory(file).safes.at(-1)).toMatchObject({ host: '10.0.0.10', username: '1001' });
});
