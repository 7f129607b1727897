import stringWidth from 'string-width';
import { cleanText } from '../domain/clean.ts';
import type { SessionEvent } from '../domain/event.ts';
import { formatIsoMoment, zoneName } from '../domain/time.ts';
import type { SafeHistory } from '../runbook/safe-history.ts';
import { digestEvents, digestWords } from './event-digest.ts';
import { describeEvent, standingWords } from './event-text.ts';

const flap = 2;

/** Events as lines for people, newest last, under what became of all of them. */
export function formatHistory(events: readonly SessionEvent[], now: number): string {
	const [first] = events;
	if (first === undefined) return 'nothing is kept of that time';
	const from = Date.parse(first.at);
	return [
		`since ${formatIsoMoment(first.at, now)} ${zoneName(now)}: ${digestWords(digestEvents(events, from))}`,
		'',
		...eventLines(events, now),
	].join('\n');
}

/** The same for one Safe: how it stands, since when, and when it last passed. */
export function formatSafeHistory(
	name: string,
	events: readonly SessionEvent[],
	history: SafeHistory,
	now: number,
): string {
	const { standing, since, lastGood, changesInADay } = history;
	const good = lastGood === null ? '' : `; passed until ${formatIsoMoment(lastGood, now)}`;
	const never =
		lastGood === null && standing.verdict !== 'pass' ? '; not seen passing in the 30 days that are kept' : '';
	const flapping = changesInADay < flap ? '' : `; ${changesInADay} changes in a day`;
	return [
		`${name}: ${standingWords(standing)} since ${formatIsoMoment(since, now)} ${zoneName(now)}${good}${never}${flapping}`,
		'',
		...eventLines(events, now),
	].join('\n');
}

function eventLines(events: readonly SessionEvent[], now: number): string[] {
	const rows = events.map((event) => {
		const { glyph, who, what, detail } = describeEvent(event);
		// It comes from a file that anything may have been written to.
		return { at: formatIsoMoment(event.at, now), glyph, who: cleanText(who), what, detail: cleanText(detail) };
	});
	const widest = (column: 'at' | 'who' | 'what') => Math.max(0, ...rows.map((row) => stringWidth(row[column])));
	const widths = { at: widest('at'), who: widest('who'), what: widest('what') };
	const pad = (text: string, width: number) => text + ' '.repeat(width - stringWidth(text));
	return rows.map(({ at, glyph, who, what, detail }) =>
		`${pad(at, widths.at)}  ${glyph} ${pad(who, widths.who)}  ${pad(what, widths.what)}  ${detail}`.trimEnd(),
	);
}
