import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { version } from '../../source/domain/version.ts';
import { createLabServer, type LabServer } from '../../source/lab/ssh-server.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { fingerprint, keyFile, privateKey, publicKey } from '../helpers/keys.ts';

const home = createHome();
const { environment } = home;
let server: LabServer;
let port: number;
beforeAll(async () => {
	server = createLabServer({
		hostKeys: [privateKey('host-a')],
		users: { deploy: [publicKey('user-a')] },
		methods: ['publickey'],
		ident: 'test',
		log: () => {},
	});
	port = await server.listen();
});
afterAll(() => {
	server.close();
	home.remove();
});

const target = () => `deploy@127.0.0.1:${port}`;
const run = (...args: string[]) => vpmon(args, environment);

test('one target without an inventory: five rows, JSON alone on stdout', async () => {
	const args = ['check', target(), '--key', keyFile('user-a.pub'), '--host-key', fingerprint('host-a'), '--json'];
	const { exitCode, stdout, stderr } = await vpmon(args, {
		...environment,
		VPMON_RUNTIME_DIR: join(home.path, 'first'),
	});
	expect(stderr).toBe('');
	expect(exitCode).toBe(0);
	const report = JSON.parse(stdout);
	expect(report).toMatchObject({ schemaVersion: 1, summary: { safes: 1, untested: 1, fail: 0 }, groups: [] });
	expect(report.safes[0].checks.map(({ id, verdict }: { id: string; verdict: string }) => `${id} ${verdict}`)).toEqual([
		'connector untested',
		'port pass',
		'username pass',
		'host-key pass',
		'ssh-key pass',
	]);
	expect(Object.keys(report.safes[0].checks[0])).toEqual([
		'id',
		'verdict',
		'cause',
		'summary',
		'action',
		'measuredAt',
		'measuredFrom',
		'measuredBy',
		'comparedWith',
		'durationMs',
		'evidence',
	]);
});

test('exit codes: strict, failure, unknown', async () => {
	const known = ['--key', keyFile('user-a.pub'), '--host-key', fingerprint('host-a'), '--budget-wait', '0'];
	const own = { ...environment, VPMON_RUNTIME_DIR: join(home.path, 'strict') };
	expect((await vpmon(['check', target(), ...known, '--strict'], own)).exitCode).toBe(3);
	// Two key queries within a second would be too much: what was measured a moment ago stands, with its time.
	const again = await vpmon(['check', target(), ...known, '--strict', '--json'], own);
	expect(again.exitCode).toBe(3);
	const [row] = JSON.parse(again.stdout).safes[0].checks.filter(({ id }: { id: string }) => id === 'ssh-key');
	expect(row.summary).toMatch(/; as of \d\d:\d\d:\d\d by check, free again at \d\d:\d\d:\d\d/);
	// Where nothing is known, not asked is unknown, not failed.
	const alone = { ...own, VPMON_SITE_DIR: join(home.path, 'alone') };
	const { exitCode, stdout } = await vpmon(['check', target(), ...known], alone);
	expect(exitCode).toBe(3);
	expect(stdout).toContain('probe budget, free at');
	const wrong = await vpmon(['check', target(), '--key', keyFile('user-a.pub'), '--host-key', fingerprint('host-b')], {
		...environment,
		VPMON_RUNTIME_DIR: join(home.path, 'wrong'),
	});
	expect(wrong.exitCode).toBe(1);
	expect(wrong.stdout).toContain('host-key-mismatch');
});

test('a turn in the probe budget is waited for, and that is said', async () => {
	const own = { ...environment, VPMON_RUNTIME_DIR: join(home.path, 'turns') };
	const args = ['check', target(), '--key', keyFile('user-a.pub'), '--host-key', fingerprint('host-a')];
	expect((await vpmon(args, own)).exitCode).toBe(0);
	const { exitCode, stderr } = await vpmon(args, own);
	expect(stderr).toMatch(/waits [1-5] s for its turn in the probe budget/);
	expect(exitCode).toBe(0);
});

test('rows left out are skipped and do not count', async () => {
	const { stdout, exitCode } = await run('check', 'deploy@127.0.0.1:1', '--only', 'connector', '--json');
	expect(JSON.parse(stdout).safes[0].checks.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
		'untested',
		'skip',
		'skip',
		'skip',
		'skip',
	]);
	expect(exitCode).toBe(0);
	expect((await run('check', 'deploy@127.0.0.1:1', '--only', 'port')).exitCode).toBe(1);
});

test('what is wrong with a call is said in words, with the next step, and exit code 2', async () => {
	const bad: ReadonlyArray<readonly [string[], string]> = [
		[['check'], 'vpmon demo'],
		[['check', 'no-at-sign'], 'There is no inventory'],
		[['check', 'deploy@a b'], 'is no target'],
		[['check', target(), '--host-key', 'SHA256:short'], 'is no host key'],
		[['check', target(), '--connector', 'podman:x'], 'is no connector'],
		[['check', '--timeout', 'x'], 'Expected seconds'],
		[['check', '--only', 'portt'], 'expected connector, port, username, host-key, ssh-key'],
		[['check', '--no-such-flag'], 'unknown option'],
		[['report'], "missing required argument 'safe'"],
		[['check', '-i', '/nonexistent/vpmon.yaml'], 'There is no inventory at'],
		[['frobnicate'], 'vpmon --help'],
	];
	for (const [args, text] of bad) {
		const { exitCode, stdout, stderr } = await run(...args);
		expect([args, exitCode]).toEqual([args, 2]);
		expect(stderr).toContain(text);
		expect(stderr).not.toMatch(/\n\s+at /);
		expect(stdout).toBe('');
	}
});

test('problems of an inventory come all at once; an unknown Safe names the known ones', async () => {
	const file = join(home.path, 'vpmon.yaml');
	writeFileSync(
		file,
		'version: 1\nconnectors: [{name: c}]\nsafes:\n  - {name: a, host: h, username: u, port: 0}\n  - {name: b, hots: h, username: u}\n',
	);
	chmodSync(file, 0o600);
	const { exitCode, stderr } = await run('check', '-i', file);
	expect(exitCode).toBe(2);
	expect(stderr).toContain('3 problems');
	expect(stderr).toContain(`${file}:4:43  safes[0].port`);
	writeFileSync(
		file,
		'version: 1\nconnectors: [{name: c}]\nsafes:\n  - {name: a, host: 127.0.0.1, username: u, port: 1}\n',
	);
	expect((await run('check', 'z', '-i', file)).stderr).toContain('It has a');
	// Without a terminal the screen is a table.
	const table = await run('-i', file);
	expect(table.exitCode).toBe(1);
	expect(table.stdout).toContain('port-refused');
	expect((await vpmon([], { ...environment, VPMON_INVENTORY: file })).stdout).toContain('port-refused');
});

test('report writes one file, for its owner, and prints its path', async () => {
	const out = join(home.path, 'one');
	const { exitCode, stdout, stderr } = await run(
		'report',
		'deploy@127.0.0.1:1',
		'--out',
		out,
		'--error',
		'SSH connection refused',
	);
	expect(exitCode).toBe(0);
	const path = stdout.trim();
	expect(readdirSync(out)).toEqual([path.split('/').at(-1)]);
	expect(statSync(path).mode & 0o777).toBe(0o600);
	expect(readFileSync(path, 'utf8')).toContain('SSH connection refused');
	expect(stderr).toMatch(/secrets? removed \(what the report is about is shown\)/);
	expect(stderr).toMatch(/vpmon: log: failed, /);
	expect(stderr).toMatch(/vpmon: clock: done \(\d/);
	const masked = await run('report', 'somebody@localhost:1', '--out', out, '--mask');
	expect(readFileSync(masked.stdout.trim(), 'utf8')).not.toContain('somebody');
});

test('a report hides the other Safes of the log too: sensitive ones always, all of them with --mask', async () => {
	const file = join(home.path, 'two.yaml');
	const log = join(home.path, 'two.log');
	const line =
		'session failed safe=secret-payroll user=payadmin host=hr7.corp.example err="dial tcp 10.20.4.17:22: refused"';
	writeFileSync(log, `ERROR ${line}\nINFO safe=web-shop ok\n`);
	const safes = [
		{ name: 'web-shop', host: '127.0.0.1', port: 1, username: 'deploy' },
		{ name: 'secret-payroll', host: 'hr7.corp.example', username: 'payadmin', sensitive: true },
	];
	writeFileSync(file, JSON.stringify({ version: 1, connectors: [{ name: 'dc1', logFile: log }], safes }), {
		mode: 0o600,
	});
	const out = join(home.path, 'two');
	const reportWith = async (...flags: string[]) => {
		const { stdout, exitCode } = await run('report', 'web-shop', '-i', file, '--out', out, ...flags);
		expect(exitCode).toBe(0);
		return readFileSync(stdout.trim(), 'utf8');
	};
	const plain = await reportWith();
	expect(plain).toContain('web-shop');
	expect(plain).toContain('127.0.0.1');
	for (const name of ['secret-payroll', 'hr7', '10.20.4.17']) expect(plain).not.toContain(name);
	const masked = await reportWith('--mask');
	for (const name of ['web-shop', 'deploy', 'secret-payroll', 'payadmin', 'hr7', '10.20.4.17'])
		expect(masked).not.toContain(name);
	// The same pseudonyms as in the report before.
	expect(/safe=(SAFE-\d+) user=(USER-\d+) host=(HOST-\d+)/.exec(masked)?.slice(1)).toEqual(
		/safe=(SAFE-\d+) user=(USER-\d+) host=(HOST-\d+)/.exec(plain)?.slice(1),
	);
	// Without masking only with a yes, and never what is sensitive.
	const refused = await run('report', 'web-shop', '-i', file, '--out', out, '--no-mask');
	expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
	expect(refused.stderr).toContain('--no-mask needs a yes');
	const open = await reportWith('--no-mask', '--yes');
	for (const name of ['secret-payroll', 'payadmin', 'hr7', '10.20.4.17']) expect(open).not.toContain(name);
	const never = await run('report', 'secret-payroll', '-i', file, '--no-mask', '--yes');
	expect(never).toMatchObject({ exitCode: 2, stdout: '' });
	expect(never.stderr).toContain('marked as sensitive');
	// One report about several is masked whole where one of them is sensitive.
	const both = await run('report', 'web-shop', 'secret-payroll', '-i', file, '--out', '-', '--format', 'json');
	expect(both.exitCode).toBe(0);
	const data = JSON.parse(both.stdout);
	expect(data).toMatchObject({ masking: { hides: 'all' }, group: { cause: null } });
	expect(data.safes).toHaveLength(2);
	for (const name of ['web-shop', 'deploy', 'secret-payroll', 'payadmin', 'hr7'])
		expect(both.stdout).not.toContain(name);
});

test('settings: {mask: true} hides names in all that is printed, and pseudonyms are taken in their place', {
	timeout: 60_000,
}, async () => {
	const file = join(home.path, 'masked.yaml');
	const log = join(home.path, 'masked.log');
	writeFileSync(
		log,
		'ERROR session failed safe=ledger-shop user=okonkwo err="dial tcp: lookup lovelace: no such host"\n',
	);
	const safes = [
		{ name: 'ledger-shop', host: '127.0.0.1', port: 1, username: 'zebediah', connector: 'dc1' },
		{ name: 'hr-vault', host: 'hr7.corp.example', port: 1, username: 'payadmin', connector: 'dc1' },
		{ name: 'port', host: '127.0.0.1', port: 1, username: 'error', connector: 'dc1' },
	];
	const connectors = [
		{ name: 'dc1', logFile: log },
		{ name: 'gone', logFile: join(home.path, 'hr-vault.log') },
	];
	const settings = { mask: true };
	writeFileSync(file, JSON.stringify({ version: 1, settings, connectors, safes }), { mode: 0o600 });
	const names = /ledger-shop|zebediah|hr-vault|hr7|payadmin|okonkwo|lovelace/;
	const masked = async (...args: string[]) => {
		const result = await run(...args, '-i', file);
		expect([args, `${result.stdout}${result.stderr}`.match(names)]).toEqual([args, null]);
		return result;
	};
	const json = JSON.parse((await masked('check', '--json', '--timeout', '1')).stdout);
	const [first] = json.safes;
	expect(first.name).toMatch(/^SAFE-\d+$/);
	expect(first.checks).toHaveLength(5);
	expect((await masked('check', first.name, '--timeout', '1')).stdout).toContain(first.name);
	expect((await masked('logs', 'dc1')).stdout).toMatch(
		/safe=SAFE-\d+ user=USER-\d+ err="dial tcp: lookup HOST-\d+: no such host"/,
	);
	const written = (await masked('report', first.name, '--out', '-', '--format', 'json')).stdout;
	expect(JSON.parse(written)).toMatchObject({ masking: { hides: 'all' }, safes: [{ name: first.name }] });
	expect((await masked('fix', first.name, '--dry-run')).stdout).toContain(`${first.name} (`);
	expect((await masked('history', 'SAFE-999')).stderr).toContain('by their pseudonyms');
	expect((await masked('logs', 'gone')).stderr).toContain('The log of gone cannot be read');
	// Laid out after it is masked: a Safe that is called as a label is no label.
	const kept = (await masked('memory')).stdout;
	expect(kept).toMatch(/^127\.0\.0\.1:1(?: \(\S+\))? {2}SAFE-\d+, SAFE-\d+$/m);
	expect(kept).toMatch(/^ {2}port {7}refused, /m);
	expect((await masked('memory', '--forget', first.name)).stdout).toMatch(
		/^forgotten: \d rows? of SAFE-\d+ \(USER-\d+@127\.0\.0\.1:1\)/,
	);
	expect((await run('completion', 'bash', '--', 'check', '-i', file, 'SAFE-')).stdout.split('\n')).toHaveLength(3);
	// A flag goes before it, and says so.
	const open = await run('logs', 'dc1', '-i', file, '--no-mask');
	expect(open.stdout).toContain('okonkwo');
	expect(open.stderr).toContain('--no-mask: names are shown, although settings in');
});

test('the demo without a terminal: a table, a report, exit code 0', async () => {
	const { exitCode, stdout, stderr } = await run('demo');
	expect(stderr).not.toContain('does not show');
	expect(exitCode).toBe(0);
	for (const text of [
		'username-rejected',
		'key-rejected',
		'host-key-mismatch',
		'port-timeout',
		'port-refused',
		'connector-offline',
		'9 Safes: 6 fail, 1 untested, 2 pass',
	]) {
		expect(stdout).toContain(text);
	}
	const path = /report of db-primary: (\S+)/.exec(stdout)?.[1] ?? '';
	// A try leaves nothing in the state of whoever tries.
	expect(path).not.toContain(home.path);
	expect(readFileSync(path, 'utf8')).toContain('host-key-mismatch');
	rmSync(dirname(path), { recursive: true });
});

test('standard input without end is not read to its end', async () => {
	const file = join(home.path, 'endless.yaml');
	writeFileSync(
		file,
		'version: 1\nconnectors: [{name: dc1}]\nsafes: [{name: db, host: 127.0.0.1, port: 1, username: x}]\n',
		{
			mode: 0o600,
		},
	);
	const commands = [
		['fix', 'db', 'record-host-key', '-i', file, '--fingerprint', '-'],
		['import', '-', '-i', file],
		['explain', '-'],
	];
	for (const args of commands) {
		const { exitCode, stderr } = await vpmon(args, environment, {
			through: ['sh', '-c', 'yes | "$0" "$@"'],
			timeoutMs: 10_000,
		});
		expect([args, exitCode]).toEqual([args, 2]);
		expect(stderr).toMatch(/Standard input is larger than|The text has more than/);
	}
});

test('a reader that closes the pipe ends it without a word', async () => {
	const { exitCode, stderr } = await vpmon(['--help'], environment);
	expect(exitCode).toBe(0);
	expect(stderr).toBe('');
});

test('a name that a program could take for an option is none, in flags as in the inventory', async () => {
	for (const flag of ['docker:--help', 'docker:-v', 'systemd:--all', 'systemd:-H', 'docker:.x', 'docker:a b']) {
		const { exitCode, stderr } = await run('logs', '--connector', flag);
		expect([flag, exitCode]).toEqual([flag, 2]);
		expect(stderr).toContain('begins with a letter or a digit');
	}
	const file = join(home.path, 'options.yaml');
	const lines = ['version: 1', 'connectors:', '  - {name: a, container: --help}', '  - {name: b, unit: -H}'];
	writeFileSync(file, `${lines.join('\n')}\nsafes: []\n`, { mode: 0o600 });
	const { exitCode, stderr } = await run('check', '-i', file);
	expect(exitCode).toBe(2);
	expect(stderr).toMatch(/:3:\d+ {2}connectors\[0\]\.container: .*begins with a letter or a digit/);
	expect(stderr).toMatch(/:4:\d+ {2}connectors\[1\]\.unit: .*begins with a letter or a digit/);
});

function logInventory(): string {
	const path = join(home.path, 'logs.yaml');
	writeFileSync(join(home.path, 'agent.log'), 'INFO ready\n');
	writeFileSync(path, 'version: 1\nconnectors: [{name: dc1, logFile: ./agent.log}]\nsafes: []\n', { mode: 0o600 });
	return path;
}

test('headless commands do not load React', async () => {
	// Every module Node loads, as it says itself.
	const hook = join(home.path, 'loaded.mjs');
	writeFileSync(
		hook,
		`import { registerHooks } from 'node:module';
		registerHooks({ load(url, context, next) { const loaded = next(url, context); if (/react\\.element|react\\.transitional/.test(String(loaded.source ?? ''))) process.stderr.write('REACT ' + url + '\\n'); return loaded; } });`,
	);
	const node = ['--import', hook];
	const headless = async (...args: string[]) => {
		const { stderr, exitCode } = await vpmon(args, environment, { node });
		expect(exitCode).toBeLessThan(2);
		expect(stderr).not.toContain('REACT');
	};
	// One of its Safes never answers: meanwhile the others have their turn.
	const demo = headless('demo');
	await headless('check', 'deploy@127.0.0.1:1');
	await headless('report', 'deploy@127.0.0.1:1', '--out', join(home.path, 'out'));
	await headless('explain', 'Host key verification failed');
	await headless('logs', '--inventory', logInventory());
	await headless('--help');
	await demo;
	// The hook does see it where it is.
	const screen =
		readdirSync(new URL('../../dist/', import.meta.url)).find((file) => file.startsWith('show-screen')) ?? '';
	const seen = await vpmon(['check', 'deploy@127.0.0.1:1'], environment, {
		node: [...node, '--import', new URL(`../../dist/${screen}`, import.meta.url).href],
	});
	expect(seen.stderr).toContain('REACT');
});

test('the published launcher says what it needs where Node is too old', async () => {
	const launcher = readFileSync(new URL('../../dist/cli.js', import.meta.url), 'utf8');
	// Nothing is imported that an old Node lacks.
	const imports = launcher.match(/\b(?:import|export)\b[^("]*"[^"]+"/g);
	expect(imports).toEqual([expect.stringMatching(/^import ?\* ?as \w+ from ?"node:module"$/)]);
	const pretend = join(home.path, 'old.cjs');
	writeFileSync(pretend, "Object.defineProperty(process.versions, 'node', { value: '20.20.2' });");
	const { exitCode, stderr } = await vpmon(['--help'], environment, { node: ['--require', pretend] });
	expect(exitCode).toBe(2);
	expect(stderr).toContain('vpmon needs Node 22.13 or newer; this is 20.20.2.');
});

test('the bundle carries the licenses of what is in it', () => {
	const text = readFileSync(new URL('../../dist/NOTICES.txt', import.meta.url), 'utf8');
	for (const name of ['ink', 'react', 'ssh2', 'conf', 'commander', 'yaml', 'valibot'])
		expect(text).toMatch(new RegExp(`^${name} \\d+\\.`, 'm'));
	expect(text).toContain('Permission is hereby granted');
});

test('a directory with line feeds in its name forges no line', async () => {
	const below = join(home.path, 'x\nvpmon: all is well');
	mkdirSync(below);
	writeFileSync(join(below, 'open.yaml'), 'version: 1\n');
	chmodSync(join(below, 'open.yaml'), 0o666);
	writeFileSync(join(home.path, 'empty.yaml'), 'version: 1\n', { mode: 0o600 });
	const through = { through: ['env', '-C', below] };
	const [check, memory] = await Promise.all([
		vpmon(['check', '-i', 'open.yaml'], environment, through),
		vpmon(['memory', '-i', join(home.path, 'empty.yaml')], { ...environment, VPMON_SITE_DIR: join(below, 'site') }),
	]);
	expect(check.stderr).toContain('can be written by everybody');
	expect(memory.stdout).toContain('x vpmon: all is well/site');
	for (const text of [check.stderr, memory.stdout, memory.stderr]) expect(text).not.toMatch(/^vpmon: all is well/m);
});

test('works in a directory that was removed', async () => {
	const gone = join(home.path, 'gone');
	const script = `mkdir ${gone} && cd ${gone} && rmdir ${gone} && exec "$0" "$@"`;
	const { stdout, stderr } = await vpmon(['check', 'deploy@127.0.0.1:1', '--connector', 'docker:agent'], environment, {
		through: ['sh', '-c', script],
	});
	expect(stderr).toBe('');
	expect(stdout).toContain('port-refused');
});

test('--help and --version', async () => {
	expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+$/);
	const { stdout } = await run('--help');
	for (const text of ['check', 'report', 'explain', 'demo', '--inventory']) expect(stdout).toContain(text);
	for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('a report goes into no state directory that everybody can write to', async () => {
	const open = join(home.path, 'open-state');
	mkdirSync(join(open, 'vpmon'), { recursive: true });
	chmodSync(join(open, 'vpmon'), 0o777);
	const own = { ...environment, XDG_STATE_HOME: open };
	const { exitCode, stdout, stderr } = await vpmon(['report', 'deploy@127.0.0.1:1', '--budget-wait', '0'], own);
	expect([exitCode, stdout]).toEqual([2, '']);
	expect(stderr).toContain('can be written by everybody');
	expect(readdirSync(join(open, 'vpmon'))).toEqual([]);
});

test('a mistyped command names the one that was meant; help, help check and -v answer', async () => {
	for (const [words, near] of [
		[['chek'], 'check'],
		[['reprot', 'db'], 'report'],
		[['help', 'chek'], 'check'],
		[['-i', '/nowhere', 'chek'], 'check'],
	] as const) {
		const { exitCode, stderr } = await run(...words);
		expect(exitCode).toBe(2);
		expect(stderr).toContain(`(Did you mean ${near}?)`);
	}
	expect(await run('help')).toMatchObject({ exitCode: 0, stdout: (await run('--help')).stdout });
	expect(await run('help', 'check')).toMatchObject({ exitCode: 0, stdout: (await run('check', '--help')).stdout });
	for (const flag of ['-v', '-V', '--version']) expect((await run(flag)).stdout).toBe(version);
	expect((await run('root@10.0.3.7')).stderr).toContain('vpmon check root@10.0.3.7');
});

test('what is missing of a target is said as such', async () => {
	for (const [words, said] of [
		[['127.0.0.1:22'], 'the user is missing'],
		[['@127.0.0.1'], 'names no user'],
		[['root@'], 'names no host'],
		[['a@127.0.0.1', 'b@127.0.0.1'], 'one target at a time'],
		[['root@127.0.0.1', '--key', '/nowhere/k.pub'], 'there is no such file'],
		[['root@127.0.0.1', '--key', '/'], 'is no file'],
	] as const) {
		const { exitCode, stdout, stderr } = await run('check', ...words);
		expect([words, exitCode, stdout]).toEqual([words, 2, '']);
		expect(stderr).toContain(said);
		expect(stderr.trimEnd().split('\n')).toHaveLength(2);
	}
});

test('one target is told row by row with what to do, also when it passes', async () => {
	const own = { ...environment, VPMON_RUNTIME_DIR: join(home.path, 'rows'), VPMON_SITE_DIR: join(home.path, 'rows') };
	const args = ['check', target(), '--key', keyFile('user-a.pub')];
	const warned = await vpmon([...args], own);
	expect(warned.stdout).toContain('(host-key-unrecorded)');
	expect(warned.stdout).toMatch(/4 Host key {2}! .*offered is ED25519 SHA256:/);
	expect(warned.stdout).toMatch(/Do {2}1 on 127\.0\.0\.1: ssh-keygen -lf/);
	const passed = await vpmon([...args, '--host-key', fingerprint('host-a'), '--max-age', '1h'], own);
	expect(passed.exitCode).toBe(0);
	expect(passed.stdout).toContain(`offered ED25519 ${fingerprint('host-a')}`);
	expect(passed.stdout).toContain('Still failing?');
});

test('check --new says a failure once, and again when its cause is another one', async () => {
	const own = { ...environment, VPMON_RUNTIME_DIR: join(home.path, 'new'), VPMON_SITE_DIR: join(home.path, 'new') };
	const again = ['--new', '--budget-wait', '30'];
	const closed = ['check', 'deploy@127.0.0.1:1', ...again];
	const first = await vpmon(closed, own);
	expect(first.exitCode).toBe(1);
	expect(first.stdout).toContain('(port-refused)');
	const silent = { exitCode: 0, stdout: '', stderr: '' };
	expect(await vpmon(closed, own)).toMatchObject(silent);
	const wrongKey = [...['check', target(), '--host-key', fingerprint('host-b')], ...again];
	expect((await vpmon(wrongKey, own)).stdout).toContain('(host-key-mismatch)');
	expect(await vpmon([...closed, '--json'], own)).toMatchObject(silent);
});
