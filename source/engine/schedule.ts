import type { Engine } from './engine.ts';
import { resumeWhenBack } from './resume-when-back.ts';
import { factsOf, isOutOfReach } from './session/read.ts';
import type { SessionStore } from './session/session.ts';
import { beganSince, withinInterval } from './sharing/freshness.ts';
import { watchConnectors } from './watch-connectors.ts';

const retryMs = 15_000;
const coverageMs = 5 * 60_000;
/** Of the interval: programs of one host do not begin at the same moment, and who is first measures for all. */
const jitter = 0.05;
/** Milliseconds: what gets due in turn is measured in bunches. */
const shortestPause = 5000;
/** Background probes may wait so long for a turn: users of one target take turns. */
const budgetWaitMs = 10_000;

/** All targets where most are due, else those that are: others of the host may have measured the rest. */
async function measureDue(engine: Engine, everyMs: number): Promise<void> {
	const { session } = engine;
	const { safes } = session.get().inventory;
	const now = Date.now();
	const due = safes.filter((safe) => {
		const measuredAt = factsOf(session, safe).target?.measuredAt;
		return measuredAt === undefined || !beganSince(Date.parse(measuredAt), now - everyMs, now);
	});
	const { finishedAt } = session.get().sweep;
	if (finishedAt === null || due.length * 2 >= safes.length)
		return engine.run(null, { trigger: 'background', budgetWaitMs });
	if (due.length === 0) return session.learn({ kind: 'sweep progressed', sweep: { finishedAt: now } });
	const names = due.map(({ name }) => name);
	await engine.run(names, { trigger: 'background', withConnectors: false, budgetWaitMs });
}

/**
 * When the next sweep begins: as soon as the first target is due, which is at its last start plus the interval, whoever measured it.
 *
 * @param begunAt start of the sweep before. What was due then and still is could not be measured: that waits a fifth of the interval.
 * @returns milliseconds from now.
 */
function msUntilDue(session: SessionStore, everyMs: number, begunAt: number, now: number): number {
	let first = now + everyMs;
	for (const safe of session.get().inventory.safes) {
		const measuredAt = factsOf(session, safe).target?.measuredAt;
		if (measuredAt === undefined) continue;
		const dueAt = Date.parse(measuredAt) + everyMs;
		first = Math.min(first, dueAt <= begunAt ? begunAt + everyMs / 5 : dueAt);
	}
	const left = first - now;
	const spread = everyMs * jitter;
	return Math.max(left, spread, shortestPause) + spread * Math.random();
}

/** Measures on its own, unless told to probe on demand only: a sweep at once and then at intervals, connectors and what is free to try more often. Begin anew when connectors or settings change. Returns its own end. */
export function startSchedule(engine: Engine, isOnDemand: boolean): () => void {
	const { settings, connectors } = engine.session.get().inventory;
	let stopped = false;
	let sweepTimer: NodeJS.Timeout | undefined;
	const sweep = async () => {
		const begunAt = Date.now();
		await measureDue(engine, settings.sweepEveryMs);
		if (stopped) return;
		const ms = msUntilDue(engine.session, settings.sweepEveryMs, begunAt, Date.now());
		sweepTimer = setTimeout(() => void sweep(), ms);
	};
	let retrying = false;
	const retry = async () => {
		if (retrying || engine.session.get().sweep.running) return;
		retrying = true;
		// A target that is not reached books nothing in the end, so its recovery is looked for often.
		const { safes } = engine.session.get().inventory;
		const away = isOnDemand ? [] : safes.filter((safe) => isOutOfReach(engine.session, safe)).map(({ name }) => name);
		const freshness = withinInterval(retryMs);
		const retries =
			away.length === 0 ? null : engine.run(away, { trigger: 'background', withConnectors: false, freshness });
		await Promise.all([engine.checkConnectors(), retries]);
		retrying = false;
	};
	// VaultPAM's list is no target; it changes when somebody changes it.
	void engine.readCoverage();
	const coverageTimer = setInterval(() => void engine.readCoverage(), coverageMs);
	if (isOnDemand) void engine.checkConnectors();
	else void sweep();
	const retryTimer = setInterval(() => void retry(), retryMs);
	const stopWatching = watchConnectors({ connectors, hostOf: engine.anyHostOf, check: engine.checkConnectors });
	const stopResuming = isOnDemand ? () => {} : resumeWhenBack(engine);
	return () => {
		stopped = true;
		stopWatching();
		stopResuming();
		clearTimeout(sweepTimer);
		clearInterval(retryTimer);
		clearInterval(coverageTimer);
	};
}
