import type { Cause } from '../domain/cause.ts';
import type { CheckId, CheckResult } from '../domain/check.ts';
import type { NetcatEvidence } from '../domain/evidence.ts';
import type { OverallVerdict } from '../domain/verdict.ts';
import type { PseudonymKind } from '../redact/names/pseudonym.ts';
import type { RowJson } from './row-json.ts';

/** A part of the report, or why it could not be had. */
export type Part<Value> =
	| { readonly ok: true; readonly value: Value }
	| { readonly ok: false; readonly reason: string };

/** The parts that are collected side by side. */
export const partNames = ['checks', 'log', 'nc', 'versions', 'clock'] as const;

export type PartName = (typeof partNames)[number];

export type MaskMode = 'all' | 'others' | 'sensitive';

/** The report as it is written as JSON; docs/schemas/report.schema.json says the same for other programs. */
export type ReportData = {
	readonly schemaVersion: 1;
	readonly kind: 'vpmon-escalation-report';
	/** ISO 8601. */
	readonly writtenAt: string;
	readonly timeZone: string;
	readonly writtenBy: string;
	readonly measuredFrom: string;
	readonly masking: Masking;
	/** One paragraph for a reader who never saw vpmon. */
	readonly summary: string;
	readonly connectors: readonly ReportedConnector[];
	/** Safes that fail together; null for a report about one. */
	readonly group: ReportedGroup | null;
	/** All Safes the report is about; the first stands for all. */
	readonly safes: readonly ReportedSafe[];
	readonly error: ErrorSection;
	readonly logs: readonly ReportedLog[];
	readonly nc: Part<ReportedNetcat>;
	/** Of our own socket, beside nc. */
	readonly ownSocket: string;
	/** The ladder of the first Safe. */
	readonly checks: readonly RowJson[];
	readonly history: readonly string[];
	readonly fixesTried: readonly string[];
	readonly steps: readonly string[];
	readonly versions: Part<ReadonlyArray<{ readonly of: string; readonly version: string }>>;
	readonly clock: Part<readonly string[]>;
	readonly notCollected: ReadonlyArray<{ readonly part: PartName; readonly reason: string }>;
};

export type Masking = {
	/** `all`: everything that identifies the site; `others`: all but the Safes of the report; `sensitive`: sensitive Safes alone. */
	readonly hides: MaskMode;
	/** How many different things of each kind have a pseudonym. */
	readonly standIns: Readonly<Partial<Record<PseudonymKind, number>>>;
	readonly secretsRemoved: number;
	/** Lines of logs and of other programs that the last look found something in. */
	readonly linesLeftOut: number;
};

export type ReportedConnector = {
	readonly name: string;
	readonly status: string;
	readonly verdict: CheckResult['verdict'];
	readonly summary: string;
	readonly measuredAt: string | null;
	/** The program that looked, with its user where that is another one; null when nobody did. */
	readonly measuredBy: string | null;
};

export type ReportedGroup = {
	readonly headline: string;
	readonly cause: Cause | null;
	readonly shared: Readonly<Record<string, string>>;
	/** What sets its members apart from others. */
	readonly contrast: string | null;
};

export type ReportedSafe = {
	readonly name: string;
	readonly connector: string;
	readonly target: string;
	readonly username: string;
	readonly credential: string;
	readonly verdict: OverallVerdict;
	readonly cause: Cause | null;
	readonly headline: string;
	/** ISO 8601: since when it is so; null before it was measured. */
	readonly since: string | null;
	readonly rows: ReadonlyArray<{ readonly id: CheckId; readonly verdict: CheckResult['verdict'] }>;
};

export type ErrorSection = {
	/** Whose words they are; `probe` where nobody gave the session's. */
	readonly from: 'session' | 'target-log' | 'probe' | 'nobody';
	readonly text: string | null;
	/** ISO 8601. */
	readonly givenAt: string | null;
	/** The user who gave it in another program of this host; null for one that was given here. */
	readonly givenBy: string | null;
	/** How it agrees with the checks. */
	readonly held: string | null;
};

/** `nc -zv` from the connector host: run for this report, or the last result where the probe budget has no room for another. */
export type ReportedNetcat = NetcatEvidence & {
	/** ISO 8601. */
	readonly measuredAt: string;
	readonly measuredBy: string;
	/** Why it was not run for this report; null where it was. */
	readonly notRunNow: string | null;
};

export type ReportedLog = {
	readonly connector: string;
	readonly log: Part<{ readonly command: string; readonly lines: readonly string[] }>;
};
