import type { SessionEvent, Standing } from '../domain/event.ts';

/** What became of a stretch of time: enough to know after a night whether to look further. */
export type EventDigest = {
	/** Names: failing at its end and not at its beginning, or not known then. */
	readonly broken: readonly string[];
	/** Failed meanwhile, and do no more. */
	readonly recovered: readonly string[];
	/** Failed from its beginning, and do no more. */
	readonly mended: readonly string[];
	readonly connectorsDown: readonly string[];
	readonly connectorsBack: readonly string[];
	/** vpmon did not run all the time. */
	readonly hasGap: boolean;
};

/** @param from milliseconds since 1970. Pure. */
export function digestEvents(events: readonly SessionEvent[], from: number): EventDigest {
	const lately = events.filter(({ at }) => Date.parse(at) >= from);
	const safes = new Map<
		string,
		{ readonly first: Standing | null; readonly last: Standing; readonly failed: boolean }
	>();
	const connectors = new Map<string, { readonly last: string; readonly wasDown: boolean }>();
	for (const event of lately) {
		if (event.kind === 'connector') {
			const before = connectors.get(event.connector);
			const wasDown = (before?.wasDown ?? false) || event.to !== 'online' || isDown(event.from);
			connectors.set(event.connector, { last: event.to, wasDown });
		}
		if (event.kind !== 'safes') continue;
		for (const name of event.safes) {
			const before = safes.get(name);
			const failed = (before?.failed ?? event.from?.verdict === 'fail') || event.to.verdict === 'fail';
			safes.set(name, { first: before === undefined ? event.from : before.first, last: event.to, failed });
		}
	}
	const named = [...safes];
	const isFailing = (standing: Standing | null) => standing?.verdict === 'fail';
	const known = [...connectors];
	return {
		broken: named.filter(([, { first, last }]) => isFailing(last) && !isFailing(first)).map(([name]) => name),
		recovered: named
			.filter(([, { first, last, failed }]) => failed && !isFailing(last) && !isFailing(first))
			.map(([name]) => name),
		mended: named.filter(([, { first, last }]) => isFailing(first) && !isFailing(last)).map(([name]) => name),
		connectorsDown: known.filter(([, { last }]) => last !== 'online').map(([name]) => name),
		connectorsBack: known.filter(([, { last, wasDown }]) => last === 'online' && wasDown).map(([name]) => name),
		hasGap: lastGapEnd(events) >= from,
	};
}

/** A restart takes no longer: of so short a time it is not said that nobody looked. Milliseconds. */
const shortestGap = 60_000;

/** When the last stretch in which no vpmon ran was over; where none is known, before all times. One that was killed left no end: it counts as running. */
function lastGapEnd(events: readonly SessionEvent[]): number {
	let running = 0;
	let endedAt: number | null = null;
	let gapEnd = Number.NEGATIVE_INFINITY;
	for (const event of events) {
		if (event.kind !== 'watch') continue;
		const at = Date.parse(event.at);
		if (event.begun) {
			if (running === 0 && endedAt !== null && at - endedAt >= shortestGap) gapEnd = at;
			running++;
		} else {
			// Of one that began before all that is kept only the end is known.
			running = Math.max(0, running - 1);
			endedAt = at;
		}
	}
	return gapEnd;
}

function isDown(status: string | null): boolean {
	return status !== null && status !== 'online';
}

/** In one or two sentences. */
export function digestWords(digest: EventDigest): string {
	const { broken, recovered, mended, connectorsDown, connectorsBack, hasGap } = digest;
	const some = (names: readonly string[], words: string, [one, many] = ['', 'Safes']) =>
		names.length === 0 ? [] : [names.length === 1 ? `${one}${names[0]} ${words}` : `${names.length} ${many} ${words}`];
	const connectors: [string, string] = ['connector ', 'connectors'];
	const parts = [
		...some(connectorsDown, 'went and stayed away', connectors),
		...some(connectorsBack, 'went and came back', connectors),
		...some(broken, `began to fail and still ${broken.length === 1 ? 'does' : 'do'}`),
		...some(recovered, `failed meanwhile and ${recovered.length === 1 ? 'does' : 'do'} no more`),
		...some(mended, `failed before and ${mended.length === 1 ? 'does' : 'do'} no more`),
	];
	const gap = hasGap ? ' vpmon did not run all that time.' : '';
	return `${parts.length === 0 ? 'nothing changed' : parts.join('; ')}.${gap}`;
}
