import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Host } from '../../source/hosts/host.ts';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { dockerSource } from '../../source/logs/docker-source.ts';
import { type Follow, type FollowState, followLog } from '../../source/logs/follow.ts';
import { LogBuffer } from '../../source/logs/log-buffer.ts';
import { type DockerEngine, image, startDocker } from '../helpers/docker.ts';
import { countingScript, expectComplete, livesOf } from '../helpers/sequences.ts';
import { until } from '../helpers/system.ts';

const name = 'vaultpam-connector';
let engine: DockerEngine;
let host: Host;
let follow: Follow | undefined;
let lines: string[];
let notices: string[];
let state: FollowState;
/** What the engine held, by life, before it was removed. */
let known: Map<string, number[]>;

beforeAll(async () => {
	engine = await startDocker();
	process.env.DOCKER_HOST = engine.host;
});
afterAll(async () => {
	await engine?.stop();
});
beforeEach(() => {
	host = createLocalHost();
	lines = [];
	notices = [];
	known = new Map();
});
afterEach(async () => {
	follow?.stop();
	await host.dispose();
	remove();
});

const run = (script: string, ...options: string[]) =>
	engine.docker('run', '-d', '--name', name, '--network', 'none', ...options, image, '/bin/sh', '-c', script);
const remove = () => engine.docker('rm', '-f', name);
const note = () => {
	for (const [life, numbers] of livesOf(engine.docker('logs', name).split('\n'))) known.set(life, numbers);
};

function start(silence?: number): void {
	const buffer = new LogBuffer();
	buffer.subscribe(() => {
		const line = buffer.last(1)[0];
		if (line?.kind === 'notice') notices.push(line.text);
		else if (line !== undefined) lines.push(line.text);
	});
	const options = silence === undefined ? {} : { silence };
	follow = followLog(host, dockerSource(name), buffer, (next) => (state = next), options);
}

/** The newest line the engine has of the container has come. */
const caughtUp = () =>
	until('the last line', () => {
		const last = engine.docker('logs', '-n', '1', name).trim();
		return last !== '' && lines.includes(last);
	});

test('1,000 lines/s over a crash, a restart, a stop, and a container made anew under the name: each number once and in order', async () => {
	const count = countingScript({ usleep: 'busybox usleep 9000' });
	run(count);
	const anew = () => {
		engine.docker('rm', '-f', name);
		run(count);
	};
	start();
	await until('a second of lines', () => lines.length > 1000);
	for (const [how, again] of [
		[() => engine.docker('kill', name), () => engine.docker('start', name)],
		[() => engine.docker('restart', '-t', '0', name), () => ''],
		[() => engine.docker('stop', '-t', '0', name), anew],
		[remove, anew],
	] as const) {
		const before = lines.length;
		how();
		if (how !== remove) note();
		again();
		await until('the log goes on', () => lines.length > before + 1500);
	}
	engine.docker('kill', name);
	note();
	await caughtUp();
	expect(known.size).toBe(4);
	// The one removed while it wrote is there too, up to its removal.
	expect(livesOf(lines).size).toBe(5);
	expectComplete(lines, known);
	expect(notices.length).toBeGreaterThanOrEqual(4);
	for (const text of notices) expect(text).toMatch(/^stream lost \d+ s, resumed$/);
});

test('a container that crashes in a loop: each life is complete', async () => {
	run(countingScript({ usleep: 'busybox usleep 9000', most: 300 }), '--restart', 'always');
	start();
	await until('six lives', () => Number(engine.docker('inspect', '-f', '{{.RestartCount}}', name)) >= 6);
	engine.docker('update', '--restart', 'no', name);
	await until('it ended', () => engine.docker('inspect', '-f', '{{.State.Running}}', name).trim() === 'false');
	note();
	await caughtUp();
	expect(known.size).toBeGreaterThanOrEqual(6);
	expectComplete(lines, known);
});

/** The program of ours that follows the log. */
function follower(): number {
	const found = readdirSync('/proc').find((pid) => {
		if (!/^\d+$/.test(pid)) return false;
		try {
			return (
				readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('docker\0logs\0--timestamps\0--follow') &&
				readFileSync(`/proc/${pid}/environ`, 'utf8').includes(engine.host)
			);
		} catch {
			return false; // Ended meanwhile.
		}
	});
	return Number(found);
}

test('a stream that stalls in silence is found out and resumed without a gap', async () => {
	run(countingScript({ usleep: 'busybox usleep 9000' }));
	start(1000);
	await until('lines', () => lines.length > 500);
	process.kill(follower(), 'SIGSTOP');
	await until('the stream is resumed', () => notices.length > 0);
	engine.docker('kill', name);
	note();
	await caughtUp();
	expectComplete(lines, known);
	expect(notices).toEqual([expect.stringMatching(/^stream lost [2-9] s, resumed$/)]);
});

test('an engine that is restarted, and one that kills the follow: nothing twice, nothing lost', async () => {
	run(countingScript({ usleep: 'busybox usleep 9000' }), '--restart', 'always');
	start();
	await until('lines', () => lines.length > 500);
	process.kill(follower(), 'SIGKILL');
	const before = lines.length;
	await until('the log goes on', () => lines.length > before + 500);
	await engine.restart();
	const after = lines.length;
	await until('the log goes on after the restart', () => lines.length > after + 500, 30_000);
	engine.docker('update', '--restart', 'no', name);
	engine.docker('kill', name);
	note();
	await caughtUp();
	expect(known.size).toBe(2);
	expectComplete(lines, known);
});

test('lines over 16 KiB come whole, without the stamps docker repeats in them', async () => {
	run('busybox head -c 40000 /dev/zero | busybox tr "\\0" x; echo; echo after; sleep 1000');
	start();
	await until('both lines', () => lines.length === 2);
	expect(lines).toEqual(['x'.repeat(40_000), 'after']);
});

test('what keeps a log from being read is a sentence with its remedy', async () => {
	const reason = () => ('reason' in state ? state.reason : '');
	start();
	await until('a missing container', () => reason().includes(`no container named ${name}`));
	run('sleep 1000', '--log-driver', 'none');
	await until('no log kept', () => /logging driver keeps no log/.test(reason()));
	remove();
	run('sleep 1000');
	await until('an empty log', () => reason() === `${name} has logged nothing yet`);
	remove();
	run('echo here; sleep 1000');
	await until('the line', () => lines.includes('here'));
	expect(state).toEqual({ phase: 'following' });
});
