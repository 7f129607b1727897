import { type CheckResult, checkIds, rowsOf, type SessionWordsResult } from '../../domain/check.ts';
import { formatMoment } from '../../domain/time.ts';
import { fixContextFor } from '../../engine/session/read.ts';
import type { SafeState, Session } from '../../engine/session/session.ts';
import { verdictGlyphs } from '../../report/glyphs.ts';
import { rowDetails } from '../../report/row-details.ts';
import { causeTexts } from '../../runbook/causes.ts';
import { checkById } from '../../runbook/checks.ts';
import type { FixContext } from '../../runbook/fix-context.ts';
import { toldCause } from '../../runbook/fix-result.ts';
import { stepsFor } from '../../runbook/fixes.ts';
import { notVisible } from '../../runbook/not-visible.ts';
import { describeSessionWords } from '../../runbook/session-words.ts';
import { currentRow } from '../row-actions.ts';
import { Rows, titleRule } from '../rows.tsx';
import { listOf, useScreen, useSecond, useStore } from '../screen.ts';
import { activityOf, againMark, measuringText, signOfRow } from '../signs.ts';
import { paint, paintMaybe, type Theme, verdictStyles } from '../theme.ts';
import { truncate, widthOf, wrap } from '../width.ts';

/** The answer for the selected Safe: its five rows, what was compared, why, and what to do. */
export function Checks({ columns, height }: { columns: number; height: number }) {
	const screen = useScreen();
	const { engine, theme, view, ends } = screen;
	const session = useStore(engine.session, (state) => state);
	const state = useStore(view, (current) => current);
	const { selected } = listOf(session, state);
	useSecond(selected?.running != null);
	const focused = state.focus === 'checks';
	const safe = session.inventory.safes.find(({ name }) => name === selected?.result.name);
	if (selected === null || safe === undefined) {
		return (
			<Rows
				lines={[titleRule(theme, 'Checks', 'no Safe selected', columns, focused)]}
				columns={columns}
				height={height + 1}
			/>
		);
	}
	const context = fixContextFor(engine.session, safe);
	const drawn = (most: number | null) => checksLines(theme, selected, context, columns - rightMargin, most);
	const whole = drawn(null);
	const lines = whole.length <= height ? whole : drawn(height);
	ends.checks = Math.max(0, lines.length - height);
	ends.rowLines = rowLines(theme, selected, columns - rightMargin);
	const marked = focused ? ends.rowLines[checkIds.indexOf(currentRow(screen))] : undefined;
	if (marked !== undefined) lines[marked] = markRow(theme, lines[marked] ?? '');
	const about = describeSafe(session, selected);
	const title = titleRule(theme, 'Checks', about, columns, focused, activityOf(selected, Date.now()));
	const shown = windowOf(theme, lines, height, Math.min(state.checksOffset, ends.checks), focused);
	return <Rows lines={[title, ...shown]} columns={columns} height={height + 1} />;
}

/** What does not fit is said, with how to get to it. */
function windowOf(
	theme: Theme,
	lines: readonly string[],
	height: number,
	offset: number,
	focused: boolean,
): readonly string[] {
	const shown = lines.slice(offset, offset + height);
	const below = lines.length - height - offset;
	if (below <= 0) return shown;
	const hint = ` … ${below + 1} more lines: ${focused ? 'down' : 'enter, then down'}`;
	return [...shown.slice(0, -1), paint(theme, 'dim', hint)];
}

function describeSafe({ inventory }: Session, { result }: SafeState): string {
	const safe = inventory.safes.find(({ name }) => name === result.name);
	const time = measuredTime(rowsOf(result));
	const when = time === null ? 'not measured yet' : formatMoment(time, Date.now());
	return `${result.name} · ${safe?.username ?? '?'}@${result.target} via ${result.connector} · ${when}`;
}

/** Of the row that tells: the failing one, else the oldest that was measured at the target. Row 1 is asked far more often. */
function measuredTime(rows: readonly CheckResult[]): number | null {
	const failing = rows.find(({ verdict, measuredAt }) => verdict === 'fail' && measuredAt !== null);
	const times = (failing === undefined ? rows.slice(1) : [failing]).flatMap(({ measuredAt }) => measuredAt ?? []);
	return times.length === 0 ? null : Math.min(...times.map((time) => Date.parse(time)));
}

const titleColumns = 9;
const rightMargin = 1;
const indent = 4;

/** With a height, what is least needed to act is left out, or cut: blank lines, and of the explanation what the first step leaves no room for. */
export function checksLines(
	theme: Theme,
	state: SafeState,
	context: FixContext,
	columns: number,
	height: number | null = null,
): string[] {
	const { result } = state;
	const space = height === null ? [''] : [];
	const rows = [
		...rowsOf(result).flatMap((row) => checkLines(theme, state, row, columns)),
		...(result.sessionWords === undefined ? [] : wordsLines(theme, result.sessionWords, columns)),
	];
	const cause = toldCause(result);
	if (cause === null) return [...rows, ...space, ...nextSteps(theme, rowsOf(result), columns)];
	const why = labelled(theme, 'Why', causeTexts[cause].why, columns);
	const all = stepsFor(cause, context);
	const doing = steps(theme, all, columns);
	if (height === null) return [...rows, '', ...why, ...doing];
	const first = steps(theme, all.slice(0, 1), columns).length;
	const room = height - rows.length - first - (doing.length > first ? 1 : 0);
	return [
		...rows,
		...(why.length <= room ? why : room > 0 ? [cutLabelled(theme, 'Why', causeTexts[cause].why, columns)] : []),
		...doing,
	];
}

/** The beginning of a text that has one line. */
function cutLabelled(theme: Theme, label: string, text: string, columns: number): string {
	return ` ${paint(theme, 'bold', label.padEnd(5))} ${truncate(text, columns - 7)}`;
}

/** At which line each row begins. */
function rowLines(theme: Theme, state: SafeState, columns: number): number[] {
	let line = 0;
	return rowsOf(state.result).map((row) => {
		const begins = line;
		line += checkLines(theme, state, row, columns).length;
		return begins;
	});
}

/** The row the keys act on: a sign in front and its title inverse, the rest as it is. */
function markRow(theme: Theme, line: string): string {
	return `▶${paint(theme, 'inverse', line.slice(1, 3 + titleColumns))}${line.slice(3 + titleColumns)}`;
}

function checkLines(theme: Theme, state: SafeState, row: CheckResult, columns: number): string[] {
	const { number, title } = checkById[row.id];
	const isRunning = state.running?.checks.includes(row.id) ?? false;
	const sign = signOfRow(row);
	const isFirst = isRunning && sign === 'running';
	// A row that is not tried waits for the one before it.
	const isAgain = isRunning && !isFirst && row.verdict !== 'skip';
	const lead = ` ${number} ${title.padEnd(titleColumns)} `;
	const room = columns - lead.length - 2;
	const [first = '', ...rest] = wrap(isFirst ? measuringText(state, Date.now()) : row.summary, room);
	const again = isAgain ? ' '.repeat(Math.max(0, room - widthOf(first))) + againMark(theme, true) : '';
	const style = row.verdict === 'skip' ? 'dim' : null;
	const lines = [
		`${lead}${paintMaybe(theme, verdictStyles[sign], verdictGlyphs[sign])} ${paintMaybe(theme, style, first)}${again}`,
		...rest.map((line) => ' '.repeat(lead.length + 2) + line),
	];
	for (const [label, value] of rowDetails(row)) {
		const text = label === '' ? value : `${label.padEnd(8)}${value}`;
		lines.push(...wrap(text, columns - indent, 2).map((line) => ' '.repeat(indent) + line));
	}
	return lines;
}

function wordsLines(theme: Theme, words: SessionWordsResult, columns: number): string[] {
	const style = words.agrees === false ? 'yellow' : null;
	return wrap(` ${describeSessionWords(words, Date.now())}`, columns, 2).map((line) => paintMaybe(theme, style, line));
}

function labelled(theme: Theme, label: string, text: string, columns: number): string[] {
	const [first = '', ...rest] = wrap(text, columns - 7, 2);
	return [` ${paint(theme, 'bold', label.padEnd(5))} ${first}`, ...rest.map((line) => ' '.repeat(7) + line)];
}

function steps(theme: Theme, texts: readonly string[], columns: number): string[] {
	return texts.flatMap((text, index) =>
		labelled(theme, index === 0 ? 'Do' : '', texts.length === 1 ? text : `${index + 1} ${text}`, columns),
	);
}

/** Where no cause says what to do. */
function nextSteps(theme: Theme, rows: readonly CheckResult[], columns: number): string[] {
	if (rows.every(({ verdict }) => verdict === 'pass'))
		return labelled(theme, 'Still', `failing? ${notVisible} x writes the report.`, columns);
	if (rows.every(({ measuredAt }) => measuredAt === null))
		return steps(theme, ['r measures this Safe, R all of them'], columns);
	const refusal = rows
		.map(({ id, evidence }) => (id === 'port' || id === 'ssh-key' ? evidence?.refusal : null))
		.find((found) => found != null);
	const texts = [
		...rows.flatMap(({ action }) => action ?? []),
		...(refusal === undefined
			? []
			: [`${refusal.detail}${refusal.reason === 'unfinished' ? '; r twice goes on at your own risk' : ''}`]),
		...(rows.some(({ id, verdict }) => id === 'ssh-key' && verdict === 'untested')
			? ['launch a session from VaultPAM: only that tests the password']
			: []),
	];
	return steps(theme, [...new Set(texts)], columns);
}
