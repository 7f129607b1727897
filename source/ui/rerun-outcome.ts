import { rowsOf, type SafeResult } from '../domain/check.ts';
import type { BudgetRefusal } from '../domain/evidence.ts';
import { formatClock } from '../domain/time.ts';
import { countSafes } from '../report/check-report.ts';
import { checkById } from '../runbook/checks.ts';
import { isUnmeasured, labelOf } from './safe-book.ts';

/** What it came to that Safes were measured again, in one line. Pure. */

/** A Safe that a key asked to have measured. */
export type Tried = {
	readonly before: SafeResult;
	readonly after: SafeResult;
	/** When the measurement began that was asked for: milliseconds since 1970. Null where there was none. */
	readonly measuredAt: number | null;
	/** Why not all of it was measured. */
	readonly refusal: BudgetRefusal | null;
	/** What stands in its place: how long before the key press that was measured, and by whom where that is not this program. */
	readonly last?: { readonly agoMs: number; readonly by: string | null };
};

/** Milliseconds: what is older is told by its row. */
const agoToldMs = 120_000;

/** `db-primary measured 16:11:31: still port refused`, `db-primary measured 8 s before your key press by exporter; free at 16:11:40` */
export function outcomeOfOne(tried: Tried): string {
	const { before, after, measuredAt, refusal, last } = tried;
	if (measuredAt === null && last !== undefined && last.agoMs < agoToldMs) {
		const by = last.by === null ? '' : ` by ${last.by}`;
		return `${after.name} measured ${Math.round(last.agoMs / 1000)} s before your key press${by}; ${whyNot([tried])}`;
	}
	if (measuredAt === null) return `${after.name} not measured again: ${whyNot([tried])}`;
	const rest = refusal === null ? '' : `; login not asked again: ${whyNot([tried])}`;
	return `${after.name} measured ${formatClock(measuredAt)}: ${changeOf(before, after)}${rest}`;
}

/** `3 of 62 measured 16:11:31: app-01 now passes, 2 still port timeout` */
export function outcomeOfGroup(all: readonly Tried[], members: number): string {
	const { measured, time, missing } = split(all);
	if (time === null) return `none of ${countSafes(members)} measured again: ${whyNot(all)}`;
	const still = measured.filter(({ before, after }) => isSame(before, after));
	const others = measured
		.filter(({ before, after }) => !isSame(before, after))
		.map(({ before, after }) => `${after.name} ${changeOf(before, after)}`);
	const label = still[0] === undefined ? '' : `still ${labelOf(still[0].after)}`;
	const stillText = others.length === 0 || label === '' ? label : `${still.length} ${label}`;
	const parts = [...others, ...(stillText === '' ? [] : [stillText])];
	const next = others.length === 0 ? '' : '; R measures all';
	return `${measured.length} of ${members} measured ${formatClock(time)}: ${parts.join(', ')}${missing}${next}`;
}

/** `all measured 16:11:31: 2 fail (1 new), 1 passes again` */
export function outcomeOfAll(all: readonly Tried[]): string {
	const { measured, time, missing } = split(all);
	if (time === null) return `none measured again: ${whyNot(all)}`;
	const who = measured.length === all.length ? 'all' : `${measured.length} of ${all.length}`;
	const failing = all.filter(({ after }) => after.verdict === 'fail');
	const fresh = failing.filter(({ before }) => before.verdict !== 'fail' && !isUnmeasured(before));
	const mended = measured.filter(({ before, after }) => before.verdict === 'fail' && after.verdict !== 'fail');
	const passing = mended.filter(({ after }) => after.verdict === 'pass');
	const news = fresh.length === 0 ? '' : ` (${fresh.length} new)`;
	const fails = failing.length === 0 ? 'none fails' : `${countVerb(failing.length, 'fail')}${news}`;
	const parts = [
		fails,
		...(passing.length === 0 ? [] : [`${countVerb(passing.length, 'pass')} again`]),
		...(mended.length === passing.length ? [] : [`${mended.length - passing.length} no longer known to fail`]),
	];
	const same = parts.length === 1 && news === '' && failing.length > 0 ? ', as before' : '';
	return `${who} measured ${formatClock(time)}: ${parts.join(', ')}${same}${missing}`;
}

const countVerb = (count: number, verb: 'fail' | 'pass') => {
	if (count !== 1) return `${count} ${verb}`;
	return verb === 'fail' ? '1 fails' : '1 passes';
};

function split(all: readonly Tried[]) {
	const measured = all.filter(({ measuredAt }) => measuredAt !== null);
	const times = measured.map(({ measuredAt }) => measuredAt ?? 0);
	const others = all.filter(({ measuredAt }) => measuredAt === null);
	return {
		measured,
		time: times.length === 0 ? null : Math.max(...times),
		missing: others.length === 0 ? '' : `; ${others.length} not: ${whyNot(others)}`,
	};
}

function isSame(before: SafeResult, after: SafeResult): boolean {
	return before.verdict === after.verdict && before.cause === after.cause;
}

/** `still port refused`, `now passes`, `now key rejected (host key: fail → pass)` */
function changeOf(before: SafeResult, after: SafeResult): string {
	const label = after.verdict === 'pass' ? 'passes' : labelOf(after);
	if (isUnmeasured(before)) return label;
	const rows = rowsOf(after).flatMap((row) => {
		const was = before.checks[row.id];
		const isTold = was.verdict !== row.verdict && was.verdict !== 'skip' && row.verdict !== 'skip';
		return isTold
			? `${checkById[row.id].title.replace(/^\w(?=[a-z])/, (letter) => letter.toLowerCase())}: ${was.verdict} → ${row.verdict}`
			: [];
	});
	const detail = rows.length === 0 || after.verdict === 'pass' ? '' : ` (${rows.join(', ')})`;
	return `${isSame(before, after) ? 'still' : 'now'} ${label}${detail}`;
}

/** The latest time: then all of them are free. */
export function freeAt(all: readonly Tried[]): number | null {
	const times = all.flatMap(({ refusal }) => (refusal?.freeAt == null ? [] : Date.parse(refusal.freeAt)));
	return times.length === 0 ? null : Math.max(...times);
}

function whyNot(all: readonly Tried[]): string {
	const free = freeAt(all);
	if (free !== null) return `free at ${formatClock(free)}`;
	return all.find(({ refusal }) => refusal !== null)?.refusal?.detail ?? 'the row says why';
}
