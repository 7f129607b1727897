import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readyFix, runFix } from '../../../source/engine/run-fix.ts';
import { fixContextFor } from '../../../source/engine/session/read.ts';
import { fixById, planFix } from '../../../source/runbook/fix-plan.ts';
import { safeNamed } from '../../helpers/learn.ts';
import {
	createSharedHost,
	inventoryOf,
	runs,
	type SharingProgram,
	sshPort,
	type WrittenSafe,
	writerOf,
} from '../../helpers/shared-host.ts';

/** Two people do not make the same fix at the same time. */

const db: WrittenSafe = { name: 'db', host: '10.0.0.5' };
let site: ReturnType<typeof createSharedHost>;
beforeEach(() => {
	site = createSharedHost({ ports: { '10.0.0.5:22': sshPort() } });
});
afterEach(() => site.close());

async function restart({ engine }: SharingProgram, onProgress: () => void = () => {}) {
	const safe = safeNamed(engine.session, 'db');
	const fix = fixById('restart-connector');
	if (fix === undefined) throw new Error('no such fix');
	const plan = planFix(fix, { context: fixContextFor(engine.session, safe), result: null }, {});
	if ('need' in plan) throw new Error(plan.need);
	const auditFile = join(site.directory, 'audit.jsonl');
	return runFix(engine, await readyFix(engine, plan, safe), { auditFile, budgetWaitMs: 0, onProgress });
}

const restarts = ({ host }: SharingProgram) => host.ran.filter((command) => command.startsWith('docker restart'));

test('the second is told who is at it, and does nothing; afterwards it may', async () => {
	const commands = { ...runs, 'docker restart': {} };
	const anna = await site.start(inventoryOf([db]), { self: writerOf('screen', 1000, 'anna'), commands });
	// The same container under another name.
	const theirs = inventoryOf(
		[db],
		{ exempt: true },
		{ connectors: [{ name: 'ours', runtime: 'docker', container: 'agent' }] },
	);
	const ben = await site.start(theirs, { self: writerOf('fix', 1001, 'ben'), commands });
	let refused: Promise<unknown> | null = null;
	await restart(anna, () => {
		refused ??= restart(ben).catch((error: Error) => error.message);
	});
	expect(await refused).toMatch(/^anna is at it since \d\d:\d\d:\d\d: .*dc1/);
	expect([restarts(anna).length, restarts(ben).length]).toEqual([1, 0]);
	await restart(ben);
	expect(restarts(ben).length).toBe(1);
});
