import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { safeParse } from 'valibot';
import { afterAll, expect, test, vi } from 'vitest';
import { UserError } from '../../source/domain/user-error.ts';
import { loadInventory, parseInventory } from '../../source/inventory/file.ts';
import { describeIssue } from '../../source/inventory/problems.ts';
import { safeSchema } from '../../source/inventory/schema.ts';
import { fingerprint } from '../helpers/keys.ts';

const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

const fixture = (name: string) => new URL(`../../fixtures/inventories/${name}`, import.meta.url).pathname;
const problemsOf = (text: string): string => {
	try {
		parseInventory(text, '/etc/vpmon/vpmon.yaml');
	} catch (error) {
		expect(error).toBeInstanceOf(UserError);
		return (error as UserError).message;
	}
	return 'no problem';
};

test('the inventory of the page is read as it says', () => {
	const inventory = loadInventory(fixture('full.yaml'));
	expect(inventory.settings).toEqual({
		probe: 'on-demand',
		sweepEveryMs: 600_000,
		checkTimeoutMs: 3000,
		safeTimeoutMs: 10_000,
		degraded: 'warn',
		readOnly: false,
		share: true,
		mask: false,
	});
	expect(inventory.controlPlane.healthUrl).toBe('https://vault.example/healthz');
	expect(inventory.connectors.map(({ name, host, runtime }) => ({ name, host, runtime }))).toEqual([
		{ name: 'dc1', host: 'local', runtime: 'docker' },
		{ name: 'dc2', host: { username: 'ops', host: 'dc2.example', port: 2222 }, runtime: 'systemd' },
	]);
	const [first, second] = inventory.safes;
	expect(first).toMatchObject({
		name: 'db-primary',
		connector: 'dc1',
		port: 22,
		username: 'postgres',
		sensitive: true,
	});
	expect(first?.credential).toEqual({ type: 'ssh-key', publicKey: { kind: 'file', path: fixture('keys/db.pub') } });
	expect(first?.hostKeyPlace?.line).toBe(
		readFileSync(fixture('full.yaml'), 'utf8')
			.split('\n')
			.findIndex((line) => line.includes('hostKey')) + 1,
	);
	expect(second).toMatchObject({
		name: 'web',
		connector: 'dc2',
		port: 2200,
		hostKey: null,
		credential: { type: 'password' },
	});
});

test('every problem at once, with line, column, field and what is expected', () => {
	const message = problemsOf(readFileSync(fixture('broken.yaml'), 'utf8'));
	const expected = [
		'vpmon.yaml:1:10  version: 2 given, expected 1',
		'vpmon.yaml:4:5  connectors[0].runtme: not known here; expected name, host',
		'vpmon.yaml:5:11  connectors[1].name: "" given, expected a name',
		'vpmon.yaml:6:14  connectors[1].runtime: "podman" given, expected docker, systemd or none',
		'vpmon.yaml:9:11  safes[0].host: "db1 example" given, expected a host name',
		'vpmon.yaml:10:11  safes[0].port: "22x" given, expected a whole number from 1 to 65535',
		'vpmon.yaml:11:15  safes[0].username: 1001 given, expected a user name; put it in quotes',
		'vpmon.yaml:12:14  safes[0].hostKey: "SHA256:abc" given, expected a host key',
		'vpmon.yaml:13:5  safes[1].host: missing',
	];
	const lines = message.split('\n').slice(1);
	expect(lines).toHaveLength(expected.length);
	for (const [index, text] of expected.entries()) expect(lines[index]).toContain(text);
});

test('names are held against each other', () => {
	const message = problemsOf(`
version: 1
connectors:
  - {name: dc1}
  - {name: dc1, runtime: docker}
safes:
  - {name: a, host: h, username: u, connector: nowhere}
  - {name: a, host: h, username: u, connector: dc1}
  - {name: b, host: h, username: u}
`);
	expect(message).toContain('vpmon.yaml:5:12  connectors[1].name: "dc1" is already the name of connectors[0]');
	expect(message).toContain('connectors[1].container: missing, expected a container name, since the runtime is docker');
	expect(message).toContain(
		'vpmon.yaml:7:48  safes[0].connector: there is no connector "nowhere", expected one of dc1',
	);
	expect(message).toContain('safes[1].name: "a" is already the name of safes[0]');
	expect(message).toContain('safes[2]: missing, expected one of dc1');
});

test('broken YAML says where', () => {
	expect(problemsOf('version: 1\nsafes: [\n  - x: {')).toMatch(/vpmon\.yaml:\d+:\d+ {2}YAML: /);
});

test('an empty file, a list, a number and a YAML bomb are problems, not crashes', () => {
	const bomb = [
		'a: &a [x, x, x, x, x, x, x, x, x]',
		...'bcdefghi'
			.split('')
			.map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(', ')}]`),
	];
	for (const text of ['', '- a', '42', bomb.join('\n')]) expect(problemsOf(text)).toMatch(/problem/);
});

test('what is too deep, too long, too often or too many is said, in the time that it takes to read', () => {
	const head = 'version: 1\nconnectors: [{name: c}]\n';
	const blanks = ' '.repeat(100_000);
	const each = (count: number, line: (index: number) => string) =>
		Array.from({ length: count }, (_, at) => line(at)).join('');
	const merged = each(40, (at) => `m${at + 1}: &m${at + 1} {<<: [*m${at}, *m${at}]}\n`);
	const cases: ReadonlyArray<readonly [text: string, problem: string]> = [
		[`${head}safes: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, ':3:108  YAML: nested more than 100 deep'],
		[`${head}safes: ${'{a: '.repeat(20_000)}`, 'YAML: nested more than 100 deep'],
		[`${head}safes:\n${each(300, (at) => `${' '.repeat(at)}- x:\n`)}`, 'nested more than 100 deep'],
		[`${head}safes: [{name: ${'a'.repeat(5_000_000)}}]`, 'YAML: a value of more than 64 kB'],
		[`${head}safes:\n  - name: "${'a'.repeat(5_000_000)}"`, 'YAML: a value of more than 64 kB'],
		// Each of these took the square of its length.
		[`${head}safes: [{name: a${blanks}b, host: h, username: u}]`, 'a value of more than 64 kB'],
		[`${head}safes:\n  - name: a${blanks}b #\n`, 'a value of more than 64 kB'],
		[`${head}x: &k {a: b}\n${each(3000, (at) => `k${at}: *k\n`)}`, 'x: not known here'],
		[`${head + each(100_000, (at) => `- *a${at}\n`.slice(0, 5))}- *a`, 'its aliases stand for more than 100000 values'],
		[`${head}m0: &m0 {a: b}\n${merged}`, 'its aliases stand for more than 100000 values'],
		[`${head}a: &a {<<: *a}`, 'YAML: an alias leads to itself, or aliases are nested too deep'],
		[`${head}k: 1\nk: 2\n`, ':4:1  YAML: Map keys must be unique'],
		['k:\n'.repeat(130_000), ':2:1  YAML: Map keys must be unique'],
		['- a\n'.repeat(1_600_000), 'more than 1500000 lines and commas'],
		[`[${'a,'.repeat(500_000)}]`, 'YAML: more than 1250000 words and marks'],
		[`${head}---\n${head}`, 'a second document begins here'],
	];
	for (const [text, problem] of cases) {
		const from = process.cpuUsage();
		expect(problemsOf(text)).toContain(problem);
		// The slowest took ten seconds and more; a machine that does much else takes a fraction of that.
		expect(process.cpuUsage(from).user / 1000).toBeLessThan(5000);
	}
	const bad = problemsOf(
		`${head}safes:\n${each(5000, (at) => `  - {name: s${at}, host: 'two words', username: u}\n`)}`,
	);
	const lines = bad.split('\n');
	expect([lines[0], lines.length, lines.at(-1)]).toEqual(['The inventory has 5000 problems:', 52, '  and 4950 more']);
	expect(lines[50]).toMatch(/:53:\d+ {2}safes\[49\]\.host: "two words" given/);
});

test('of a value of megabytes the start is quoted', () => {
	const { issues = [] } = safeParse(safeSchema, { name: 'x'.repeat(8_000_000), host: 'h', username: 'u' });
	expect(issues.map(describeIssue)).toEqual([expect.stringMatching(/^"x{60}…" given, expected a name/)]);
});

test('a file is read where it is a plain one that nobody else can exchange', () => {
	const pipe = join(directory, 'pipe');
	execFileSync('mkfifo', [pipe]);
	expect(() => loadInventory(pipe)).toThrow(/is a named pipe/);
	expect(() => loadInventory(directory)).toThrow(/is a directory/);
	expect(() => loadInventory('/dev/zero')).toThrow(/is a device/);
	const open = join(directory, 'open', 'below');
	mkdirSync(open, { recursive: true });
	const file = join(open, 'vpmon.yaml');
	writeFileSync(file, 'version: 1', { mode: 0o600 });
	chmodSync(join(directory, 'open'), 0o777);
	expect(() => loadInventory(file)).toThrow(/Everybody on this host can write to .*\/open and/);
	const link = join(directory, 'link.yaml');
	symlinkSync(file, link);
	expect(() => loadInventory(link)).toThrow(/Everybody on this host/);
	// Also where only the middle of three links lies there.
	const middle = join(directory, 'open', 'middle.yaml');
	symlinkSync(fixture('full.yaml'), middle);
	rmSync(link);
	symlinkSync('./open/../open/middle.yaml', link);
	expect(() => loadInventory(link)).toThrow(/Everybody on this host can write to .*\/open and/);
	const forged = join(directory, 'open', 'x\nvpmon: all is well');
	mkdirSync(forged);
	chmodSync(forged, 0o777);
	symlinkSync(fixture('full.yaml'), join(forged, 'last.yaml'));
	rmSync(link);
	symlinkSync(join(forged, 'last.yaml'), link);
	expect(() => loadInventory(link)).toThrow(/^Everybody on this host can write to \S+\/x vpmon: all is well and/);
	// As in /tmp: only its owner can take a file away there.
	chmodSync(join(directory, 'open'), 0o1777);
	expect(loadInventory(file).safes).toEqual([]);
});

test('what the file holds cannot drive the terminal through an error, nor as a name, a path or an address', () => {
	expect(problemsOf('|\u001b]0;owned\u0007')).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
	const safe = (fields: string) =>
		`version: 1\nconnectors: [{name: c}]\nsafes: [{name: a, host: h, username: u}, {${fields}}]`;
	expect(problemsOf(safe('name: "a\\u202eb", host: h, username: u'))).toContain('printable characters');
	expect(problemsOf(safe('name: b, host: "h\\u200b", username: u'))).toContain('a host name or an IP address');
	expect(problemsOf('version: 1\nconnectors: [{name: c, logFile: "\\e[2J.log"}]')).toContain('a file path');
	expect(problemsOf('version: 1\nconnectors: [{name: c, host: "ssh://\\ecx"}]')).toContain('ssh://user@host:port');
	expect(problemsOf('version: 1\ncontrolPlane: {url: "https://x/\\e[2J"}')).toContain('a URL');
});

test('a port is one problem at most, and UTF-16 is named', () => {
	const safe = (port: string) =>
		`version: 1\nconnectors: [{name: c}]\nsafes: [{name: a, host: h, username: u, port: ${port}}]`;
	for (const port of ['1e999', '70000.5', '-1.5']) expect(problemsOf(safe(port))).toMatch(/has one problem/);
	const file = join(directory, 'utf16.yaml');
	writeFileSync(file, `\ufeff${safe('22')}`, { encoding: 'utf16le', mode: 0o600 });
	expect(() => loadInventory(file)).toThrow(/is UTF-16/);
});

test('the YAML library prints no warnings of its own', () => {
	const warn = vi.spyOn(process, 'emitWarning');
	expect(problemsOf('? {a: 1}\n: x\nversion: 1')).toContain('not known here');
	expect(warn).not.toHaveBeenCalled();
	warn.mockRestore();
});

test('thousands of Safes may share a credential by its anchor', () => {
	const entry = (index: number) =>
		`  - {name: a${index}, host: h, username: u, credential: ${index === 0 ? '&k {type: password}' : '*k'}}\n`;
	const text = `version: 1\nconnectors: [{name: c}]\nsafes:\n${Array.from({ length: 1500 }, (_, index) => entry(index)).join('')}`;
	expect(parseInventory(text, '/x.yaml').safes).toHaveLength(1500);
});

test('a private key in the file is a problem of row 5, and is not repeated in an error', () => {
	const key = readFileSync(new URL('../../fixtures/keys/user-a', import.meta.url), 'utf8');
	const indented = key
		.split('\n')
		.map((line) => `        ${line}`)
		.join('\n');
	const text = `version: 1\nconnectors: [{name: c}]\nsafes:\n  - name: a\n    host: h\n    username: u\n    credential:\n      type: ssh-key\n      publicKey: |\n${indented}\n`;
	expect(parseInventory(text, '/x.yaml').safes[0]?.credential).toMatchObject({
		type: 'ssh-key',
		publicKey: { kind: 'text' },
	});
	expect(problemsOf(text.replace('username: u', `username: u\n    hostKey: |\n${indented}`))).not.toContain(
		key.split('\n')[1],
	);
});

test('a file that others can write is not trusted; one that is missing says what to do next', () => {
	const file = join(directory, 'open.yaml');
	writeFileSync(file, 'version: 1');
	chmodSync(file, 0o666);
	expect(() => loadInventory(file)).toThrow(/can be written by everybody/);
	chmodSync(file, 0o644);
	expect(loadInventory(file).safes).toEqual([]);
	try {
		loadInventory(join(directory, 'none.yaml'));
		expect.unreachable();
	} catch (error) {
		expect((error as UserError).nextStep).toContain('vpmon demo');
		expect((error as UserError).nextStep).toContain('vpmon check user@host:22');
	}
});

test('a connector that is the only one need not be named, and one with a container runs in docker', () => {
	const inventory = parseInventory(
		`version: 1\nconnectors: [{name: c, container: x}]\nsafes: [{name: a, host: h, username: u, hostKey: '${fingerprint('host-a')}'}]`,
		'/x.yaml',
	);
	expect(inventory.safes[0]?.connector).toBe('c');
	expect(inventory.connectors[0]?.runtime).toBe('docker');
});
