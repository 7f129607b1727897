import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CommandStream, Host, StreamEnd } from '../../source/hosts/host.ts';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { dockerSource } from '../../source/logs/docker-source.ts';
import { fileSource } from '../../source/logs/file-source.ts';
import { type FollowState, followLog } from '../../source/logs/follow.ts';
import { splitLines } from '../../source/logs/line-splitter.ts';
import { LogBuffer } from '../../source/logs/log-buffer.ts';
import { readTail } from '../../source/logs/tail.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const texts = (buffer: LogBuffer) => buffer.last(100).map(({ text }) => text);

test('a real file: the last lines first, then what comes, over a rename', async () => {
	const path = join(directory, 'agent.log');
	writeFileSync(path, Array.from({ length: 500 }, (_, index) => `line ${index}\n`).join(''));
	const host = createLocalHost();
	const buffer = new LogBuffer();
	const states: FollowState[] = [];
	const follow = followLog(host, fileSource(path), buffer, (state) => states.push(state));
	try {
		await vi.waitFor(() => expect(buffer.length).toBe(500));
		expect(texts(buffer).at(-1)).toBe('line 499');
		appendFileSync(path, 'new\n');
		await vi.waitFor(() => expect(texts(buffer).at(-1)).toBe('new'));
		renameSync(path, `${path}.1`);
		writeFileSync(path, 'after rotation\n');
		await vi.waitFor(() => expect(texts(buffer).at(-1)).toBe('after rotation'), 8000);
		expect(states.at(-1)?.phase).toBe('following');
	} finally {
		follow.stop();
		await host.dispose();
	}
});

/** Starts following a real file, and ends with the test. */
async function followed(
	path: string,
	body: (buffer: LogBuffer, states: FollowState[]) => Promise<void>,
): Promise<void> {
	const host = createLocalHost();
	const buffer = new LogBuffer();
	const states: FollowState[] = [];
	const follow = followLog(host, fileSource(path), buffer, (state) => states.push(state));
	try {
		await body(buffer, states);
	} finally {
		follow.stop();
		await host.dispose();
	}
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('logrotate’s create: a writer that goes on in the old file until it is told loses no line', async () => {
	const path = join(directory, 'agent.log');
	writeFileSync(path, '');
	await followed(path, async (buffer) => {
		await pause(500);
		let number = 0;
		const write = async (file: string, lines: number) => {
			for (let index = 0; index < lines; index++) {
				appendFileSync(file, `line ${number++}\n`);
				if (index % 20 === 0) await pause(5);
			}
		};
		for (const round of [1, 2]) {
			await write(path, 400);
			renameSync(path, `${path}.${round}`);
			writeFileSync(path, '');
			await write(`${path}.${round}`, 300);
			await write(path, 200);
			await vi.waitFor(() => expect(buffer.length).toBe(900 * round), 8000);
		}
		expect(buffer.last(1800).map(({ text }) => text)).toEqual(
			Array.from({ length: 1800 }, (_, index) => `line ${index}`),
		);
	});
}, 30_000);

test('a file that is truncated, and one that is moved and made again later, are followed on', async () => {
	const path = join(directory, 'agent.log');
	writeFileSync(path, 'one\ntwo\n');
	await followed(path, async (buffer, states) => {
		await vi.waitFor(() => expect(texts(buffer)).toEqual(['one', 'two']), 5000);
		writeFileSync(path, 'x\n');
		await vi.waitFor(() => expect(texts(buffer)).toEqual(['one', 'two', 'x']), 5000);
		renameSync(path, `${path}.1`);
		await vi.waitFor(
			() => expect(states.at(-1)).toMatchObject({ phase: 'waiting', reason: expect.stringContaining('no file') }),
			5000,
		);
		appendFileSync(`${path}.1`, 'late, without an end');
		await pause(1500);
		writeFileSync(path, 'new\n');
		await vi.waitFor(() => expect(texts(buffer)).toEqual(['one', 'two', 'x', 'late, without an end', 'new']), 8000);
		expect(states.at(-1)?.phase).toBe('following');
	});
}, 30_000);

test('a follow that was killed goes on at the byte where it was, also when the file was rotated meanwhile', async () => {
	const path = join(directory, 'agent.log');
	writeFileSync(path, 'a\nb \u00e9\r\n');
	const source = fileSource(path);
	const run = async (after: string | null, until: string) => {
		const host = createLocalHost();
		const stream = await host.stream(source.followCommand(500, after));
		const decode = source.createDecoder?.() ?? source.decode;
		const lines: { text: string; position: string | null }[] = [];
		void splitLines(stream.stdout, (line, bytes) => {
			const decoded = decode(line, 'stdout', bytes);
			if (decoded !== null) lines.push(decoded);
		});
		await vi.waitFor(() => expect(lines.at(-1)?.text).toBe(until), 8000);
		stream.stop();
		await host.dispose();
		return { texts: lines.map(({ text }) => text), position: lines.at(-1)?.position ?? null };
	};
	const first = await run(null, 'b \u00e9');
	appendFileSync(path, 'c\n');
	const second = await run(first.position, 'c');
	expect(second.texts).toEqual(['c']);
	appendFileSync(path, 'd\n');
	renameSync(path, `${path}.1`);
	writeFileSync(path, 'e\n');
	expect((await run(second.position, 'e')).texts).toEqual(['d', 'e']);
}, 30_000);

test('a file that is not there yet is said, and followed once it is', async () => {
	const path = join(directory, 'later.log');
	const host = createLocalHost();
	const buffer = new LogBuffer();
	let state: FollowState | undefined;
	const follow = followLog(host, fileSource(path), buffer, (next) => {
		state = next;
	});
	try {
		await vi.waitFor(
			() => expect(state).toMatchObject({ phase: 'waiting', reason: expect.stringContaining('no file') }),
			4000,
		);
		writeFileSync(path, 'here\n');
		await vi.waitFor(() => expect(texts(buffer)).toEqual(['here']), 8000);
	} finally {
		follow.stop();
		await host.dispose();
	}
});

/** A host whose streams the test ends itself. */
function scriptedHost() {
	const started: string[][] = [];
	let wake: PassThrough | null = null;
	let current: { stdout: PassThrough; stderr: PassThrough; end: (end: StreamEnd) => void } | null = null;
	const host = {
		name: 'scripted',
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
		expect(started[1]).toContain(stamp(3));
		current().stdout.write(`${stamp(3)} third\n${stamp(4)} fourth\n`);
		await vi.waitFor(() => expect(texts(buffer).at(-1)).toBe('fourth'));
		// The engine says that the container was started: nobody waits for the next try.
		const notifier = wake();
		current().end({ outcome: 'ended', exitCode: 0 });
		await vi.waitFor(() => expect(wake()).not.toBe(notifier));
		await pause(50);
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
