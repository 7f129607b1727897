import type { SafesEvent, SessionEvent, Standing } from '../domain/event.ts';
import type { Verdict } from '../domain/verdict.ts';
import { causeTexts } from '../runbook/causes.ts';
import { checkById } from '../runbook/checks.ts';
import { statusGlyphs, statusTitles, verdictGlyphs } from './glyphs.ts';

/** An event in words, for the screen's list, `vpmon history` and the report. */
export type EventText = {
	readonly glyph: string;
	/** What it is painted as. */
	readonly verdict: Verdict;
	/** Whom it happened to. */
	readonly who: string;
	/** How that stands now: two to four words. */
	readonly what: string;
	/** How it stood before, or what tells more. */
	readonly detail: string;
};

const statusVerdicts = {
	online: 'pass',
	degraded: 'warn',
	offline: 'fail',
	'needs-recovery': 'fail',
	unknown: 'unknown',
} as const;

export function describeEvent(event: SessionEvent): EventText {
	switch (event.kind) {
		case 'safes':
			return describeSafes(event);
		case 'connector': {
			const before = event.from === null ? 'at first sight' : `was ${statusTitles[event.from]}`;
			return {
				glyph: statusGlyphs[event.to],
				verdict: statusVerdicts[event.to],
				who: `connector ${event.connector}`,
				what: statusTitles[event.to],
				detail: `${before}; ${event.summary}`,
			};
		}
		case 'sweep':
			return vpmonItself('a sweep was cut short', `after ${event.done} of ${event.total} Safes`);
		case 'watch':
			return event.begun ? vpmonItself('started', '') : vpmonItself('ended', 'nothing is known until it started again');
	}
}

function vpmonItself(what: string, detail: string): EventText {
	return { glyph: '·', verdict: 'skip', who: 'vpmon', what, detail };
}

function describeSafes({ safes, connector, from, to, rows, summary }: SafesEvent): EventText {
	const [name = ''] = safes;
	const who = safes.length === 1 ? name : `${safes.length} Safes via ${connector}`;
	const base = { glyph: verdictGlyphs[to.verdict], verdict: to.verdict, who };
	if (from !== null && from.verdict === to.verdict && from.cause === to.cause) {
		// The row that changed for the worse says more than those behind it, which were only not tried.
		const row = rows.find((candidate) => candidate.to !== 'skip') ?? rows[0];
		const found = row === undefined ? undefined : checkById[row.check];
		const what = `row ${found?.number} ${row?.to}`;
		return { ...base, what, detail: `${found?.title} was ${row?.from}; ${row?.summary}` };
	}
	const before = from === null ? 'at first sight' : `was ${standingWords(from)}`;
	return { ...base, what: standingWords(to), detail: to.verdict === 'pass' ? before : `${before}; ${summary}` };
}

/** `passing`, `host key changed`, `unknown` */
export function standingWords({ verdict, cause }: Standing): string {
	if (verdict === 'pass') return 'passing';
	if (cause !== null) return causeTexts[cause].label;
	return { fail: 'failing', warn: 'with a warning', unknown: 'unknown', untested: 'untested' }[verdict];
}
