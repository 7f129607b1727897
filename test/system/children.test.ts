import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHome, vpmon } from '../helpers/cli.ts';
import { until } from '../helpers/system.ts';
import { openTerminal } from '../helpers/tmux.ts';

const program = new URL('../../dist/cli.js', import.meta.url).pathname;

/** What a program may do instead of answering; each is a real program of that name, first in PATH. */
const misbehaviours = {
	'leaves a child on its pipes': 'sleep "$SECONDS_OF_TEST" & exit 0',
	'takes no signal': `trap '' TERM HUP INT; sleep "$SECONDS_OF_TEST"; sleep "$SECONDS_OF_TEST"`,
	'prints without end': 'exec yes 2026-11-22T08:00:00.123456789Z line',
	'follows in silence': 'case "$*" in *--follow*) exec sleep "$SECONDS_OF_TEST";; esac',
} as const;
type Misbehaviour = keyof typeof misbehaviours;

let home: ReturnType<typeof createHome>;
let environment: Record<string, string>;
let inventory: string;
/** A time to sleep that nobody else has. */
let mark: string;

beforeEach(() => {
	home = createHome();
	mark = `6${process.pid}.${Date.now() % 1_000_000}`;
	environment = {
		...home.environment,
		TMPDIR: home.path,
		SECONDS_OF_TEST: mark,
		PATH: `${join(home.path, 'bin')}:${process.env.PATH}`,
	};
	inventory = join(home.path, 'vpmon.yaml');
	mkdirSync(join(home.path, 'bin'));
	mkdirSync(join(home.path, 'run'), { mode: 0o700 });
	writeFileSync(
		inventory,
		`version: 1
settings: {rowTimeout: 1s, ladderTimeout: 2s}
connectors: [{name: dc1, container: agent}, {name: dc2, unit: agent}]
safes:
  - {name: db, connector: dc1, host: db.example, username: x, exempt: true}
  - {name: web, connector: dc2, host: web.example, username: x, exempt: true}
`,
		{ mode: 0o600 },
	);
});
afterEach(() => home.remove());

function put(how: Misbehaviour): void {
	for (const name of [
		'docker',
		'podman',
		'systemctl',
		'journalctl',
		'getent',
		'nc',
		'ssh',
		'ssh-keygen',
		'timedatectl',
	]) {
		const path = join(home.path, 'bin', name);
		writeFileSync(path, `#!/bin/sh\n# ${mark}\n${misbehaviours[how]}\n`);
		chmodSync(path, 0o755);
	}
}

const isChild = (pid: string, of: number | undefined) => statusOf(pid).includes(`\nPPid:\t${of}\n`);
const watches = (pid: string) => procFile(pid, 'cmdline').includes('read -r sign group');
const statusOf = (pid: string) => procFile(pid, 'status');

function procFile(pid: string, name: string): string {
	try {
		return readFileSync(`/proc/${pid}/${name}`, 'utf8');
	} catch {
		return ''; // No process, or one that has ended.
	}
}

/** What runs of these programs and their children: all have our environment. */
function left(): string[] {
	return readdirSync('/proc').flatMap((pid) => {
		try {
			if (!/^\d+$/.test(pid) || !readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark)) return [];
			return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
		} catch {
			return []; // Ended meanwhile, or not ours to see.
		}
	});
}
const nothingIsLeft = () => until('nothing is left', () => left().length === 0, 5000);

describe.each(['leaves a child on its pipes', 'takes no signal', 'prints without end'] as const)(
	'docker, systemctl and all others: each %s',
	(how) => {
		test('commands end in their time with what is known, and leave nothing', async () => {
			put(how);
			const run = async (seconds: number, ...args: string[]) => {
				const started = performance.now();
				const result = await vpmon([...args, '-i', inventory], environment, { timeoutMs: 30_000 });
				expect([args, (performance.now() - started) / 1000 < seconds]).toEqual([args, true]);
				return result;
			};
			const [check, report, docker, journal, fix, init] = await Promise.all([
				run(15, 'check', '--json'),
				run(15, 'report', 'db', '--mask', '--out', '-'),
				run(10, 'logs', 'dc1'),
				run(18, 'logs', 'dc2'),
				run(15, 'fix', 'db', '--dry-run'),
				run(15, 'init', '--dry-run'),
			]);
			const safes: ReadonlyArray<{
				readonly checks: ReadonlyArray<{ readonly id: string; readonly verdict: string }>;
			}> = JSON.parse(check.stdout).safes;
			expect(safes.map(({ checks }) => checks[0]?.verdict)).toEqual(['unknown', 'unknown']);
			expect(report.exitCode).toBe(0);
			expect(report.stdout).toContain('# ');
			expect(fix.stdout).toContain('db (');
			expect(init.exitCode).toBe(0);
			if (how === 'takes no signal') {
				expect([docker.exitCode, journal.exitCode]).toEqual([2, 2]);
				expect(docker.stderr).toMatch(/docker has not answered for 3 s/);
				expect(journal.stderr).toMatch(/journalctl has not answered for 3 s/);
			}
			await nothingIsLeft();
		}, 60_000);
	},
);

function follow(): { readonly kill: (signal: NodeJS.Signals) => void; readonly said: () => string } {
	const child = spawn(process.execPath, [program, 'logs', 'dc1', '-f', '-i', inventory], {
		env: { ...process.env, ...environment },
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	let said = '';
	child.stderr.on('data', (text) => {
		said += text;
	});
	return { kill: (signal) => void child.kill(signal), said: () => said };
}

test('SIGTERM and SIGHUP of a followed log leave nothing, whatever signals its programs take', async () => {
	put('takes no signal');
	const followed = [follow(), follow(), follow()];
	await until('both say so, and wait on', () =>
		followed.every(({ said }) => said().includes('docker has not answered for 3 s, waiting for it')),
	);
	for (const [index, signal] of (['SIGTERM', 'SIGHUP'] as const).entries()) followed[index]?.kill(signal);
	// Somebody in a hurry.
	for (let count = 0; count < 8; count++) {
		followed[2]?.kill('SIGTERM');
		await pause(10);
	}
	await nothingIsLeft();
});

test('SIGKILL leaves no program that hangs and takes no signal', async () => {
	put('takes no signal');
	const child = spawn(process.execPath, [program, 'check', '-i', inventory], {
		env: { ...process.env, ...environment },
		stdio: 'ignore',
	});
	await until('its programs run', () => left().some((line) => line.startsWith('sleep')));
	// The shell that watches them has nothing of the environment, and starts a moment later.
	await until('they are watched', () => readdirSync('/proc').some((pid) => isChild(pid, child.pid) && watches(pid)));
	// What it is told goes through a pipe into which nobody can look.
	await pause(500);
	child.kill('SIGKILL');
	await nothingIsLeft();
});

test('SIGKILL of a followed log leaves nothing that goes on for long', async () => {
	put('follows in silence');
	const { kill } = follow();
	await until('it follows', () => left().some((line) => line.startsWith('sleep')));
	kill('SIGKILL');
	await nothingIsLeft();
});

test('the screen of a host where everything hangs: q ends it at once, with all it started', async () => {
	put('takes no signal');
	const command = `${process.execPath} ${program} -i ${inventory}; echo "code $?"; exec sleep 60`;
	const screen = openTerminal(command, 120, 36, environment);
	try {
		await screen.see('dc1');
		await until('programs run', () => left().some((line) => line.includes('docker')));
		screen.press('q');
		const started = performance.now();
		await screen.see('code 0');
		expect(performance.now() - started).toBeLessThan(3000);
		await until('nothing is left', () => !left().some((line) => line.includes(join(home.path, 'bin'))), 3000);
	} finally {
		screen.close();
	}
});
