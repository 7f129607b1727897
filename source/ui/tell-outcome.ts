import type { SafeResult } from '../domain/check.ts';
import type { BudgetRefusal } from '../domain/evidence.ts';
import type { Safe } from '../domain/inventory.ts';
import { describeWriter } from '../domain/measurement.ts';
import type { Engine } from '../engine/engine.ts';
import { factsOf } from '../engine/session/read.ts';
import { sayUnless } from './notice.ts';
import { measuredAt } from './rerun.ts';
import { freeAt, type Tried } from './rerun-outcome.ts';
import type { Screen } from './screen.ts';

/**
 * Says what came of it once all is measured, until a verdict changes. It is taken from what was really measured after the key press.
 *
 * @param run settles when all that was asked for is measured, or cannot be.
 */
export async function tellOutcome(
	{ engine, view }: Screen,
	names: readonly string[],
	run: Promise<void>,
	words: (tried: readonly Tried[]) => string | null,
): Promise<void> {
	const at = Date.now();
	const { session } = engine;
	const before = new Map(names.map((name) => [name, session.safe(name)?.result]));
	await run;
	if (engine.signal.aborted) return;
	const tried = session.get().inventory.safes.flatMap((safe): Tried[] => {
		const [was, after] = [before.get(safe.name), session.safe(safe.name)?.result];
		if (was === undefined || after === undefined) return [];
		return [{ before: was, after, ...measuredSince(engine, safe, after, at) }];
	});
	const text = words(tried);
	if (text === null || tried.length === 0) return;
	const free = freeAt(tried);
	const isOver = () =>
		(free !== null && free <= Date.now()) ||
		tried.some(({ after: told }) => {
			const now = session.safe(told.name)?.result;
			return now === undefined || now.verdict !== told.verdict || now.cause !== told.cause;
		});
	sayUnless(view, text, isOver, free);
}

function lastOf({ sharing }: Engine, { checks }: SafeResult, at: number | null, time: number): Pick<Tried, 'last'> {
	if (at === null || at > time) return {};
	const { measuredBy } = checks.port;
	const isOwn = measuredBy === null || measuredBy === sharing.self;
	return { last: { agoMs: time - at, by: isOwn ? null : describeWriter(measuredBy, sharing.self.uid) } };
}

/** What was measured of a Safe since a time, and why not all of it was. */
function measuredSince(engine: Engine, safe: Safe, result: SafeResult, time: number): Omit<Tried, 'before' | 'after'> {
	const { refusal, authRefusal } = factsOf(engine.session, safe);
	// One that has run off is of another time: this run did not come as far as the budget.
	const isNew = (held: BudgetRefusal | null) =>
		held !== null && (held.freeAt === null || Date.parse(held.freeAt) > Date.now());
	const at = measuredAt(result);
	const held = [refusal, authRefusal].find(isNew) ?? null;
	const isMeasured = refusal === null && at !== null && at >= time;
	return { measuredAt: isMeasured ? at : null, refusal: held, ...lastOf(engine, result, at, time) };
}
