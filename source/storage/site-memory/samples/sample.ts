import { type Cause, causes } from '../../../domain/cause.ts';
import type { OverallVerdict } from '../../../domain/verdict.ts';

/** How a Safe stood when its target was measured. */
export type Standing = { readonly verdict: OverallVerdict; readonly cause: Cause | null };

export type Sample = Standing & {
	/** When the measurement began: milliseconds since 1970, to the second. */
	readonly at: number;
	/** What connecting took, to a twentieth; null where nothing answered. */
	readonly ms: number | null;
};

export type SampleToKeep = Sample & {
	/** The Safe as it is: `safeIdentity`. */
	readonly safe: string;
	/** This program measured it. What another one measured is left to that one at first. */
	readonly isOwn: boolean;
};

/** What an hour's samples came to. */
export type SampledHour = {
	/** When the hour began: milliseconds since 1970. */
	readonly at: number;
	readonly worst: Standing;
	/** To a quarter of a minute. A sample holds until the next one, and for 15 min at most. */
	readonly failingSeconds: number;
	readonly medianMs: number | null;
};

/** What is kept of a Safe, oldest first. */
export type Samples = {
	/** Of the last 24 h, one a sweep. */
	readonly recent: readonly Sample[];
	/** Of the last 30 days, those that had samples; the hour under way is the last. */
	readonly hours: readonly SampledHour[];
};

/** A sample as it is packed. Times are seconds since 1970. */
export type PackedSample = { readonly at: number; readonly code: number; readonly scaledMs: number };

/**
 * What a code stands for: its place here, from 1 on. Files hold these numbers: new ones are added at the end, and none is ever moved or
 * removed.
 */
export const standings = [
	'pass',
	'warn',
	'untested',
	'unknown',
	'fail',
	'connector-offline',
	'connector-degraded',
	'connector-needs-recovery',
	'connector-unreachable',
	'name-not-resolved',
	'port-refused',
	'port-timeout',
	'host-unreachable',
	'connection-reset',
	'handshake-timeout',
	'not-ssh',
	'source-penalised',
	'no-common-algorithm',
	'username-rejected',
	'user-or-key-rejected',
	'host-key-mismatch',
	'host-key-unrecorded',
	'host-key-type-gone',
	'key-missing',
	'key-unreadable',
	'key-invalid',
	'key-is-private',
	'key-is-certificate',
	'key-too-weak',
	'key-rejected',
	'method-not-offered',
] as const satisfies ReadonlyArray<OverallVerdict | Cause>;

type Told = (typeof standings)[number];
/** Does not compile while a cause has no code. */
export type MissingCode = Exclude<Cause | OverallVerdict, Told> extends never ? null : never;

const codes = new Map<string, number>(standings.map((told, index) => [told, index + 1]));
const causeNames: ReadonlySet<string> = new Set(causes);

export function codeOf({ verdict, cause }: Standing): number {
	const told = verdict === 'fail' && cause !== null ? cause : verdict;
	return codes.get(told) ?? 0;
}

/** Null for a code of a later vpmon. */
export function standingOf(code: number): Standing | null {
	const told = standings[code - 1];
	if (told === undefined) return null;
	return causeNames.has(told)
		? { verdict: 'fail', cause: told as Cause }
		: { verdict: told as OverallVerdict, cause: null };
}

/** Milliseconds in one byte: steps of 4.5 %, up to 71 s. 255 is none. */
const noMs = 255;
const step = Math.log(1.045);

export function scaleMs(ms: number | null): number {
	return ms === null ? noMs : Math.min(noMs - 1, Math.round(Math.log(1 + Math.max(0, ms)) / step));
}

export function unscaleMs(scaled: number): number | null {
	return scaled === noMs ? null : Math.round(Math.exp(scaled * step) - 1);
}
