import {
	appendFileSync,
	mkdtempSync,
	readdirSync,
	readlinkSync,
	renameSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { fileSource } from '../../source/logs/file-source.ts';
import { type FollowState, followLog } from '../../source/logs/follow.ts';
import { splitLines } from '../../source/logs/line-splitter.ts';
import { LogBuffer } from '../../source/logs/log-buffer.ts';

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
	await followed(path, async (buffer, states) => {
		await vi.waitFor(() => expect(states.at(-1)?.phase).toBe('following'), 5000);
		let number = 0;
		const write = async (file: string, lines: number) => {
			for (let index = 0; index < lines; index++) {
				appendFileSync(file, `line ${number++}\n`);
				// As quick as a busy connector.
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
		// Longer than it takes to look: for a while there is no file.
		await pause(1500);
		writeFileSync(path, 'new\n');
		await vi.waitFor(() => expect(texts(buffer)).toEqual(['one', 'two', 'x', 'late, without an end', 'new']), 8000);
		expect(states.at(-1)?.phase).toBe('following');
	});
}, 30_000);

test('a file of 2 GB is open at its end as soon as a short one', async () => {
	const tail = Array.from({ length: 50_000 }, (_, index) => `line ${index}\n`).join('');
	const [short, huge] = ['short.log', 'huge.log'].map((name) => join(directory, name)) as [string, string];
	writeFileSync(short, tail);
	writeFileSync(huge, '');
	truncateSync(huge, 2 * 1024 ** 3);
	appendFileSync(huge, `\n${tail}`);
	const open = async (path: string) => {
		const start = performance.now();
		await followed(path, async (buffer) => {
			await vi.waitFor(() => expect(buffer.length).toBe(500), { timeout: 10_000, interval: 5 });
			expect(texts(buffer).at(-1)).toBe('line 49999');
		});
		return performance.now() - start;
	};
	// The first of each finds its program and file cold.
	for (const path of [short, huge]) await open(path);
	expect(await open(huge)).toBeLessThan(Math.max(300, 3 * (await open(short))));
});

/** Processes other than ours that have the file open. */
function readersOf(path: string): string[] {
	return readdirSync('/proc').filter((pid) => {
		if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
		try {
			return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === path);
		} catch {
			return false; // Ended meanwhile, or not ours to see.
		}
	});
}

test('a follow that ends leaves no program behind, also when it is told twice', async () => {
	const path = join(directory, 'agent.log');
	writeFileSync(path, 'one\n');
	for (let round = 0; round < 5; round++) {
		await followed(path, async (buffer) => {
			await vi.waitFor(() => expect(buffer.length).toBe(1), { timeout: 5000, interval: 5 });
			expect(readersOf(path).length).toBeGreaterThan(0);
		});
		await vi.waitFor(() => expect(readersOf(path)).toEqual([]), 3000);
	}
});

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
