import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHome, vpmon } from '../helpers/cli.ts';

const home = createHome();
const { environment } = home;
const inventory = join(home.path, 'logs.yaml');
beforeAll(() => {
	writeFileSync(join(home.path, 'agent.log'), 'INFO ready\n');
	writeFileSync(inventory, 'version: 1\nconnectors: [{name: dc1, logFile: ./agent.log}]\nsafes: []\n', { mode: 0o600 });
});
afterAll(() => home.remove());

test('a stdout that takes nothing is two lines and exit code 2, whatever was to be printed', async () => {
	const toFull = ['sh', '-c', 'exec "$0" "$@" >/dev/full'];
	const commands = [
		['check', 'deploy@127.0.0.1:1', '--only', 'connector'],
		['check', 'deploy@127.0.0.1:1', '--only', 'connector', '--json'],
		['logs', '-i', inventory],
		['memory', '-i', inventory],
		['history', '-i', inventory, '--json'],
		['explain', 'Host key verification failed'],
		['fix', '--list'],
		['init', '--dry-run', '-i', join(home.path, 'none.yaml')],
		['completion', 'bash'],
		['--help'],
		['check', '--help'],
		['--version'],
	];
	const run = async (args: string[]) => ({ args, ...(await vpmon(args, environment, { through: toFull })) });
	for (const { args, exitCode, stderr } of await Promise.all(commands.map(run))) {
		expect([args, exitCode]).toEqual([args, 2]);
		expect([args, stderr.split('\n').slice(-2)]).toEqual([
			args,
			[
				'vpmon: Standard output cannot be written: no space left on device.',
				'Make room there, or write it somewhere else.',
			],
		]);
	}
});

test('words of the command line and of the environment drive no terminal, hide nothing and make no line of their own', async () => {
	const evil = 'a\u001b[31m\u009b1m\u202eb\u200bc\u2066\nvpmon: all is well\u0007';
	const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]/;
	const commands: ReadonlyArray<readonly [string[], Record<string, string>?]> = [
		[[evil]],
		[['check', `--${evil}`]],
		[['check', '--timeout', evil]],
		[['check', `--only=${evil}`]],
		[['check', evil, '-i', inventory]],
		[['check', '-i', evil]],
		[['check', `--inventory=./${evil}`]],
		[['check', `u@h${evil}`]],
		[['check', 'u@h', '--connector', `docker:${evil}`]],
		[['logs', evil, '-i', inventory]],
		[['fix', 'x', evil]],
		[['explain', evil]],
		[['explain', evil, '--json']],
		[['history', evil, '-i', inventory, '--json']],
		[['init', '--yes', '-i', join(home.path, evil)]],
		[['report', 'deploy@127.0.0.1:1', '--out', join(home.path, `out ${evil}`)]],
		[['check'], { VPMON_INVENTORY: `/${evil}` }],
	];
	const wrong: unknown[] = [];
	for (const [args, more] of commands) {
		const { stdout, stderr } = await vpmon(args, { ...environment, ...more });
		if (controls.test(stdout + stderr) || /^vpmon: all is well/m.test(stdout + stderr))
			wrong.push([args, stdout, stderr]);
	}
	expect(wrong).toEqual([]);
});
