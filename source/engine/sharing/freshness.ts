/**
 * From when on evidence is as good as a new measurement, in milliseconds since 1970: what began then or later is taken, whoever
 * measured it; what began earlier is measured again.
 */
export type Freshness = {
	/** For a Safe that passes by what is known. */
	readonly passing: number;
	/** For one that does not. */
	readonly failing: number;
	/** The question about the credential is put again too, though an accepted key holds for half an hour. */
	readonly asksAnew?: boolean;
	/** Only evidence of this user or root counts: something will be written or done because of it. */
	readonly onlyTrusted?: boolean;
};

/** Milliseconds that a clock may be ahead without anything being wrong. */
const clockSlackMs = 5000;

/** Whether something began after a time. What lies in the future was begun before the clock was set back: nobody knows when. */
export function beganSince(beganAt: number, since: number, now = Date.now()): boolean {
	return beganAt > since && beganAt <= now + clockSlackMs;
}

/** Whether one measurement is newer than another, also where the older one was made before the clock was set back. */
export function isNewer(beganAt: number, before: number, now = Date.now()): boolean {
	return beganAt > before || before > now + clockSlackMs;
}

/** Evidence that began from now on: for a key press, a named Safe, the look after a fix. */
export function fromNowOn(onlyTrusted = false): Freshness {
	const now = Date.now();
	return { passing: now, failing: now, asksAnew: true, onlyTrusted };
}

/** For Safes whose key files were changed: what began after that is as good as new. Null leaves it to the interval. */
export function afterChange(changedAt: number | null): { readonly freshness?: Freshness } {
	return changedAt === null ? {} : { freshness: { passing: changedAt, failing: changedAt } };
}

/** For a sweep: a target is due at its last start plus the interval, whoever measured it. */
export function withinInterval(intervalMs: number): Freshness {
	const from = Date.now() - intervalMs;
	return { passing: from, failing: from };
}

/** What is younger passes; what fails is measured again. */
export function youngerThan(maxAgeMs: number, isFailingTakenToo = false): Freshness {
	const now = Date.now();
	return { passing: now - maxAgeMs, failing: isFailingTakenToo ? now - maxAgeMs : now };
}
