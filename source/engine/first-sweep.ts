import type { Inventory } from '../domain/inventory.ts';
import { formatTarget } from '../domain/target.ts';

/** What a first sweep of many targets would do: for the question that is asked before it. */
export type FirstSweep = {
	readonly targets: number;
	/** The host the probes leave from. */
	readonly from: string;
	/** The longest it can take when no target answers, in seconds. */
	readonly seconds: number;
	readonly everyMs: number;
};

/** So many targets are probed without asking; their admins hardly see it. */
const mostUnasked = 20;

/** Null when there are too few targets beyond loopback to ask about. */
export function firstSweepOf(
	{ safes, connectors, settings }: Inventory,
	here: string,
	concurrency: number,
): FirstSweep | null {
	const beyond = safes.filter(({ host }) => !/^(?:localhost$|127\.|::1$)/i.test(host));
	const targets = new Set(beyond.map(({ host, port }) => formatTarget(host, port))).size;
	if (targets <= mostUnasked) return null;
	const seconds = Math.ceil(targets / concurrency) * (settings.safeTimeoutMs / 1000);
	const used = new Set(beyond.map(({ connector }) => connector));
	const hosts = connectors
		.filter(({ name }) => used.has(name))
		.map(({ host }) => (host === 'local' ? here : host.host));
	const [first = here, ...others] = new Set(hosts);
	const from = others.length === 0 ? first : `${others.length + 1} hosts`;
	return { targets, from, seconds, everyMs: settings.sweepEveryMs };
}
