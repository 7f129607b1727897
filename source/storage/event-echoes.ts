import type { SessionEvent, Standing } from '../domain/event.ts';

/**
 * Programs that watch one inventory tell of the same changes, a little apart: the same change cannot come twice in a row, whatever each
 * of them knew of the time before.
 */

/** One thing that an event tells: how a Safe, one of its rows or a connector stands now. */
type Telling = { readonly of: string; readonly says: string };

/** All that an event tells of one of its Safes; of its connector where it is about that. */
function tellingsOf(event: SessionEvent, safe: string): readonly Telling[] {
	if (event.kind === 'connector') return [{ of: `connector ${event.connector}`, says: event.to }];
	if (event.kind !== 'safes') return [];
	const { from, to, rows } = event;
	const standing = { of: `safe ${safe}`, says: JSON.stringify([to.verdict, to.cause]) };
	const ofRows = rows.map((row) => ({ of: `${row.check} ${safe}`, says: JSON.stringify([row.to, row.cause]) }));
	return isSame(from, to) ? ofRows : [standing, ...ofRows];
}

/** The part of it that makes it an echo where it was told before: which rows changed is a detail of how a Safe came to stand otherwise. */
function decidingOf(event: SessionEvent, safe: string): readonly Telling[] {
	const all = tellingsOf(event, safe);
	return event.kind === 'safes' && !isSame(event.from, event.to) ? all.slice(0, 1) : all;
}

function isSame(from: Standing | null, to: Standing): boolean {
	return from?.verdict === to.verdict && from.cause === to.cause;
}

/** What is left of an event without what is told already; null where nothing is. */
function without(event: SessionEvent, isTold: (telling: Telling) => boolean): SessionEvent | null {
	const isEcho = (safe: string) => {
		const deciding = decidingOf(event, safe);
		return deciding.length > 0 && deciding.every(isTold);
	};
	if (event.kind !== 'safes') return isEcho('') ? null : event;
	const safes = event.safes.filter((name) => !isEcho(name));
	if (safes.length === event.safes.length) return event;
	return safes.length === 0 ? null : { ...event, safes };
}

function allTellingsOf(event: SessionEvent): readonly Telling[] {
	return event.kind === 'safes' ? event.safes.flatMap((name) => tellingsOf(event, name)) : tellingsOf(event, '');
}

/** @param events by their times. */
export function leaveOutEchoes(events: readonly SessionEvent[]): SessionEvent[] {
	const last = new Map<string, string>();
	return events.flatMap((event) => {
		const left = without(event, ({ of, says }) => last.get(of) === says);
		if (left === null) return [];
		for (const { of, says } of allTellingsOf(left)) last.set(of, says);
		return [left];
	});
}

/** The events of others that are not among those that are known: where they are, what came just before or just after says the same. */
export function unheardOf(known: readonly SessionEvent[], others: readonly SessionEvent[]): SessionEvent[] {
	const told = new Map<string, Array<{ readonly at: number; readonly says: string }>>();
	for (const event of others) for (const { of } of allTellingsOf(event)) told.set(of, []);
	const note = (event: SessionEvent) => {
		const at = Date.parse(event.at);
		for (const { of, says } of allTellingsOf(event)) {
			const here = told.get(of);
			if (here === undefined) continue;
			here.push({ at, says });
			here.sort((a, b) => a.at - b.at);
		}
	};
	for (const event of known) note(event);
	return others.flatMap((event) => {
		const at = Date.parse(event.at);
		const left = without(event, ({ of, says }) => {
			const here = told.get(of) ?? [];
			return here.findLast((one) => one.at <= at)?.says === says || here.find((one) => one.at > at)?.says === says;
		});
		if (left === null) return [];
		note(left);
		return [left];
	});
}

/**
 * One history of what this user's programs kept and of what all programs of the host told.
 *
 * @returns by their times, each change once.
 */
export function mergeEvents(...histories: ReadonlyArray<readonly SessionEvent[]>): SessionEvent[] {
	return leaveOutEchoes(histories.flat().toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)));
}
