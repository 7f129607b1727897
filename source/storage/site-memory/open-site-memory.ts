import { randomInt } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Measurement, Writer } from '../../domain/measurement.ts';
import { importSqlite } from '../sqlite.ts';
import { createAgreements } from './agreements.ts';
import { type BootClock, bootClock } from './boot-clock.ts';
import { createChangeFeed } from './change-feed.ts';
import { createClaims } from './claims.ts';
import { cleanUp } from './clean-up.ts';
import { createDeferredWrites } from './deferred-writes.ts';
import { forgetRows, isOfKeys } from './forget.ts';
import { createLoader } from './load.ts';
import { createMeasurementQueue } from './measurement-queue.ts';
import { createSafeTexts } from './safe-texts.ts';
import { createSampleQueue } from './samples/sample-queue.ts';
import { readSampledSafes } from './samples/sample-rows.ts';
import { createSiteFile } from './site-file.ts';
import type { SiteMemory } from './site-memory.ts';
import { createTransitions } from './transitions.ts';

export type SiteMemoryOptions = {
	/** Milliseconds since 1970. */
	readonly now?: () => number;
	readonly bootClock?: BootClock;
	/** Between looks for what others wrote; a test that polls by itself takes a long one. */
	readonly pollMs?: number;
	/** Told where a damaged file was set aside; a new one was begun. */
	readonly onDamaged?: (aside: string) => void;
};

const fileName = 'site-1.sqlite';
const dayMs = 86_400_000;
/** The first frame and the first sweep come before a clean-up. */
const cleanUpAfterMs = 20_000;
/** One slice a turn when nobody waits; somebody who asks by `poll` waits for what has come meanwhile. */
const pollBudgetMs = 0;
const askedPollBudgetMs = 20;
const closeWithinMs = 200;
const samplesEveryMs = 5 * 60_000;

/**
 * Opens what the vpmon programs of a host share, in `site-1.sqlite` of a directory. Never throws: a file that cannot be used is told
 * by `problem`, tried again every second, and everything goes on unshared until then.
 *
 * @param directory made with mode 0700 where it is missing. In one that its group may write, the file is the group's too.
 */
export async function openSiteMemory(
	directory: string,
	self: Writer,
	options: SiteMemoryOptions = {},
): Promise<SiteMemory> {
	const { now = Date.now, pollMs = 1000, onDamaged = () => {} } = options;
	const instance = randomInt(1, 2 ** 47);
	const file = createSiteFile(await importSqlite(), directory, fileName, onDamaged);
	const deferred = createDeferredWrites(file);
	const queue = createMeasurementQueue(file, instance, now);
	const claims = createClaims(file, self, instance, options.bootClock ?? bootClock(), now);
	const notes = createSafeTexts(file, deferred, 'note', () => true, now);
	const isRecent = ({ at }: { readonly at: number }, time: number) => at > time - dayMs;
	const reportedErrors = createSafeTexts(file, deferred, 'reported_error', isRecent, now);
	const agreements = createAgreements(file, deferred, self, now);
	const transitions = createTransitions(file, deferred, self, instance, now);
	const samples = createSampleQueue(file, now);
	const feed = createChangeFeed(file, instance, now, () => {
		notes.invalidate();
		reportedErrors.invalidate();
		claims.forgetFixes();
	});
	const loader = createLoader(file, now, feed);

	let generation = 0;
	const poll = (budgetMs: number) => {
		file.look();
		if (file.generation() !== generation) {
			// What stood in the file before this one and would not be measured again.
			if (generation !== 0) for (const kept of [notes, reportedErrors, agreements]) kept.restore();
			claims.renew();
			generation = file.generation();
		}
		deferred.retry();
		queue.retry();
		feed.poll(budgetMs);
		if (claims.hasLostFix()) feed.tellOther();
	};
	poll(pollBudgetMs);

	const clean = () => cleanUp(file, now, () => nextTurn(undefined, { ref: false }));
	const timers = [
		setInterval(() => poll(pollBudgetMs), pollMs),
		setTimeout(clean, cleanUpAfterMs),
		setInterval(clean, dayMs),
		setInterval(() => void samples.flush(), samplesEveryMs),
	];
	for (const timer of timers) timer.unref();

	return {
		self,
		file: file.path,
		problem: file.problem,
		...loader,
		put: queue.put,
		claim: claims.claim,
		claims: claims.of,
		watch: feed.watch,
		poll: () => poll(askedPollBudgetMs),
		putReportedError: (safe, error) => reportedErrors.put(safe, error === null ? null : { ...error, until: null }),
		reportedErrors: reportedErrors.all,
		putNote: notes.put,
		notes: notes.all,
		putTransition: transitions.put,
		transitions: transitions.of,
		agreement: agreements.of,
		agree: agreements.put,
		putSamples: samples.put,
		flushSamples: () => samples.flush(true),
		samplesOf: samples.of,
		sampledSafes() {
			const outcome = file.read(readSampledSafes);
			return outcome.ok ? outcome.value : [];
		},
		forget({ keys, safes }) {
			const isForgotten = isOfKeys(keys);
			queue.drop((measurement: Measurement) => isForgotten(measurement.key));
			samples.drop(safes);
			const rows = forgetRows(file, keys, safes, now());
			notes.invalidate();
			reportedErrors.invalidate();
			return rows;
		},
		close() {
			for (const timer of timers) clearTimeout(timer);
			queue.finish(closeWithinMs);
			deferred.retry();
			claims.releaseAll();
			file.close();
		},
	};
}
