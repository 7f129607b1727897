import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createHome } from '../helpers/cli.ts';
import { requireProgram } from '../helpers/system.ts';
import { openTerminal } from '../helpers/tmux.ts';

const home = createHome();
const programs = join(home.path, 'bin');
const inventory = join(home.path, 'vpmon.yaml');
const cli = new URL('../../dist/cli.js', import.meta.url).pathname;
mkdirSync(programs);
writeFileSync(join(programs, 'vpmon'), `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`, { mode: 0o755 });
const target = { host: '127.0.0.1', username: 'deploy', credential: { type: 'password' } };
const safes = ['db-primary', 'web:1', 'old $(touch was-run)'].map((name) => ({ name, ...target }));
writeFileSync(inventory, JSON.stringify({ version: 1, connectors: [{ name: 'dc1' }], safes }), { mode: 0o600 });
afterAll(() => home.remove());

const shells = [
	['bash', ['--norc', '--noprofile'], "PS1='ready> '; source <(vpmon completion bash)"],
	['zsh', ['-f'], "PS1='ready> '; autoload -U compinit; compinit -D -u; source <(vpmon completion zsh)"],
	['fish', ['--no-config'], 'function fish_prompt; echo "ready> "; end; vpmon completion fish | source'],
] as const;

test.concurrent.each(shells)('%s completes commands, flags, names and files', async (shell, flags, setUp) => {
	const path = `${programs}:/usr/sbin:/usr/bin:/sbin:/bin`;
	const variables = { ...home.environment, PATH: path, VPMON_INVENTORY: inventory };
	const command = [`cd ${home.path};`, 'exec', requireProgram(shell, shell), ...flags].join(' ');
	const screen = openTerminal(command, 120, 36, variables);
	const completes = async (typed: string, whole: string) => {
		screen.tmux('send-keys', '-t', 'test', '-l', typed);
		screen.press('Tab', 'X');
		// A blank at the end of a line cannot be seen.
		await screen.see(`ready> ${whole}X`);
		screen.press('C-u');
		await screen.see(/^ready> *$/m);
	};
	try {
		await screen.see(/\S/);
		screen.tmux('send-keys', '-t', 'test', '-l', setUp);
		screen.press('Enter');
		await screen.see(/^ready> *$/m);
		await completes('vpmon che', 'vpmon check ');
		await completes('vpmon check --on', 'vpmon check --only ');
		// Fish always leaves a blank after the last that fits.
		await completes('vpmon check --only port,us', `vpmon check --only port,username${shell === 'fish' ? ' ' : ''}`);
		await completes('vpmon check --connector=doc', 'vpmon check --connector=docker:');
		await completes('vpmon check db', 'vpmon check db-primary ');
		await completes('vpmon report web:', 'vpmon report web:1 ');
		await completes('vpmon check -i vp', 'vpmon check -i vpmon.yaml ');
		// A name is a name, whatever it says.
		await completes('vpmon check ol', 'vpmon check old\\ \\$\\(touch\\ was-run\\) ');
	} finally {
		screen.close();
	}
	expect(readdirSync(home.path)).not.toContain('was-run');
});
