import { Counter, collectDefaultMetrics, Histogram, Registry } from '@prometheus-io/client';
import type { ConnectionEvidence, TargetEvidence } from '../domain/evidence.ts';
import type { Safe } from '../domain/inventory.ts';
import type { Engine } from '../engine/engine.ts';
import { hearLines, lineLevels } from './log-lines.ts';

/** Seconds: from a target in the same rack to what no row waits for longer. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const sweepBuckets = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600];
const probes = ['connector', 'connect', 'handshake', 'query'] as const;
const lagMs = 100;

/** What happens between scrapes, and has to be counted as it does. */
export type Counted = {
	readonly registry: Registry;
	/** For `onMeasured` of the engine. */
	measured(safe: Safe, target: TargetEvidence): void;
	/** Counts log lines, sweeps and looks at connectors from now on. */
	watch(engine: Pick<Engine, 'session' | 'logs'>): {
		/** To be told once the engine has another inventory: of connectors that are gone no series stays. */
		inventoryChanged(): void;
		stop(): void;
	};
};

export function createCounted(): Counted {
	const registry = new Registry();
	const registers = [registry];
	collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagMs });
	// What every client library tells of its process stays; what Node tells of its insides breaks conventions (promtool check metrics).
	for (const { name } of registry.getMetricsAsArray())
		if (!name.startsWith('process_')) registry.removeSingleMetric(name);
	const probe = new Histogram({
		name: 'vpmon_probe_duration_seconds',
		help: 'How long probes took: a look at the connector; TCP connect, SSH handshake and question about the credential at a target.',
		labelNames: ['connector', 'probe'] as const,
		buckets,
		registers,
	});
	const ladder = new Histogram({
		name: 'vpmon_ladder_duration_seconds',
		help: 'How long all connections for one Safe took together, without waiting for a place or for the probe budget.',
		labelNames: ['connector'] as const,
		buckets,
		registers,
	});
	const sweep = new Histogram({
		name: 'vpmon_sweep_duration_seconds',
		help: 'How long sweeps over all Safes took.',
		buckets: sweepBuckets,
		registers,
	});
	const lines = new Counter({
		name: 'vpmon_log_lines_total',
		help: 'Lines of connector logs since vpmon follows them, by the level they name.',
		labelNames: ['connector', 'level'] as const,
		registers,
	});
	// Safes of one target tell of the same connections.
	const known = new WeakSet<ConnectionEvidence>();

	const forget = (connector: string) => {
		for (const name of probes) probe.remove({ connector, probe: name });
		ladder.remove({ connector });
		for (const level of lineLevels) lines.remove({ connector, level });
	};

	return {
		registry,
		measured({ connector }, { connections }) {
			let all = 0;
			for (const connection of connections) {
				const times = timesOf(connection);
				for (const ms of Object.values(times)) all += ms;
				if (known.has(connection)) continue;
				known.add(connection);
				for (const [name, ms] of Object.entries(times)) probe.observe({ connector, probe: name }, ms / 1000);
			}
			if (connections.length > 0) ladder.observe({ connector }, all / 1000);
		},
		watch(engine) {
			const { session } = engine;
			const connectorsNow = () => new Set(session.get().inventory.connectors.map(({ name }) => name));
			const heard = hearLines(engine, Date.now(), (connector, level) => lines.inc({ connector, level }));
			let names = new Set<string>();
			const inventoryChanged = () => {
				heard.connectorsChanged();
				const now = connectorsNow();
				for (const name of names) if (!now.has(name)) forget(name);
				// A counter that begins with its first error would hide that error from rate().
				for (const connector of now) for (const level of lineLevels) lines.inc({ connector, level }, 0);
				names = now;
			};
			inventoryChanged();
			let before = session.get();
			let begunAt = 0;
			const unsubscribe = session.subscribe(() => {
				const [was, now] = [before, session.get()];
				before = now;
				if (now.connectors !== was.connectors)
					for (const [connector, { check }] of now.connectors)
						if (check.durationMs !== null && check.measuredAt !== was.connectors.get(connector)?.check.measuredAt)
							probe.observe({ connector, probe: 'connector' }, check.durationMs / 1000);
				if (now.sweep.running && !was.sweep.running) begunAt = performance.now();
				if (!now.sweep.running && was.sweep.running) sweep.observe((performance.now() - begunAt) / 1000);
			});
			return {
				inventoryChanged,
				stop() {
					unsubscribe();
					heard.stop();
				},
			};
		},
	};
}

/** Milliseconds of each part of a connection that there was. */
function timesOf({ connectMs, handshake, answers }: ConnectionEvidence): Readonly<Record<string, number>> {
	const query = answers.reduce((sum, { durationMs }) => sum + durationMs, 0);
	return {
		connect: connectMs,
		...(handshake === null ? {} : { handshake: handshake.durationMs }),
		...(answers.length === 0 ? {} : { query }),
	};
}
