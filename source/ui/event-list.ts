import type { SessionEvent } from '../domain/event.ts';
import { describeEvent, type EventText } from '../report/event-text.ts';

/** A line of the list of events: one, or Safes that changed in the same way within a few minutes. */
export type EventLine = {
	/** The same while the list grows. */
	readonly key: string;
	/** Milliseconds since 1970, of the first. */
	readonly at: number;
	readonly text: EventText;
	readonly connector: string | null;
	/** Names. */
	readonly safes: readonly string[];
	/** A Safe of the line above it. */
	readonly isMember: boolean;
};

/** One sweep finds what happened at one moment over some minutes. */
const togetherMs = 10 * 60_000;

/** The events as they are listed, oldest first; filtered by words. The members of one line can be shown below it. Pure. */
export function listEvents(
	events: readonly SessionEvent[],
	query: string,
	opened: string | null,
): readonly EventLine[] {
	const words = query.trim().toLowerCase().split(/\s+/);
	return joinEvents(events)
		.filter((line) => {
			const text = `${line.text.who} ${line.text.what} ${line.text.detail} ${line.text.verdict} ${line.connector ?? ''} ${line.safes.join(' ')}`;
			return words.every((word) => text.toLowerCase().includes(word));
		})
		.flatMap((line) => (line.key === opened ? [line, ...membersOf(line)] : [line]));
}

let cache: { readonly events: readonly SessionEvent[]; readonly lines: readonly EventLine[] } | null = null;

/** Read with every key and frame, made anew only when something happened. */
function joinEvents(events: readonly SessionEvent[]): readonly EventLine[] {
	if (cache?.events === events) return cache.lines;
	const lines: Array<{ key: string; at: number; event: SessionEvent }> = [];
	const open = new Map<string, number>();
	for (const event of events) {
		const at = Date.parse(event.at);
		const alike =
			event.kind === 'safes' ? JSON.stringify([event.connector, event.from, event.to, kindOfRows(event)]) : null;
		const known = alike === null ? undefined : lines[open.get(alike) ?? -1];
		if (event.kind === 'safes' && known?.event.kind === 'safes' && at - known.at < togetherMs) {
			const safes = [...new Set([...known.event.safes, ...event.safes])];
			known.event = { ...known.event, safes };
			continue;
		}
		if (alike !== null) open.set(alike, lines.length);
		lines.push({ key: `${event.at} ${event.kind} ${nameOf(event)}`, at, event });
	}
	cache = { events, lines: lines.map(({ key, at, event }) => lineOf(key, at, event)) };
	return cache.lines;
}

/** Which rows changed matters only where nothing else did. */
function kindOfRows({ from, to, rows }: Extract<SessionEvent, { kind: 'safes' }>): unknown {
	const isSame = from !== null && from.verdict === to.verdict && from.cause === to.cause;
	return isSame ? rows.map((row) => [row.check, row.from, row.to]) : null;
}

function nameOf(event: SessionEvent): string {
	if (event.kind === 'safes') return `${event.connector} ${event.safes[0]}`;
	return event.kind === 'connector' ? event.connector : '';
}

function lineOf(key: string, at: number, event: SessionEvent): EventLine {
	const safes = event.kind === 'safes' ? event.safes : [];
	const connector = 'connector' in event ? event.connector : null;
	const text = describeEvent(event);
	// What one of many said is not what all said.
	const detail = safes.length > 1 ? (text.detail.split('; ')[0] ?? '') : text.detail;
	return { key, at, text: { ...text, detail }, connector, safes, isMember: false };
}

function membersOf(line: EventLine): EventLine[] {
	if (line.safes.length < 2) return [];
	return line.safes.map((name) => ({
		...line,
		key: `${line.key} ${name}`,
		text: { ...line.text, who: name },
		safes: [name],
		isMember: true,
	}));
}
