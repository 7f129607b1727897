import { stringify } from 'yaml';
import type { CheckId, CheckResult } from '../domain/check.ts';
import type { SessionEvent } from '../domain/event.ts';
import { formatClock, formatMoment } from '../domain/time.ts';
import type { SafeState } from '../engine/session/session.ts';
import type { LogLine } from '../logs/log-line.ts';
import { askedFor } from '../report/asked.ts';
import { verdictGlyphs } from '../report/glyphs.ts';
import { comparedKeys, rowDetails } from '../report/row-details.ts';
import { causeTexts } from '../runbook/causes.ts';
import { checkById } from '../runbook/checks.ts';
import type { FixContext } from '../runbook/fix-context.ts';
import { stepsFor } from '../runbook/fixes.ts';
import { formatDuration } from '../runbook/judgement.ts';
import { describeMeasurements, describeRowHistory, rowHistory } from '../runbook/row-history.ts';
import { describeSessionWords } from '../runbook/session-words.ts';
import type { RowHistory } from '../runbook/stability.ts';
import { logLines } from './log-lines.ts';
import { paint, paintMaybe, type Theme, verdictStyles } from './theme.ts';
import { wrap } from './width.ts';

/** Beside the Safe itself. */
export type EvidenceContext = {
	readonly fix: FixContext | null;
	readonly events: readonly SessionEvent[];
	readonly measurements: RowHistory[CheckId];
	/** Newest lines of the connector's log that name the Safe, from shortly before the probe on. */
	readonly named: readonly LogLine[];
	readonly now: number;
};

/** Milliseconds as they were measured have more places than meaning. */
const rounded = (_: unknown, value: unknown) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value);

/** The answer first: verdict, what was compared, why, what to do. Then how it came about, and last the raw evidence. */
export function evidenceLines(
	theme: Theme,
	state: SafeState,
	check: CheckId,
	columns: number,
	context: EvidenceContext,
): string[] {
	const row = state.result.checks[check];
	const found = checkById[check];
	const entry = (label: string, value: string) => labelled(theme, label, value, columns);
	return [
		...wrap(` ${found.question} It passes when ${found.passesWhen}.`, columns - 1, 1).map((line) =>
			paint(theme, 'dim', line),
		),
		'',
		...answerLines(theme, row, columns),
		...stepLines(theme, row, context.fix, columns),
		'',
		...entry(
			'measured',
			row.measuredAt === null
				? 'not yet'
				: `${formatMoment(Date.parse(row.measuredAt), context.now)} from ${row.measuredFrom}${row.durationMs === null ? '' : `, took ${formatDuration(row.durationMs)}`}`,
		),
		...historyLines(theme, state, check, columns, context),
		...askedFor(row, context.now).flatMap((line, index) => entry(index === 0 ? 'asked' : '', line)),
		...(state.result.sessionWords === undefined
			? []
			: entry('session', describeSessionWords(state.result.sessionWords, context.now))),
		...nearLines(theme, state, row, columns, context),
		...rawLines(theme, row, columns),
	];
}

const labelColumns = 10;

function labelled(theme: Theme, label: string, value: string, columns: number): string[] {
	const [first = '', ...rest] = wrap(value, columns - labelColumns - 2);
	return [
		` ${paint(theme, 'dim', label.padEnd(labelColumns))}${first}`,
		...rest.map((line) => ' '.repeat(labelColumns + 1) + line),
	];
}

/** Stored and offered stand above each other, whole, also where they are equal. */
function answerLines(theme: Theme, row: CheckResult, columns: number): string[] {
	const details = rowDetails(row);
	const shown = details.length > 0 ? details : comparedKeys(row);
	const cause = row.cause === null ? '' : ` (${row.cause})`;
	return [
		...wrap(` ${verdictGlyphs[row.verdict]} ${row.verdict}: ${row.summary}${cause}`, columns - 1, 2).map((line) =>
			paintMaybe(theme, verdictStyles[row.verdict], line),
		),
		...shown.flatMap(([label, value]) =>
			wrap(label === '' ? value : `${label.padEnd(8)}${value}`, columns - 5, 2).map((line) => `    ${line}`),
		),
		...(row.comparedWith === null || shown.length > 0
			? []
			: labelled(theme, 'compared', `with ${row.comparedWith}`, columns)),
	];
}

function stepLines(theme: Theme, row: CheckResult, fix: FixContext | null, columns: number): string[] {
	const isOpen = row.verdict === 'fail' || row.verdict === 'warn' || row.verdict === 'unknown';
	if (row.cause === null || !isOpen) return row.action === null ? [] : labelled(theme, 'do', row.action, columns);
	const steps = fix === null ? [] : stepsFor(row.cause, fix);
	return [
		...labelled(theme, 'why', causeTexts[row.cause].why, columns),
		...steps.flatMap((step, index) =>
			labelled(theme, index === 0 ? 'do' : '', steps.length === 1 ? step : `${index + 1} ${step}`, columns),
		),
	];
}

function historyLines(
	theme: Theme,
	state: SafeState,
	check: CheckId,
	columns: number,
	context: EvidenceContext,
): string[] {
	const { events, measurements, now } = context;
	const changes = describeRowHistory(rowHistory(events, state.result.name, check), now);
	const lately = describeMeasurements(measurements);
	const said = [changes, lately].filter((text) => text !== null).join('; ');
	return said === '' ? [] : labelled(theme, 'history', said, columns);
}

/** What the connector wrote about it; also that it wrote nothing. */
function nearLines(
	theme: Theme,
	{ result }: SafeState,
	row: CheckResult,
	columns: number,
	{ named }: EvidenceContext,
): string[] {
	const when = row.measuredAt === null ? '' : `; o opens it at ${formatClock(Date.parse(row.measuredAt))}`;
	const what = named.length === 0 ? 'has no lines near the probe that name' : 'newest lines that name';
	const head = wrap(
		` Log of ${result.connector}${named.length === 0 ? ' ' : ', '}${what} this Safe or its target${when}`,
		columns - 1,
		1,
	);
	return [
		'',
		...head.map((line) => paint(theme, 'bold', line)),
		...named.flatMap((line) => logLines(theme, line, columns)),
	];
}

/** What is open is drawn with every line of its log, and measured once in minutes. */
const texts = new WeakMap<object, string>();

function rawText(evidence: NonNullable<CheckResult['evidence']>): string {
	let text = texts.get(evidence);
	if (text === undefined) {
		text = stringify(evidence, rounded, { lineWidth: 0 }).trimEnd();
		texts.set(evidence, text);
	}
	return text;
}

function rawLines(theme: Theme, row: CheckResult, columns: number): string[] {
	if (row.evidence === null) return [];
	const text = rawText(row.evidence).split('\n');
	return ['', ` ${paint(theme, 'bold', 'Raw')}`, ...text.flatMap((line) => wrap(` ${line}`, columns - 1, 4))];
}
