import type { ConnectorStatus } from '../domain/check.ts';
import type { Verdict } from '../domain/verdict.ts';

/** A sign and a word for every verdict, so that none hangs on its colour. */
export const verdictGlyphs: Readonly<Record<Verdict, string>> = {
	pass: '✔',
	warn: '!',
	fail: '✖',
	skip: '–',
	unknown: '?',
	untested: '○',
	running: '…',
};

export const statusGlyphs: Readonly<Record<ConnectorStatus, string>> = {
	online: '●',
	degraded: '◐',
	offline: '✖',
	'needs-recovery': '◌',
	unknown: '?',
};

export const statusTitles: Readonly<Record<ConnectorStatus, string>> = {
	online: 'Online',
	degraded: 'Degraded',
	offline: 'Offline',
	'needs-recovery': 'Needs recovery',
	unknown: 'Unknown',
};
