import type { Cause } from './cause.ts';
import type { Writer } from './measurement.ts';
import type { RowEvidence } from './row-evidence.ts';
import type { OverallVerdict, Verdict } from './verdict.ts';

/** The runbook's five causes as check rows, in the runbook's order. */
export const checkIds = ['connector', 'port', 'username', 'host-key', 'ssh-key'] as const;

export type CheckId = (typeof checkIds)[number];

/** What one row of a Safe says, from what it was concluded, and when. */
export type CheckResultOf<Id extends CheckId> = {
	readonly id: Id;
	readonly verdict: Exclude<Verdict, 'running'>;
	readonly cause: Cause | null;
	/** One line for people. */
	readonly summary: string;
	/** The first thing to do about it, or null. */
	readonly action: string | null;
	/** ISO 8601; null when never measured. */
	readonly measuredAt: string | null;
	/** The host the probe left from. */
	readonly measuredFrom: string;
	/** Whose measurement it is; null when never measured. */
	readonly measuredBy: Writer | null;
	/** What the measurement was held against, and whose copy that is. */
	readonly comparedWith: string | null;
	readonly durationMs: number | null;
	/** What came back; null where nothing did. */
	readonly evidence: RowEvidence[Id] | null;
};

/** Any row; its id tells what its evidence is. */
export type CheckResult = { readonly [Id in CheckId]: CheckResultOf<Id> }[CheckId];

/** The five rows of a Safe. */
export type Checks = { readonly [Id in CheckId]: CheckResultOf<Id> };

/** Makes all five rows. */
export function makeChecks(make: <Id extends CheckId>(id: Id) => CheckResultOf<Id>): Checks {
	return {
		connector: make('connector'),
		port: make('port'),
		username: make('username'),
		'host-key': make('host-key'),
		'ssh-key': make('ssh-key'),
	};
}

/** The same five rows, each changed. */
export function mapChecks(
	checks: Checks,
	change: <Id extends CheckId>(row: CheckResultOf<Id>) => CheckResultOf<Id>,
): Checks {
	return makeChecks((id) => change(rowOf(checks, id)));
}

function rowOf<Id extends CheckId>(checks: Checks, id: Id): CheckResultOf<Id> {
	return checks[id];
}

/** The rows in the runbook's order. */
export function rowsOf({ checks }: { readonly checks: Checks }): readonly CheckResult[] {
	return checkIds.map((id) => checks[id]);
}

/** The first row, in the runbook's order, that gives the Safe its verdict. */
export function tellingRow(result: SafeResult): CheckResult | undefined {
	return rowsOf(result).find(({ verdict }) => verdict === result.verdict);
}

/** A row before anything was measured. Pessimistic: nothing passes that was not measured. */
export function unmeasuredRow<Id extends CheckId>(id: Id, measuredFrom: string): CheckResultOf<Id> {
	return {
		id,
		verdict: 'unknown',
		cause: null,
		summary: 'not measured yet',
		action: null,
		measuredAt: null,
		measuredFrom,
		measuredBy: null,
		comparedWith: null,
		durationMs: null,
		evidence: null,
	};
}

/** The five rows of one Safe with what follows from them. */
export type SafeResult = {
	readonly name: string;
	readonly connector: string;
	/** `host:port`. */
	readonly target: string;
	readonly username: string;
	readonly verdict: OverallVerdict;
	/** The cause of the first row, in runbook order, that fails. */
	readonly cause: Cause | null;
	readonly headline: string;
	readonly checks: Checks;
	/** Only where a person gave the error text of a session. */
	readonly sessionWords?: SessionWordsResult;
};

/** The error text of a session, as a person gave it: what it stands for, and whether the rows agree. */
export type SessionWordsResult = {
	/** Cleaned, without secrets. */
	readonly text: string;
	/** ISO 8601: when it was given. */
	readonly givenAt: string;
	/** The user who gave it in another program of this host; null for one that was given here. */
	readonly givenBy: string | null;
	/** False for a text that is none of the runbook's messages. */
	readonly known: boolean;
	/** Whose words they are. */
	readonly from: 'session' | 'target-log';
	/** The words in it that tell. */
	readonly quote: string;
	readonly check: CheckId | null;
	readonly causes: readonly Cause[];
	/** Null where the rows say neither yes nor no. */
	readonly agrees: boolean | null;
	/** `agrees with row 4` */
	readonly summary: string;
};

export type ConnectorStatus = 'online' | 'degraded' | 'offline' | 'needs-recovery' | 'unknown';

/** A connector with its row-1 result, which all its Safes share. */
export type ConnectorResult = {
	readonly name: string;
	readonly status: ConnectorStatus;
	readonly check: CheckResultOf<'connector'>;
};

/** What Safes may share, and what then explains why they fail together. */
export const attributeNames = ['connector', 'target', 'address', 'subnet', 'username', 'key', 'hostKey'] as const;

export type AttributeName = (typeof attributeNames)[number];

/**
 * How many Safes fail the row of the cause for it where an attribute has one value, and how many elsewhere; how many pass that row;
 * and how many fail it for another reason.
 */
export type Contrast = {
	readonly attribute: AttributeName;
	readonly value: string;
	readonly failing: number;
	readonly passing: number;
	readonly failingOtherwise: number;
	readonly failingElsewhere: number;
	readonly passingElsewhere: number;
	readonly failingOtherwiseElsewhere: number;
};

/** Safes that fail for one common cause. */
export type Group = {
	readonly cause: Cause;
	/** What all members have in common. */
	readonly shared: Readonly<Partial<Record<AttributeName, string>>>;
	/** Of the attribute that most of the failing and fewest of the passing Safes share. */
	readonly contrast: Contrast;
	/** In the order of their names. */
	readonly safes: readonly string[];
	readonly headline: string;
};
