import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CommandStream, Host, StreamEnd } from '../../source/hosts/host.ts';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { dockerSource } from '../../source/logs/docker-source.ts';
import { fileSource } from '../../source/logs/file-source.ts';
import { followLog } from '../../source/logs/follow.ts';
import { LogBuffer } from '../../source/logs/log-buffer.ts';
import { readTail } from '../../source/logs/tail.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const texts = (buffer: LogBuffer) => buffer.last(100).map(({ text }) => text);

/** A host whose streams the test ends itself. */
function scriptedHost(version = 'Docker version 28.2.2, build e6534b4') {
	const started: string[][] = [];
	let wake: PassThrough | null = null;
	let current: { stdout: PassThrough; stderr: PassThrough; end: (end: StreamEnd) => void } | null = null;
	const host = {
		name: 'scripted',
		run: async () => ({ stdout: `${version}\n` }),
		async stream(argv: readonly string[]): Promise<CommandStream> {
			const isWake = argv[1] === 'events';
			if (!isWake) started.push([...argv]);
			const stdout = new PassThrough();
			const stderr = new PassThrough();
			const { promise, resolve } = Promise.withResolvers<StreamEnd>();
			const end = (how: StreamEnd) => {
				stdout.end();
				stderr.end();
				resolve(how);
			};
			if (isWake) wake = stdout;
			else current = { stdout, stderr, end };
			return {
				command: argv.join(' '),
				stdout,
				stderr,
				ended: promise,
				stop: () => end({ outcome: 'stopped', exitCode: null }),
			};
		},
	} as unknown as Host;
	return {
		host,
		started,
		current: () => current as NonNullable<typeof current>,
		wake: () => wake as PassThrough | null,
	};
}

test('docker: both streams in the order of their stamps, resumed after the last one, nothing twice, and the gap is said', async () => {
	const { host, started, current, wake } = scriptedHost();
	const buffer = new LogBuffer();
	const stamp = (second: number) => `2026-11-22T08:00:0${second}.000000000Z`;
	const follow = followLog(host, dockerSource('agent'), buffer, () => {});
	try {
		await vi.waitFor(() => expect(started).toHaveLength(1));
		current().stderr.write(`${stamp(2)} second\n`);
		current().stdout.write(`${stamp(1)} first\n${stamp(3)} third\n`);
		await vi.waitFor(() => expect(texts(buffer)).toEqual(['first', 'second', 'third']));
		current().end({ outcome: 'ended', exitCode: 0 });
		await vi.waitFor(() => expect(started).toHaveLength(2), 5000);
		// A moment earlier, for podman, which leaves out the line of that very time.
		expect(started[1]).toContain('2026-11-22T08:00:02.999Z');
		current().stdout.write(`${stamp(3)} third\n${stamp(4)} fourth\n`);
		await vi.waitFor(() => expect(texts(buffer).at(-1)).toBe('fourth'));
		// The engine says that the container was started: nobody waits for the next try.
		const notifier = wake();
		current().end({ outcome: 'ended', exitCode: 0 });
		await vi.waitFor(() => expect(wake()).not.toBe(notifier));
		wake()?.write('4f1d\n');
		await vi.waitFor(() => expect(started).toHaveLength(3), { timeout: 500 });
		// Two lines of one stamp: the one that was read is not shown again, its twin is not lost.
		current().stdout.write(`${stamp(4)} fourth\n${stamp(4)} twin\n`);
		await vi.waitFor(() => expect(texts(buffer).at(-1)).toBe('twin'));
		expect(texts(buffer).slice(0, 5)).toEqual([
			'first',
			'second',
			'third',
			expect.stringMatching(/^stream lost \d+ s, resumed$/),
			'fourth',
		]);
	} finally {
		follow.stop();
	}
});

test('the tail is that of the real file, without secrets', async () => {
	const path = join(directory, 'agent.log');
	writeFileSync(path, `${Array.from({ length: 150 }, (_, index) => `line ${index}`).join('\n')}\ntoken=abc123\n`);
	const host = createLocalHost();
	const tail = await readTail(host, fileSource(path), 100, { timeoutMs: 3000 });
	expect(tail).toMatchObject({ ok: true, command: `tail -n 100 -- ${path}` });
	expect(tail.ok && tail.lines.length).toBe(100);
	expect(tail.ok && tail.lines.at(-1)?.text).toBe('token=[secret removed]');
	expect(await readTail(host, fileSource(join(directory, 'none')), 100, { timeoutMs: 3000 })).toMatchObject({
		ok: false,
		reason: expect.stringContaining('no file'),
	});
	await host.dispose();
});

test('podman: the last lines are read apart, then followed from there, so that none is lost between the two', async () => {
	const { host, started, current } = scriptedHost('podman version 4.3.1');
	const buffer = new LogBuffer();
	const stamp = (second: number) => `2026-11-22T08:00:0${second}.000000000Z`;
	const follow = followLog(host, dockerSource('agent'), buffer, () => {}, { firstLines: 2 });
	try {
		await vi.waitFor(() => expect(started).toHaveLength(1));
		expect(started[0]).toEqual(['docker', 'logs', '--timestamps', '--tail', '2', '--', 'agent']);
		current().stdout.write(`${stamp(1)} one\n${stamp(2)} two\n`);
		current().end({ outcome: 'ended', exitCode: 0 });
		await vi.waitFor(() => expect(started).toHaveLength(2));
		expect(started[1]).toEqual(expect.arrayContaining(['--follow', '--since', '2026-11-22T08:00:01.999Z']));
		current().stdout.write(`${stamp(2)} two\n${stamp(3)} three\n`);
		await vi.waitFor(() => expect(texts(buffer)).toEqual(['one', 'two', 'three']));
	} finally {
		follow.stop();
	}
});

test('podman: a log that was empty is followed from its beginning', async () => {
	const { host, started, current } = scriptedHost('podman version 4.3.1');
	const follow = followLog(host, dockerSource('agent'), new LogBuffer(), () => {}, { firstLines: 2 });
	try {
		await vi.waitFor(() => expect(started).toHaveLength(1));
		current().end({ outcome: 'ended', exitCode: 0 });
		await vi.waitFor(() => expect(started[1]).toEqual(['docker', 'logs', '--timestamps', '--follow', '--', 'agent']));
	} finally {
		follow.stop();
	}
});

test('a log that stays silent is asked about less and less often, and as soon as at first after a line', async () => {
	vi.useFakeTimers();
	const { host, started, current } = scriptedHost();
	const looks = vi.fn(async () => ({ outcome: 'done', stdout: 'old\n', stderr: '' }));
	const buffer = new LogBuffer();
	const follow = followLog({ ...host, run: looks } as unknown as Host, fileSource('a.log'), buffer, () => {});
	const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);
	try {
		await vi.waitFor(() => expect(started).toHaveLength(1));
		await minutes(8.1);
		// At once, then after 1, 2, 4 and 8 minutes.
		expect(looks).toHaveBeenCalledTimes(5);
		await minutes(20);
		expect(looks).toHaveBeenCalledTimes(10);
		current().stdout.write('new\n');
		await vi.waitFor(() => expect(texts(buffer)).toEqual(['new']));
		await minutes(2.1);
		expect(looks).toHaveBeenCalledTimes(11);
	} finally {
		follow.stop();
		vi.useRealTimers();
	}
});
