import type { CheckId } from '../../domain/check.ts';
import type { ConnectorEvidence } from '../../domain/connector-evidence.ts';
import type { Coverage } from '../../domain/coverage.ts';
import type { SessionEvent } from '../../domain/event.ts';
import type { KeyEvidence, LogProof } from '../../domain/evidence.ts';
import type { Connector, Inventory, Safe } from '../../domain/inventory.ts';
import type { SeenElsewhere, Writer } from '../../domain/measurement.ts';
import type { LinkState } from '../../hosts/host.ts';
import type { FollowState } from '../../logs/follow.ts';
import type { TargetRunResult } from '../measure/run-target.ts';
import type { FixUnderWay, InventoryProblem, SweepState } from './session.ts';

/** What one run brought of a target for one of its Safes. */
export type TargetResult = TargetRunResult;

/** Which rows are measured and shown; null is all five. */
export type Only = ReadonlySet<CheckId> | null;

/** Something that a session learns. What follows from it is derived, never learned. */
export type Fact =
	| { readonly kind: 'inventory replaced'; readonly inventory: Inventory }
	/** Rows that are left out from now on say so. */
	| { readonly kind: 'rows chosen'; readonly only: Only }
	/** The error text of a session as a person gave it, here and now or elsewhere; blank text takes it away. */
	| {
			readonly kind: 'error reported';
			readonly safe: Safe;
			readonly text: string;
			readonly given?: { readonly at: number; readonly by: Writer };
	  }
	| TargetFact
	| ConnectorFact
	| MeasuringFact
	| FixFact
	| HostFact
	| HistoryFact
	| ShownFact;

/** Measurements of one Safe may overlap: each that is started has to be stopped. */
export type MeasuringFact =
	| { readonly kind: 'measuring started'; readonly safe: Safe }
	/** It waits for its turn in the probe budget. Milliseconds since 1970. */
	| { readonly kind: 'measuring waits'; readonly safe: Safe; readonly until: number }
	| { readonly kind: 'measuring stopped'; readonly safe: Safe };

/** What a run of this program, or of another one, found of a Safe. */
export type TargetMeasured = {
	readonly kind: 'target measured';
	readonly safe: Safe;
	readonly result: TargetResult;
	readonly proof: LogProof | null;
	/** What the question was about (`questionAbout`); null where none was meant. */
	readonly about: string | null;
	/** Who measured the target. */
	readonly writer: Writer;
	/** Who asked about the credential, where that is in it. */
	readonly answeredTo: Writer | null;
};

export type TargetFact =
	| { readonly kind: 'key read'; readonly safe: Safe; readonly key: KeyEvidence | null }
	| TargetMeasured
	| { readonly kind: 'target seen elsewhere'; readonly safe: Safe; readonly seen: SeenElsewhere }
	/** The connector's host is away, or was lost meanwhile. */
	| { readonly kind: 'target not measured'; readonly safe: Safe };

export type ConnectorFact =
	| {
			readonly kind: 'connector measured';
			readonly connector: Connector;
			readonly evidence: ConnectorEvidence;
			readonly measuredFrom: string;
			readonly writer: Writer;
			/** Nobody asked for it: only shown where it found something else, or where the last one is old. */
			readonly isGlance: boolean;
	  }
	/** A run that measured targets behind these connectors: what it found may belong into row 1. */
	| { readonly kind: 'run ended'; readonly connectors: readonly string[] };

export type HostFact =
	/** How it is with a connector's host now. The look at the connector that follows tells it of its Safes. */
	| { readonly kind: 'host seen'; readonly connector: string; readonly host: SeenHost }
	| { readonly kind: 'link changed'; readonly connectors: readonly string[]; readonly link: LinkState }
	/** The connectors of the links are other ones now. */
	| { readonly kind: 'links forgotten' }
	/** Probes of a connector's Safes leave from there from now on. */
	| { readonly kind: 'probe origin found'; readonly connector: string; readonly origin: SeenOrigin };

export type HistoryFact =
	/** Of earlier sessions; before the first measurement. */
	| { readonly kind: 'events recalled'; readonly events: readonly SessionEvent[] }
	/** What other programs of this host told of the same inventory. What is known here already changes nothing. */
	| { readonly kind: 'events of others'; readonly events: readonly SessionEvent[] }
	/** Something that is not derived from measurements. */
	| { readonly kind: 'event happened'; readonly event: SessionEvent }
	/** Why events do not outlive this session. */
	| { readonly kind: 'history problem'; readonly problem: string | null }
	/** Where damaged lines of it were set aside. */
	| { readonly kind: 'history damaged'; readonly setAside: string };

/** What a fix did. What comes out differently now is no instability. */
export type FixFact = {
	readonly kind: 'fix made';
	readonly safe: Safe;
	/** Rows that our copy was changed for; null where it was not. */
	readonly rows: readonly CheckId[] | null;
};

/** What is shown as it is. */
export type ShownFact =
	/** The fields that are given. */
	| { readonly kind: 'sweep progressed'; readonly sweep: Partial<SweepState> }
	| { readonly kind: 'log followed'; readonly connector: string; readonly state: FollowState }
	| { readonly kind: 'fixes seen'; readonly fixes: readonly FixUnderWay[] }
	/** Who is named in a message, and is masked from then on. */
	| { readonly kind: 'account seen'; readonly user: string }
	/** With the accounts that are named in them. */
	| { readonly kind: 'sharing seen'; readonly problems: readonly string[]; readonly accounts: readonly string[] }
	| { readonly kind: 'coverage read'; readonly coverage: Coverage | null }
	| { readonly kind: 'inventory problem'; readonly problem: InventoryProblem | null };

export type SeenHost = {
	/** The host that probes of the connector's Safes leave from. */
	readonly name: string;
	/** Why it cannot be reached now; null while it can. */
	readonly unreachable: string | null;
};

export type SeenOrigin = {
	/** Name of the host, or of the container's network on it. */
	readonly from: string;
	/** Why sessions leave from elsewhere; null where they do not. */
	readonly note: string | null;
};
