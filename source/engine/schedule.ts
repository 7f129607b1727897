import type { Cause } from '../domain/cause.ts';
import type { Engine } from './engine.ts';

/** Connections that never reached sshd cost nothing at the target, so recovery from these is looked for often. */
const freeCauses: ReadonlySet<Cause> = new Set([
	'name-not-resolved',
	'port-refused',
	'port-timeout',
	'host-unreachable',
]);

const retryMs = 15_000;
const jitter = 0.1;
/** Background probes may wait so long for a turn: users of one target take turns. */
const budgetWaitMs = 30_000;

/** Measures on its own: a sweep at once and then at intervals, connectors and what is free to try more often. Returns its own end. */
export function startSchedule(engine: Engine): () => void {
	const { settings } = engine.session.get().inventory;
	if (settings.probe === 'on-demand') {
		void engine.checkConnectors();
		return () => {};
	}
	let stopped = false;
	let sweepTimer: NodeJS.Timeout | undefined;
	const sweep = async () => {
		await engine.run(null, { trigger: 'background', budgetWaitMs });
		if (stopped) return;
		const pause = settings.sweepEveryMs * (1 - jitter + 2 * jitter * Math.random());
		sweepTimer = setTimeout(() => void sweep(), pause);
	};
	void sweep();
	let retrying = false;
	const retryTimer = setInterval(async () => {
		if (retrying || engine.session.get().sweep.running) return;
		retrying = true;
		const names = [...engine.session.get().safes.values()]
			.filter(
				({ result, running }) =>
					running === null &&
					result.checks.some(({ id, cause }) => id === 'port' && cause !== null && freeCauses.has(cause)),
			)
			.map(({ result }) => result.name);
		const retries = names.length === 0 ? null : engine.run(names, { trigger: 'background', withConnectors: false });
		await Promise.all([engine.checkConnectors(), retries]);
		retrying = false;
	}, retryMs);
	return () => {
		stopped = true;
		clearTimeout(sweepTimer);
		clearInterval(retryTimer);
	};
}
