import type { Engine } from './engine.ts';
import { resumeWhenBack } from './resume-when-back.ts';
import { isOutOfReach } from './session/read.ts';
import { watchConnectors } from './watch-connectors.ts';

const retryMs = 15_000;
const coverageMs = 5 * 60_000;
const jitter = 0.1;
/** Background probes may wait so long for a turn: users of one target take turns. */
const budgetWaitMs = 10_000;

/** Measures on its own, unless told to probe on demand only: a sweep at once and then at intervals, connectors and what is free to try more often. Begin anew when connectors or settings change. Returns its own end. */
export function startSchedule(engine: Engine, isOnDemand: boolean): () => void {
	const { settings, connectors } = engine.session.get().inventory;
	let stopped = false;
	let sweepTimer: NodeJS.Timeout | undefined;
	const sweepIn = (ms: number) => {
		sweepTimer = setTimeout(() => void sweep(), ms);
	};
	const sweep = async () => {
		// A sweep that a person asked for meanwhile counts.
		const { finishedAt } = engine.session.get().sweep;
		const age = finishedAt === null ? Number.POSITIVE_INFINITY : Date.now() - finishedAt;
		// A negative age comes from a clock that was set back.
		if (age >= 0 && age < settings.sweepEveryMs * (1 - jitter)) return sweepIn(settings.sweepEveryMs - age);
		await engine.run(null, { trigger: 'background', budgetWaitMs });
		if (!stopped) sweepIn(settings.sweepEveryMs * (1 - jitter + 2 * jitter * Math.random()));
	};
	let retrying = false;
	const retry = async () => {
		if (retrying || engine.session.get().sweep.running) return;
		retrying = true;
		// A target that is not reached books nothing in the end, so its recovery is looked for often.
		const { safes } = engine.session.get().inventory;
		const away = isOnDemand ? [] : safes.filter((safe) => isOutOfReach(engine.session, safe)).map(({ name }) => name);
		const retries = away.length === 0 ? null : engine.run(away, { trigger: 'background', withConnectors: false });
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
