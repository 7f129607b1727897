import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectWithinBudget } from '../../../source/engine/measure/connect-within-budget.ts';
import { parseInventory } from '../../../source/inventory/file.ts';
import { type OpenLedger, openLedger } from '../../../source/storage/ledger.ts';
import { connectionEvidence } from '../../helpers/measurement.ts';
import { createScenarioHost } from '../../helpers/scenario-host.ts';

let directory: string;
let ledger: OpenLedger;
beforeEach(async () => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	ledger = await openLedger(directory);
});
afterEach(() => {
	vi.useRealTimers();
	ledger.close();
	rmSync(directory, { recursive: true });
});

const [safe] = parseInventory(
	'{version: 1, connectors: [{name: dc1, runtime: none}], safes: [{name: a, host: 10.0.0.5, username: x, connector: dc1}]}',
	'vpmon.yaml',
).safes;

test('what this program was stopped over says nothing of the target, but the target may hold it against us', async () => {
	if (safe === undefined) throw new Error('no Safe');
	const { handshake } = connectionEvidence();
	if (handshake === null) throw new Error('no handshake');
	vi.useFakeTimers({ toFake: ['performance'] });
	const connection = await connectWithinBudget(
		createScenarioHost({}),
		ledger,
		{ safe, address: '10.0.0.5', siblings: [], isOther: false, types: null, question: null },
		{
			trigger: 'key',
			budgetWaitMs: 0,
			signal: new AbortController().signal,
			onWait: () => {},
			inSlot: (work) => work(),
			onQueued: () => {},
			times: () => ({ openMs: 1000, checkTimeoutMs: 1000, safeTimeoutMs: 1000 }),
			proberFor: () => async () => {
				vi.advanceTimersByTime(10_000);
				return connectionEvidence({ handshake: { ...handshake, hostKeyProven: false, ended: 'timeout' } });
			},
		},
	);
	expect(connection).toMatchObject({ outcome: 'other', handshake: null });
	expect(await ledger.inUse()).toMatchObject({ targets: 1 });
});
