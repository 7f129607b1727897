import { Registry } from '@prometheus-io/client';
import { afterEach, expect, test } from 'vitest';
import { createCounted } from '../../source/exporter/counted.ts';
import { renderMetrics } from '../../source/exporter/render.ts';
import { LogBuffer } from '../../source/logs/log-buffer.ts';
import { plainSafe } from '../helpers/plain-safe.ts';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let started: StartedScenario | undefined;
afterEach(async () => {
	await started?.close();
	started = undefined;
});

const linesOf = async (counted: ReturnType<typeof createCounted>, format = Registry.PROMETHEUS_CONTENT_TYPE) =>
	(await renderMetrics([], counted.registry, format as typeof Registry.PROMETHEUS_CONTENT_TYPE)).split('\n');

async function countedOf(scenario: string) {
	const counted = createCounted();
	started = await startScenario(readScenario(scenario), 600, 32, { onMeasured: counted.measured });
	return { counted, engine: started.engine, host: started.host };
}

test('connections are counted once, however many Safes share them; ladders once a Safe', async () => {
	const { counted, engine, host } = await countedOf('keys-share-connection');
	await engine.run(null, { trigger: 'command' });
	const { safes } = engine.session.get();
	expect(host.opened.length).toBeLessThan(safes.size);
	const lines = await linesOf(counted);
	const [connector] = engine.session.get().inventory.connectors;
	expect(lines).toContain(
		`vpmon_probe_duration_seconds_count{connector="${connector?.name}",probe="connect"} ${host.opened.length}`,
	);
	expect(lines).toContain(`vpmon_ladder_duration_seconds_count{connector="${connector?.name}"} ${safes.size}`);
});

test('sweeps and looks at connectors are counted; nothing is left of a connector that is gone', async () => {
	const { counted, engine } = await countedOf('two-connectors');
	const watch = counted.watch(engine);
	await engine.run(null, { trigger: 'command' });
	const before = await linesOf(counted);
	expect(before).toContain('vpmon_sweep_duration_seconds_count 1');
	const { inventory } = engine.session.get();
	const [gone, ...rest] = inventory.connectors;
	expect(before).toContain(`vpmon_probe_duration_seconds_count{connector="${gone?.name}",probe="connector"} 1`);
	const safes = inventory.safes.filter(({ connector }) => connector !== gone?.name);
	await engine.replaceInventory({ ...inventory, connectors: rest, safes });
	watch.inventoryChanged();
	const after = (await linesOf(counted)).join('\n');
	expect(after).not.toContain(`"${gone?.name}"`);
	expect(after).toContain(`"${rest[0]?.name}"`);
	watch.stop();
});

test('log lines are counted by level from now on, in both formats again and again', async () => {
	const { engine } = await countedOf('healthy');
	const { session } = engine;
	const counted = createCounted();
	const buffer = new LogBuffer(1);
	const watch = counted.watch({ session, logs: { ...engine.logs, buffer: () => buffer } });
	const name = session.get().inventory.connectors[0]?.name;
	const line = (level: string, value: number) => `vpmon_log_lines_total{connector="${name}",level="${level}"} ${value}`;
	// Before the first error there is a zero, so that rate() sees the first.
	expect(await linesOf(counted)).toContain(line('error', 0));
	const add = (kind: 'log' | 'error' | 'warning' | 'notice', time: number | null = null) =>
		buffer.add({ time, text: 'text', kind, position: null });
	for (const kind of ['error', 'error', 'warning', 'log', 'notice'] as const) add(kind);
	add('error', Date.now() - 60_000);
	add('log', Date.now() + 1000);
	for (const format of [
		Registry.OPENMETRICS_CONTENT_TYPE,
		Registry.PROMETHEUS_CONTENT_TYPE,
		Registry.OPENMETRICS_CONTENT_TYPE,
	])
		expect(await linesOf(counted, format as typeof Registry.PROMETHEUS_CONTENT_TYPE)).toEqual(
			expect.arrayContaining([line('error', 2), line('warning', 1), line('other', 2)]),
		);
	watch.stop();
	add('error');
	expect(await linesOf(counted)).toContain(line('error', 2));
});

test('what Safes without any connection measured is no ladder', async () => {
	const counted = createCounted();
	counted.measured(plainSafe, {
		...{ host: 'db1.example', port: 22, name: null, connections: [], carriedKeys: [], refusedAddresses: [] },
		...{ knownHosts: null, refusal: null, measuredAt: '2026-11-22T08:00:00.000Z', durationMs: 5 },
	});
	expect(await linesOf(counted)).not.toContainEqual(expect.stringContaining('vpmon_ladder_duration_seconds_count{'));
});
