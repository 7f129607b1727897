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

/** Evidence that began from now on: for a key press, a named Safe, the look after a fix. */
export function fromNowOn(onlyTrusted = false): Freshness {
	const now = Date.now();
	return { passing: now, failing: now, asksAnew: true, onlyTrusted };
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
