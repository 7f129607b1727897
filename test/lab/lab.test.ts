import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../source/commands/start-engine.ts';
import { causes } from '../../source/domain/cause.ts';
import { loadInventory } from '../../source/inventory/file.ts';
import { type Lab, startLab } from '../../source/lab/lab.ts';

let lab: Lab;
beforeAll(async () => {
	lab = await startLab();
});
afterAll(() => lab.close());

test('shows two healthy Safes, a password, and one of each cause of the runbook', () => {
	expect(lab.expectations.map(({ verdict, cause }) => cause ?? verdict).sort()).toEqual(
		[
			'pass',
			'pass',
			'untested',
			'connector-offline',
			'port-refused',
			'port-timeout',
			'username-rejected',
			'host-key-mismatch',
			'key-rejected',
		].sort(),
	);
	for (const { cause } of lab.expectations) if (cause !== null) expect(causes).toContain(cause);
});

test('what the engine measures is what the lab is set up to show', async () => {
	const inventory = loadInventory(lab.inventory);
	// Time for a handshake on a machine that has other things to do.
	const { engine, dispose } = await startEngine(inventory, { token: lab.token, program: 'demo', checkTimeoutMs: 3000 });
	try {
		await Promise.all([engine.run(null, { trigger: 'command' }), engine.readCoverage()]);
		expect(engine.session.get().coverage).toMatchObject({ safes: 9, withoutTarget: [], problem: null });
		for (const { safe, verdict, cause } of lab.expectations) {
			expect([safe, engine.session.safe(safe)?.result.verdict, engine.session.safe(safe)?.result.cause]).toEqual([
				safe,
				verdict,
				cause,
			]);
		}
		// The proof of the wrong name is the line that the lab's own server wrote about this very connection.
		const log = readFileSync(inventory.connectors[0]?.logFile ?? '', 'utf8');
		expect(log).toMatch(/target=ci-runner sshd: Invalid user Deploy from 127\.0\.0\.1 port \d+/);
	} finally {
		await dispose();
	}
});

test('leaves nothing behind', async () => {
	const own = await startLab();
	expect(existsSync(own.inventory)).toBe(true);
	await own.close();
	expect(existsSync(dirname(own.inventory))).toBe(false);
});

test('the connector that is offline can be started, as its fix does: then it is Online', async () => {
	const inventory = loadInventory(lab.inventory);
	const { engine, dispose } = await startEngine(inventory, { token: lab.token, program: 'demo' });
	try {
		const connector = inventory.connectors.find(({ name }) => name === 'lab-west');
		if (connector === undefined) throw new Error('no lab-west');
		const host = engine.hostOf(connector);
		const run = async (...argv: string[]) => host?.run(argv, { timeoutMs: 5000 });
		const look = async () => {
			await engine.checkConnectors([connector.name]);
			return engine.session.get().connectors.get(connector.name)?.status;
		};
		expect(await look()).toBe('offline');
		expect(await run('docker', 'start', '--', 'nobody')).toMatchObject({ outcome: 'failed' });
		expect(await run('docker', 'start', '--', 'lab-west')).toMatchObject({ outcome: 'done', stdout: 'lab-west\n' });
		await expect.poll(look, { timeout: 10_000 }).toBe('online');
	} finally {
		await dispose();
	}
});
