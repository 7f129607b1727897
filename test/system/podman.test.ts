import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startEngine } from '../../source/commands/start-engine.ts';
import { startSchedule } from '../../source/engine/schedule.ts';
import type { Host } from '../../source/hosts/host.ts';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { loadInventory } from '../../source/inventory/file.ts';
import { dockerSource } from '../../source/logs/docker-source.ts';
import { type Follow, type FollowState, followLog } from '../../source/logs/follow.ts';
import { LogBuffer } from '../../source/logs/log-buffer.ts';
import type { CheckReport } from '../../source/report/check-report.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { fingerprint, keyFile } from '../helpers/keys.ts';
import { type Podman, podmanImage, startPodman } from '../helpers/podman.ts';
import { countingScript, expectComplete, livesOf } from '../helpers/sequences.ts';
import { startSshd, targetUser } from '../helpers/sshd.ts';
import { until } from '../helpers/system.ts';

/** Where there is no docker, `runtime: docker` means podman's docker-compatible command: the same statuses, the same log. */

const home = createHome();
const name = 'vaultpam-connector';
const inventory = join(home.path, 'vpmon.yaml');
const pathBefore = process.env.PATH;
let engine: Podman;
let environment: Record<string, string>;
let host: Host;
let follow: Follow | undefined;
let lines: string[];
let notices: string[];
let state: FollowState;

beforeAll(() => {
	engine = startPodman();
	Object.assign(process.env, engine.environment);
	environment = { ...home.environment, ...engine.environment, VPMON_RUNTIME_DIR: join(home.path, 'run') };
	writeFileSync(inventory, `version: 1\nconnectors: [{name: dc1, runtime: docker, container: ${name}}]\nsafes: []\n`, {
		mode: 0o600,
	});
});
afterAll(() => {
	engine?.stop();
	process.env.PATH = pathBefore;
	home.remove();
});
beforeEach(() => {
	host = createLocalHost();
	lines = [];
	notices = [];
});
afterEach(async () => {
	follow?.stop();
	follow = undefined;
	await host.dispose();
	remove();
});

const start = (script: string, ...options: string[]) =>
	engine.podman('run', '-d', '--name', name, '--network', 'none', ...options, podmanImage, '/bin/sh', '-c', script);
/** podman refuses to remove a container that it is just starting anew. */
const remove = (tries = 5) => {
	try {
		engine.podman('rm', '--force', '--ignore', '--time', '0', name);
	} catch (error) {
		if (tries === 1 || !String(error).includes('state improper')) throw error;
		remove(tries - 1);
	}
};
const stateOf = () => engine.podman('inspect', '--format', '{{.State.Status}} {{.RestartCount}}', name).trim();
const storage = ['-v', 'identity:/data'];
const paired = 'echo key > /data/identity; sleep 1000';
const isPaired = () => engine.podman('exec', name, 'cat', '/data/identity') !== '';

async function connector() {
	const { stdout } = await vpmon(['check', '--json', '-i', inventory, '--only', 'connector'], environment);
	return (JSON.parse(stdout) as CheckReport).connectors[0];
}

test('up, without storage, exited, paused, missing: each its own words, and the command that really ran', async () => {
	start(paired, ...storage);
	await until('pairing', isPaired);
	expect(await connector()).toMatchObject({
		status: 'online',
		verdict: 'pass',
		summary: expect.stringMatching(/container up since \S+$/),
		evidence: { runtime: { command: `podman inspect --type container -- ${name}`, networkMode: 'none' } },
	});
	engine.podman('pause', name);
	expect(await connector()).toMatchObject({ status: 'offline', summary: 'Offline: container is paused' });
	engine.podman('unpause', name);
	remove();
	start('sleep 1000');
	expect(await connector()).toMatchObject({
		verdict: 'warn',
		summary: expect.stringContaining('no identity storage is mounted'),
	});
	remove();
	const folder = join(home.path, 'empty');
	mkdirSync(folder);
	start('sleep 1000', '-v', `${folder}:/data`);
	expect(await connector()).toMatchObject({ status: 'needs-recovery' });
	remove();
	start('exit 3');
	await until('it exited', () => stateOf().startsWith('exited'));
	expect(await connector()).toMatchObject({
		status: 'offline',
		summary: expect.stringMatching(/^Offline: container exited, exit code 3 since /),
	});
	remove();
	expect(await connector()).toMatchObject({
		status: 'unknown',
		summary: `there is no container named ${name}`,
		evidence: { runtime: { remedy: expect.stringContaining('podman ps -a') } },
	});
});

test('the running program is told by podman’s events: right within 5 s of each change', async () => {
	start(paired, ...storage);
	const { engine: monitor, dispose } = await startEngine(loadInventory(inventory), { program: 'check' });
	const stop = startSchedule(monitor, true);
	const row = () => monitor.session.get().connectors.get('dc1');
	const becomes = async (what: string, status: string, summary: RegExp) => {
		const isSo = () => row()?.status === status && summary.test(row()?.check.summary ?? '');
		await until(`${what}: ${status}`, isSo, 5000).catch((error) => {
			throw new Error(`${error.message}: ${JSON.stringify(row())}`);
		});
	};
	try {
		await becomes('first look', 'online', /container up/);
		// Until podman listens, only the look every 15 s would tell.
		await until(
			'podman listens',
			async () => {
				const before = row()?.check.measuredAt;
				engine.podman('pause', name);
				engine.podman('unpause', name);
				await new Promise((resolve) => setTimeout(resolve, 500));
				return row()?.check.measuredAt !== before;
			},
			10_000,
		);
		engine.podman('stop', '-t', '0', name);
		await becomes('stopped', 'offline', /container exited, exit code 137 \(killed\)/);
		engine.podman('start', name);
		await becomes('started', 'online', /container up/);
		remove();
		await becomes('removed', 'unknown', /no container named/);
		start('sleep 0.3; exit 4', '--restart', 'always', ...storage);
		await becomes('crashes', 'offline', /restarts in a loop/);
		remove();
		start(paired, ...storage);
		await becomes('made anew', 'online', /container up/);
	} finally {
		stop();
		await dispose();
	}
});

function begin(): void {
	const buffer = new LogBuffer();
	buffer.subscribe(() => {
		const line = buffer.last(1)[0];
		if (line?.kind === 'notice') notices.push(line.text);
		else if (line !== undefined) lines.push(line.text);
	});
	follow = followLog(host, dockerSource(name), buffer, (next) => (state = next));
}

/** What podman kept, by life. */
const kept = () => livesOf(engine.podman('logs', name).split('\n'));
const lastKept = () => engine.podman('logs', '--tail', '1', name).trim();

test('1,000 lines/s over a crash, a restart, a stop, and a container made anew: each number once and in order', async () => {
	const count = countingScript({ usleep: 'busybox usleep 9000' });
	const known = new Map<string, number[]>();
	const note = () => {
		for (const [life, numbers] of kept()) known.set(life, numbers);
	};
	start(count);
	begin();
	await until('a second of lines', () => lines.length > 1000);
	for (const [how, again] of [
		[() => engine.podman('kill', name), () => engine.podman('start', name)],
		[() => engine.podman('restart', '-t', '0', name), () => ''],
		[
			() => engine.podman('stop', '-t', '0', name),
			async () => {
				// podman passes on what it kept up to a quarter of a second late, and nobody has it once the container is removed.
				await until('all that was kept of it', () => lines.includes(lastKept()));
				remove();
				start(count);
			},
		],
	] as const) {
		const before = lines.length;
		how();
		note();
		await again();
		await until('the log goes on', () => lines.length > before + 1500);
	}
	engine.podman('kill', name);
	await until('it ended', () => stateOf().startsWith('exited'));
	note();
	await until('the last line', () => lines.includes(lastKept()));
	expect(known.size).toBe(4);
	expectComplete(lines, known);
	for (const text of notices) expect(text).toMatch(/^stream lost \d+ s, resumed$/);
});

test('the last lines, a whole long line, and why a log cannot be read', async () => {
	const reason = () => ('reason' in state ? state.reason : '');
	begin();
	await until('a missing container', () =>
		reason().includes(`no container named ${name}: podman ps -a lists the names of this user alone`),
	);
	start('sleep 1000', '--log-driver', 'none');
	await until('no log kept', () => /logging driver keeps no log/.test(reason()));
	remove();
	// `podman logs --tail` of 4.3 itself mixes up the pieces of a long line, so this one comes while it is followed.
	start(
		'seq 1 150; while ! busybox test -e /go; do sleep 0.1; done; busybox head -c 40000 /dev/zero | busybox tr "\\0" x; echo; echo after; sleep 1000',
	);
	await until('the first lines', () => lines.length === 150);
	engine.podman('exec', name, 'busybox', 'touch', '/go');
	await until('all lines', () => lines.length === 152);
	expect(lines.slice(-2).map((line) => line.replace('x'.repeat(40_000), 'whole'))).toEqual(['whole', 'after']);
	expect(state).toEqual({ phase: 'following' });
	const { stdout, stderr } = await vpmon(['logs', '-i', inventory, '-n', '1000'], environment);
	expect(stderr).toBe('');
	expect(stdout.split('\n').slice(0, 2)).toEqual([
		expect.stringMatching(/^\S+Z 1$/),
		expect.stringMatching(/^\S+Z 2$/),
	]);
	expect(stdout).toMatch(/^\S+Z after$/m);
});

test('Safes behind a container with a network of its own are measured from there', async () => {
	start(paired, ...storage);
	await until('pairing', isPaired);
	const pid = engine.podman('inspect', '--format', '{{.State.Pid}}', name).trim();
	const inside = await startSshd({ through: ['nsenter', '--net', '--target', pid, '--'] });
	const own = join(home.path, 'own-network.yaml');
	writeFileSync(
		own,
		`version: 1
connectors: [{name: dc1, runtime: docker, container: ${name}}]
safes:
  - {name: inside, host: 127.0.0.1, port: ${inside.port}, username: ${targetUser}, hostKey: '${fingerprint('host-a')}', credential: {type: ssh-key, publicKey: ${keyFile('user-a.pub')}}}
`,
		{ mode: 0o600 },
	);
	try {
		const { stdout } = await vpmon(['check', '--json', '-i', own], environment);
		const [safe] = (JSON.parse(stdout) as CheckReport).safes;
		expect(safe?.checks.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
		expect(safe?.checks[1]).toMatchObject({ measuredFrom: `${hostname()}, network of ${name}` });
	} finally {
		await inside.stop();
	}
});

test('a docker that is podman in disguise (package podman-docker): its notice is neither a line nor a complaint', async () => {
	start(`${paired} & seq 1 3; sleep 1000`, ...storage);
	await until('pairing', isPaired);
	engine.emulateDocker();
	expect(await connector()).toMatchObject({ status: 'online', verdict: 'pass' });
	begin();
	await until('its lines', () => lines.length === 3);
	expect(lines).toEqual(['1', '2', '3']);
	expect(state).toEqual({ phase: 'following' });
});
