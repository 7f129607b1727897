import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Measurement } from '../../../source/domain/measurement.ts';
import { openSiteMemory } from '../../../source/storage/site-memory/open-site-memory.ts';
import type { SiteChange } from '../../../source/storage/site-memory/site-memory.ts';
import {
	authEvidence,
	connectionEvidence,
	hostKey,
	measurement,
	measurementKey,
	writer,
} from '../../helpers/measurement.ts';

type Opened = Awaited<ReturnType<typeof openSiteMemory>>;

let directory: string;
let one: Opened;
let other: Opened;
const exporter = { program: 'exporter', uid: 999, user: 'vpmon' } as const;
const quiet = { pollMs: 1_000_000 };
beforeEach(async () => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	one = await openSiteMemory(directory, writer, quiet);
	other = await openSiteMemory(directory, exporter, quiet);
});
afterEach(() => {
	one.close();
	other.close();
	rmSync(directory, { recursive: true });
});

const listen = (memory: Opened) => {
	const changes: SiteChange[] = [];
	memory.watch((change) => changes.push(change));
	return { changes, measurements: () => changes.flatMap((change) => change.measurements) };
};

const connection = connectionEvidence({ startedAt: new Date(Date.now() - 1000).toISOString() });
const parts: Measurement[] = [
	measurement({ part: 'connections', evidence: [connection] }),
	measurement({ part: 'host-key', evidence: hostKey() }),
	measurement({ part: 'answer', evidence: { auth: authEvidence(), connection } }),
	measurement({
		part: 'answer',
		evidence: { auth: authEvidence({ asked: 'methods', key: null, methods: ['password'] }), connection },
	}),
	measurement(
		{ part: 'name', evidence: { name: 'db1', addresses: ['10.0.0.5'], durationMs: 2, error: null } },
		{ key: { ...measurementKey, address: 'db1', port: 0 } },
	),
	measurement(
		{
			part: 'connector',
			evidence: {
				runtime: { kind: 'none' },
				health: { url: 'https://cp.example/healthz', outcome: 'reachable', detail: '200', proxy: null, durationMs: 9 },
				controlPlane: { ok: false, url: 'https://cp.example', reason: 'no path', isAsked: false },
				hostUnreachable: null,
				measuredAt: new Date(Date.now() - 1000).toISOString(),
				durationMs: 12,
			},
		},
		{ key: { ...measurementKey, address: 'docker:dc1', port: 0 } },
	),
];

test('each part comes back as it was put, in another program too', async () => {
	const past = parts.map((part) => ({
		...part,
		beganAt: part.beganAt - 5000,
		endedAt: part.endedAt - 5000,
		firstAt: part.firstAt - 5000,
	}));
	await one.put(past);
	expect(one.problem()).toBeNull();
	expect(other.load(['test'])).toEqual(past);
	expect(other.load(['elsewhere'])).toEqual([]);
});

test('others are told of what is put, the writer is not', async () => {
	other.load(['test']);
	const [heard, own] = [listen(other), listen(one)];
	await one.put(parts);
	one.poll();
	other.poll();
	expect(own.changes).toEqual([]);
	expect(
		heard
			.measurements()
			.map(({ part }) => part)
			.toSorted(),
	).toEqual(parts.map(({ part }) => part).toSorted());
	other.poll();
	expect(heard.measurements()).toHaveLength(parts.length);
});
