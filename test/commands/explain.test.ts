import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { createHome, vpmon } from '../helpers/cli.ts';

const home = createHome();
afterAll(() => home.remove());

const run = (...args: string[]) => vpmon(['explain', ...args], home.environment);
const program = new URL('../../dist/cli.js', import.meta.url).pathname;

function pipe(input: string, ...args: string[]) {
	return execa(process.execPath, [program, 'explain', ...args], {
		env: home.environment,
		input,
		reject: false,
		timeout: 30_000,
	});
}

test('a known text: its row, causes, what it proves and does not, and what to do', async () => {
	const { exitCode, stdout, stderr } = await run('Permission', 'denied', '(publickey)');
	expect([exitCode, stderr]).toEqual([0, '']);
	for (const text of [
		'"Permission denied (publickey)"\nbelongs to row 5 of the runbook, SSH key:',
		'Proves       The target was reached and its host key accepted; the login was turned away.',
		'Leaves open  whether it is the user or the key: SSH answers both alike.',
		'(user-or-key-rejected)',
		'(key-missing)',
		'Why  An SSH server answers unknown users and unknown keys alike.',
		'~/.ssh/authorized_keys of the user',
	]) {
		expect(stdout).toContain(text);
	}
	const changed = await run('REMOTE HOST IDENTIFICATION HAS CHANGED');
	expect(changed.stdout).toContain('Safes → pick Safe → Edit → Connection settings → Reset host key');
	// No row shows what is offered where nothing is measured.
	expect(changed.stdout).not.toContain('"offered"');
	expect((await run('a spinner')).stdout).toContain('is a symptom of all five rows');
});

test('an unknown text is said to be one, with the runbook’s general steps; exit code 3', async () => {
	const { exitCode, stdout } = await run('ERR_4711 password=hunter2\u001b[31m');
	expect(exitCode).toBe(3);
	expect(stdout).toContain('"ERR_4711 password=[secret removed]" is not one of the runbook\'s messages.');
	expect(stdout).toContain('6. after each change: Launch Session again');
	expect(stdout).toContain('docker logs -n 100 vaultpam-connector, or journalctl -u vaultpam-connector -n 100');
	expect(stdout).not.toMatch(/hunter2|\u001b/);
});

test('JSON alone on stdout, of one shape', async () => {
	const keys = ['schemaVersion', 'text', 'known', 'check', 'causes', 'proves', 'doesNotProve', 'steps'];
	const known = await run('--json', 'dial tcp 10.0.0.5:22: connect: connection refused');
	expect(Object.keys(JSON.parse(known.stdout))).toEqual(keys);
	expect(JSON.parse(known.stdout)).toMatchObject({
		schemaVersion: 1,
		text: 'dial tcp 10.0.0.5:22: connect: connection refused',
		known: true,
		check: 'port',
		causes: ['port-refused'],
		proves: 'No TCP connection to the target came about',
	});
	const unknown = await run('ERR_4711', '--json');
	expect(unknown.exitCode).toBe(3);
	expect(Object.keys(JSON.parse(unknown.stdout))).toEqual(keys);
	expect(JSON.parse(unknown.stdout)).toMatchObject({ known: false, check: null, causes: [], proves: null });
	expect(JSON.parse(unknown.stdout).steps).toHaveLength(6);
});

test('standard input, piped or asked for, with many lines', async () => {
	const log =
		'Nov 22 db1 sshd[7]: Connection from 10.0.0.2\nNov 22 db1 sshd[7]: Invalid user Bob from 10.0.0.2 port 41232\n';
	for (const args of [[], ['-']]) {
		const { exitCode, stdout } = await pipe(log, ...args);
		expect(exitCode).toBe(0);
		expect(stdout).toContain('"Invalid user Bob from 10.0.0.2 port 41232"\nbelongs to row 3');
		expect(stdout).toContain('Names user   Bob\n');
	}
});

test('no text and too much text are said in words; exit code 2', async () => {
	for (const { exitCode, stdout, stderr } of [await run(), await run(''), await run(' \n'), await pipe('\n\n', '-')]) {
		expect([exitCode, stdout]).toEqual([2, '']);
		expect(stderr).toContain('There is no text to explain.\nGive it as vpmon explain "Host key');
	}
	const long = await pipe('x'.repeat(100_001));
	expect([long.exitCode, long.stdout]).toEqual([2, '']);
	expect(long.stderr).toContain('more than 100,000 characters');
	expect((await pipe(`${'x '.repeat(40_000)} connection refused`)).exitCode).toBe(0);
});
