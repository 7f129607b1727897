import { hostname } from 'node:os';
import type { Inventory } from '../domain/inventory.ts';
import { keepSecret } from '../domain/secrets.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import { createEngine, defaultConcurrency, type Engine } from '../engine/engine.ts';
import type { EngineOptions } from '../engine/engine-options.ts';
import type { Prober } from '../engine/measure/probe-connection.ts';
import type { ProbeThread } from '../engine/measure/probe-thread.ts';
import { findJumpHost } from '../hosts/ssh-destination.ts';
import { runtimeDirectory } from '../storage/directories.ts';
import { type Ledger, openLedger } from '../storage/ledger.ts';
import { chooseHosts } from './choose-hosts.ts';
import { fitOpenFiles } from './side-by-side.ts';

export type StartedEngine = { readonly engine: Engine; dispose(): Promise<void> };

export type StartOptions = Pick<EngineOptions, 'onMeasured' | 'logLimits'> & {
	readonly checkTimeoutMs?: number;
	readonly concurrency?: number;
	readonly token?: string | undefined;
	/** A screen is drawn meanwhile, and keys are pressed. */
	readonly isWatched?: boolean;
};

/** On a screen, that a connector is as it was is shown as often as sweeps show it of Safes: to draw it each 15 s would cost more than the look. */
const unchangedEveryMs = 5 * 60_000;

/** The engine on the real machine: its hosts and the ledger that all vpmon processes share. */
export async function startEngine(inventory: Inventory, options: StartOptions = {}): Promise<StartedEngine> {
	const hosts = chooseHosts();
	const everyTargetIsExempt = inventory.safes.every(({ exempt }) => exempt);
	let ledger: Ledger | null = null;
	const openOnce = async () => {
		ledger ??= await openSharedLedger();
		return ledger;
	};
	const {
		checkTimeoutMs,
		concurrency = defaultConcurrency,
		token = process.env.VAULTPAM_TOKEN,
		isWatched = false,
		...passed
	} = options;
	let thread: ProbeThread | null = null;
	keepSecret(token);
	// SSH is loaded with the first probe.
	const probeInThread: Prober = async (request, signal) => {
		const { createProbeThread } = await import('../engine/measure/probe-thread.ts');
		thread ??= createProbeThread(hosts.local);
		return thread.probe(request, signal);
	};
	const engine = createEngine({
		...passed,
		inventory,
		ledger: everyTargetIsExempt ? null : await openOnce(),
		openLedger: openOnce,
		token,
		orgId: process.env.VAULTPAM_ORG_ID,
		baseUrl: process.env.VAULTPAM_BASE_URL,
		local: hosts.local,
		measuredFrom: hostname(),
		hostOf: hosts.of,
		onReplaced: (next) => hosts.keepOnly(next.connectors),
		jumpHostFor: ({ host, port }) => findJumpHost(hosts.local, host, port),
		...(isWatched ? { proberFor: (host) => (host === hosts.local ? probeInThread : null), unchangedEveryMs } : {}),
		...(checkTimeoutMs === undefined ? {} : { checkTimeoutMs, safeTimeoutMs: checkTimeoutMs * 2 }),
		concurrency: fitOpenFiles(concurrency),
	});
	return {
		engine,
		async dispose() {
			await engine.dispose();
			await thread?.dispose();
			await hosts.dispose();
			ledger?.close();
		},
	};
}

/** Without a ledger nothing may be probed: two careless processes could lock a connector out. */
async function openSharedLedger(): Promise<Ledger> {
	try {
		return await openLedger(runtimeDirectory(), (aside) =>
			process.stderr.write(`vpmon: the probe budget's ledger is damaged: set aside as ${aside}, a new one is begun\n`),
		);
	} catch (error) {
		throw new UserError(
			`The probe budget's ledger cannot be opened: ${messageOf(error)}`,
			'Set VPMON_RUNTIME_DIR to a directory of your own, the same for every vpmon on this host.',
		);
	}
}
