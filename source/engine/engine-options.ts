import type { TargetEvidence } from '../domain/evidence.ts';
import type { Connector, Inventory, Safe } from '../domain/inventory.ts';
import type { Host } from '../hosts/host.ts';
import type { ProbeTrigger } from '../probes/probe-budget.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { Unreachable } from './host-directory.ts';
import type { LogLimits } from './log-book.ts';
import type { JumpHost } from './measure/jump-hosts.ts';
import type { Prober } from './measure/probe-connection.ts';
import type { Only } from './session/fact.ts';
import type { Freshness } from './sharing/freshness.ts';
import type { SiteSharing } from './sharing/site-sharing.ts';

/** What the engine is given of the world. */
export type EngineOptions = {
	readonly inventory: Inventory;
	/** The host of a connector, or why it cannot be reached. */
	readonly hostOf: (connector: Connector) => Host | Unreachable;
	/** Told after another inventory was taken in. */
	readonly onReplaced?: (next: Inventory) => void;
	/** How the user's own ssh goes to a target, where that is not straight there; left out where nobody can tell. */
	readonly jumpHostFor?: (safe: Safe) => Promise<JumpHost>;
	/** Null only where every target is exempt. */
	readonly ledger: Ledger | null;
	/** For an inventory that comes later and has others. */
	readonly openLedger: () => Promise<Ledger>;
	/** Name of the machine vpmon runs on. */
	readonly measuredFrom: string;
	/** For the control plane: VAULTPAM_TOKEN, and where they are set VAULTPAM_ORG_ID and VAULTPAM_BASE_URL. */
	readonly token: string | undefined;
	readonly orgId?: string | undefined;
	readonly baseUrl?: string | undefined;
	/** The machine vpmon runs on; VaultPAM's Safes are only asked for where it is given. */
	readonly local?: Host;
	/** Who probes targets for a host, where that is not this thread itself. */
	readonly proberFor?: (host: Host) => Prober | null;
	/** Milliseconds after which a look that found a connector as it was is told; left out, each is. */
	readonly unchangedEveryMs?: number;
	readonly checkTimeoutMs?: number;
	readonly safeTimeoutMs?: number;
	/** Told what was measured of each Safe's target, once for every run. Safes of one target share its connections. */
	readonly onMeasured?: (safe: Safe, target: TargetEvidence) => void;
	/** A failure that another user's program says is over is measured here before it is over: an alert would end. */
	readonly confirmsRecovery?: boolean;
	/** Left out, this program shares nothing. */
	readonly sharing?: SiteSharing;
	readonly logLimits?: LogLimits;
	/** Targets measured side by side. */
	readonly concurrency?: number;
};

/** How a run measures. */
export type RunOptions = {
	readonly trigger: ProbeTrigger;
	readonly only?: Only;
	/** False where row 1 is measured on its own. */
	readonly withConnectors?: boolean;
	/** How long a probe may wait for its turn in the probe budget. */
	readonly budgetWaitMs?: number;
	readonly onWait?: (safe: Safe, until: number) => void;
	/**
	 * From when on evidence of any program is as good as a new measurement; left out, a sweep takes what began within its interval,
	 * and a person gets what began after asking.
	 */
	readonly freshness?: Freshness;
};
