import { expect, test, vi } from 'vitest';
import type { ConnectionEvidence } from '../../../source/domain/evidence.ts';
import type { Measurement, MeasurementKey } from '../../../source/domain/measurement.ts';
import { authEvidence, connectionEvidence, hostKey, measurement, measurementKey } from '../../helpers/measurement.ts';
import { exporter, listenTo, siteMemories } from '../../helpers/site-memory.ts';

const site = siteMemories();

const at = Date.now() - 60_000;
const connection = connectionEvidence({ startedAt: new Date(at).toISOString() });
const parts: readonly Measurement[] = [
	measurement({ part: 'connections', evidence: [connection] }, { at }),
	measurement({ part: 'host-key', evidence: hostKey() }, { at }),
	measurement(
		{
			part: 'netcat',
			evidence: { command: 'nc -zv -w 5 10.0.0.5 22', flavour: 'OpenBSD netcat', output: 'Connection succeeded!' },
		},
		{ at },
	),
	measurement({ part: 'answer', evidence: { auth: authEvidence(), connection } }, { at }),
	measurement(
		{
			part: 'answer',
			evidence: { auth: authEvidence({ asked: 'methods', key: null, methods: ['password'] }), connection },
		},
		{ at },
	),
	measurement(
		{ part: 'name', evidence: { name: 'db1', addresses: ['10.0.0.5'], durationMs: 2, error: null } },
		{ at, key: { ...measurementKey, address: 'db1', port: 0 } },
	),
	measurement(
		{
			part: 'connector',
			evidence: {
				runtime: { kind: 'none' },
				health: { url: 'https://cp.example/healthz', outcome: 'reachable', detail: '200', proxy: null, durationMs: 9 },
				controlPlane: { ok: false, url: 'https://cp.example', reason: 'no path', isAsked: false },
				hostUnreachable: null,
				measuredAt: new Date(at).toISOString(),
				durationMs: 12,
			},
		},
		{ at, key: { ...measurementKey, address: 'docker:dc1', port: 0 } },
	),
];
const hostKeySeen = (when: number, run = 'run-1', letter = 'a') =>
	measurement({ part: 'host-key', evidence: hostKey(letter) }, { at: when, run });

test('each part comes back as it was put, in another program and after a restart', async () => {
	const one = await site.open();
	const other = await site.open(exporter);
	await one.put(parts);
	expect(one.problem()).toBeNull();
	expect(other.load(['test'])).toEqual(parts);
	expect(other.load(['elsewhere'])).toEqual([]);
	one.close();
	other.close();
	const later = await site.open();
	expect(later.load(['test', 'elsewhere'])).toEqual(parts);
	const taken: Measurement[] = [];
	await later.loadGradually(['test'], (some) => taken.push(...some));
	expect(taken).toEqual(parts);
});

test('others are told of what is put, once; the writer is not', async () => {
	const one = await site.open();
	const other = await site.open(exporter);
	other.load(['test']);
	const [heard, own] = [listenTo(other), listenTo(one)];
	await one.put(parts);
	for (const memory of [one, other, other]) memory.poll();
	expect(own.changes).toEqual([]);
	expect(heard.measurements().map(({ part }) => part)).toEqual(parts.map(({ part }) => part));
	expect(heard.changes.some(({ isOther }) => isOther)).toBe(false);
});

test('what was loaded is not told again, and nothing after the listener is taken away', async () => {
	const one = await site.open();
	const other = await site.open(exporter);
	await one.put(parts);
	expect(other.load(['test'])).toHaveLength(parts.length);
	const told = vi.fn();
	const stop = other.watch(told);
	other.poll();
	stop();
	await one.put([hostKeySeen(at + 1)]);
	other.poll();
	expect(told).not.toHaveBeenCalled();
});

test('older evidence that is written late does not take the place of newer', async () => {
	const one = await site.open();
	const other = await site.open(exporter);
	await one.put([hostKeySeen(at + 2000, 'new')]);
	await other.put([hostKeySeen(at + 1000, 'old')]);
	expect(one.load(['test'])).toMatchObject([{ run: 'new', beganAt: at + 2000, firstAt: at + 1000 }]);
	await other.put([hostKeySeen(at + 3000, 'newest')]);
	expect(one.load(['test'])).toMatchObject([{ run: 'newest', beganAt: at + 3000, firstAt: at + 1000 }]);
});

test('of two parts of one name that are put together the newer one stays', async () => {
	const one = await site.open();
	await Promise.all([one.put([hostKeySeen(at + 1000, 'new')]), one.put([hostKeySeen(at, 'old')])]);
	expect(one.load(['test'])).toMatchObject([{ run: 'new' }]);
});

test('host keys of a target stay beside each other, but not without end', async () => {
	const one = await site.open();
	const letters = 'abcdefghijklmnopqrstuvwxyz';
	await one.put([...letters].map((letter, index) => hostKeySeen(at + index, 'run', letter)));
	const kept = one.load(['test']).map(({ evidence }) => (evidence as { sha256: string }).sha256.at(-1));
	expect(kept.join('')).toBe(letters.slice(-16));
});

test('equal algorithm lists are kept once, in the file and in memory', async () => {
	const one = await site.open();
	const keys = Array.from({ length: 20 }, (_, index) => ({ ...measurementKey, address: `10.0.0.${index}` }));
	const to = ({ address }: MeasurementKey) => [{ ...connection, address }];
	await one.put(keys.map((key) => measurement({ part: 'connections', evidence: to(key) }, { at, key })));
	expect(site.meddle((database) => database.prepare('SELECT count(*) AS n FROM algorithms').get())).toEqual({ n: 2 });
	const lists = one
		.load(['test'])
		.map(({ evidence }) => (evidence as readonly ConnectionEvidence[])[0]?.handshake?.serverAlgorithms);
	expect(lists).toHaveLength(20);
	expect(new Set(lists).size).toBe(1);
	expect(lists[0]).toEqual(connection.handshake?.serverAlgorithms);
});

test('more than a slice takes is told whole', async () => {
	const one = await site.open();
	const other = await site.open(exporter);
	other.load(['test']);
	const heard = listenTo(other);
	const keys = Array.from({ length: 700 }, (_, index) => ({ ...measurementKey, port: 1000 + index }));
	await one.put(keys.map((key) => measurement({ part: 'host-key', evidence: hostKey() }, { at, key })));
	other.poll();
	await vi.waitFor(() => expect(heard.measurements()).toHaveLength(700));
	expect(new Set(heard.measurements().map(({ key }) => key.port)).size).toBe(700);
});

test('what was forgotten is gone, and says how much that was', async () => {
	const one = await site.open();
	await one.put(parts);
	one.putNote('safe-1', { text: 'ticket 4711', at, until: null, by: one.self });
	expect(one.forget({ keys: [measurementKey], safes: ['safe-1'] })).toBe(6);
	expect(one.load(['test']).map(({ part }) => part)).toEqual(['name', 'connector']);
	expect(one.notes().size).toBe(0);
});

test('a time that is no number keeps nothing else out', async () => {
	const one = await site.open();
	await one.put([{ ...hostKeySeen(at), beganAt: Number.NaN }, hostKeySeen(at, 'run', 'b')]);
	expect(one.problem()).toBeNull();
	expect(one.load(['test'])).toHaveLength(1);
});

test('a clock that is set back lets newer evidence in, and what is from the future is not told', async () => {
	let now = Date.now() + 7_200_000;
	const one = await site.open(undefined, { now: () => now });
	await one.put([hostKeySeen(now, 'before')]);
	now -= 7_200_000;
	expect(one.load(['test'])).toEqual([]);
	await one.put([hostKeySeen(now, 'after')]);
	now += 1000;
	expect(one.load(['test'])).toMatchObject([{ run: 'after', beganAt: now - 1000, firstAt: now - 1000 }]);
});
