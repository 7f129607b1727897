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
		await vi.waitFor(() => expect(buffer.length).toBe(200));
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
	let current: { stdout: PassThrough; stderr: PassThrough; end: (end: StreamEnd) => void } | null = null;
	const host = {
		name: 'scripted',
		async stream(argv: readonly string[]): Promise<CommandStream> {
			started.push([...argv]);
			const stdout = new PassThrough();
			const stderr = new PassThrough();
			const { promise, resolve } = Promise.withResolvers<StreamEnd>();
			const end = (how: StreamEnd) => {
				stdout.end();
				stderr.end();
				resolve(how);
			};
			current = { stdout, stderr, end };
			return {
				command: argv.join(' '),
				stdout,
				stderr,
				ended: promise,
				stop: () => end({ outcome: 'stopped', exitCode: null }),
			};
		},
	} as unknown as Host;
	return { host, started, current: () => current as NonNullable<typeof current> };
}

test('docker: both streams in the order of their stamps, resumed after the last one, nothing twice, and the gap is said', async () => {
	const { host, started, current } = scriptedHost();
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
		expect(texts(buffer)).toEqual([
			'first',
			'second',
			'third',
			expect.stringMatching(/^stream lost for \d+ s, resumed$/),
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
