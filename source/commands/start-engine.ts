import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { Inventory } from '../domain/inventory.ts';
import type { Program } from '../domain/measurement.ts';
import { ownToken } from '../domain/own-tokens.ts';
import { createEngine, defaultConcurrency, type Engine } from '../engine/engine.ts';
import type { EngineOptions } from '../engine/engine-options.ts';
import { loadProbeThread } from '../engine/load-parts.ts';
import type { Prober } from '../engine/measure/probe-connection.ts';
import type { ProbeThread } from '../engine/measure/probe-thread.ts';
import { keepSamples } from '../engine/sharing/keep-samples.ts';
import { createSiteSharing, noSites } from '../engine/sharing/site-sharing.ts';
import { findJumpHost } from '../hosts/ssh-destination.ts';
import { notice } from '../own-words.ts';
import { keepSecret } from '../redact/secrets/own-secrets.ts';
import { runtimeDirectory, whoseDirectories } from '../storage/directories.ts';
import { type Ledger, openLedger } from '../storage/ledger.ts';
import { createPatientLedger } from '../storage/patient-ledger.ts';
import { chooseHosts } from './choose-hosts.ts';
import { closeSites, openSites, ownWriter } from './open-sites.ts';
import { fitOpenFiles } from './side-by-side.ts';

export type StartedEngine = {
	readonly engine: Engine;
	/** @param last what is written once all has ended, while what programs share is still open. */
	dispose(last?: () => Promise<void>): Promise<void>;
};

export type StartOptions = Pick<EngineOptions, 'onMeasured' | 'logLimits' | 'confirmsRecovery'> & {
	readonly checkTimeoutMs?: number;
	readonly concurrency?: number;
	readonly token?: string | undefined;
	/** Who the others of this host are told that measured. The demo's own servers are nobody else's. */
	readonly program: Program;
	/** A screen is drawn meanwhile, and keys are pressed. */
	readonly isWatched?: boolean;
	/** What programs share is opened after it: resolves with a screen's first frame, and at the latest when the screen ends. */
	readonly firstFrame?: Promise<void>;
};

/** Milliseconds: how long a screen's first frame waits for the ledger. */
const soonMs = 200;
/** On a screen, that a connector is as it was is shown as often as sweeps show it of Safes: to draw it each 15 s would cost more than the look. */
const unchangedEveryMs = 5 * 60_000;

/** The engine on the real machine: its hosts and the ledger that all vpmon processes share. */
export async function startEngine(inventory: Inventory, options: StartOptions): Promise<StartedEngine> {
	const hosts = chooseHosts();
	const everyTargetIsExempt = inventory.safes.every(({ exempt }) => exempt);
	const {
		checkTimeoutMs,
		concurrency = defaultConcurrency,
		token = ownToken('VAULTPAM_TOKEN'),
		isWatched = false,
		firstFrame = Promise.resolve(),
		program,
		...passed
	} = options;
	let ledger: Ledger | null = null;
	let isStarted = false;
	const tellDamage = (aside: string) => {
		// A line in the middle of a screen would stay there.
		if (isWatched && isStarted) return;
		notice(`the probe budget's ledger is damaged: set aside as ${aside}, a new one is begun`);
	};
	// Without a ledger nothing is probed: two careless processes could lock a connector out.
	const openOnce = async () => {
		if (ledger !== null) return ledger;
		const shared = createPatientLedger(async () => openLedger(runtimeDirectory(), tellDamage));
		ledger = shared.ledger;
		// A screen does not wait for one that another program holds.
		await (isWatched ? Promise.race([shared.opened, setTimeout(soonMs, null, { ref: false })]) : shared.opened);
		isStarted = true;
		return ledger;
	};
	let thread: ProbeThread | null = null;
	keepSecret(token);
	// SSH is loaded with the first probe.
	const probeInThread: Prober = async (request, signal) => {
		const { createProbeThread } = await loadProbeThread();
		thread ??= createProbeThread(hosts.local);
		return thread.probe(request, signal);
	};
	const self = ownWriter(program);
	for (const text of whoseDirectories()) notice(text);
	const tell = (text: string) => void (isWatched || notice(text));
	// A screen's first frame shows no target yet.
	const sites = program === 'demo' ? Promise.resolve(noSites) : firstFrame.then(() => openSites(self, inventory, tell));
	const engine: Engine = createEngine({
		...passed,
		inventory,
		sharing: createSiteSharing({ self, sites, isShared: () => engine.session.get().inventory.settings.share }),
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
	const samples = keepSamples(engine.session, engine.sharing);
	return {
		engine,
		async dispose(last) {
			await engine.dispose();
			await samples.end();
			await last?.();
			await thread?.dispose();
			await hosts.dispose();
			ledger?.close();
			closeSites(await sites);
		},
	};
}
