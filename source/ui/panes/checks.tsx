import type { CheckResult } from '../../domain/check.ts';
import { formatClock, formatMoment } from '../../domain/time.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { SafeState, Session } from '../../engine/session.ts';
import { verdictGlyphs } from '../../report/glyphs.ts';
import { rowDetails } from '../../report/row-details.ts';
import { causeTexts } from '../../runbook/causes.ts';
import { checks } from '../../runbook/checks.ts';
import { type FixContext, stepsFor } from '../../runbook/fixes.ts';
import { Rows, titleRule } from '../rows.tsx';
import { selectedSafe } from '../safe-list.ts';
import { cachedList, useScreen, useStore } from '../screen.ts';
import { paint, paintMaybe, type Theme, verdictStyles } from '../theme.ts';
import { wrap } from '../width.ts';

/** The answer for the selected Safe: its five rows, what was compared, why, and what to do. */
export function Checks({ columns, height }: { columns: number; height: number }) {
	const { engine, theme, view } = useScreen();
	const session = useStore(engine.session, (state) => state);
	const { focus, filter, safe: name, checksOffset } = useStore(view, (state) => state);
	const state = selectedSafe(cachedList(session.safes, filter), { safe: name });
	const focused = focus === 'checks';
	if (state === null) {
		return (
			<Rows
				lines={[titleRule(theme, 'Checks', 'no Safe selected', columns, focused)]}
				columns={columns}
				height={height + 1}
			/>
		);
	}
	const safe = session.inventory.safes.find((candidate) => candidate.name === state.result.name);
	const context: FixContext | null =
		safe === undefined
			? null
			: { safe, connector: engine.knowledge.connectorOf(safe), sourceAddress: engine.knowledge.sourceAddressOf(safe) };
	const all = checksLines(theme, state, context, columns - rightMargin);
	const lines = all.length <= height ? all : checksLines(theme, state, context, columns - rightMargin, 'short');
	const title = titleRule(theme, 'Checks', describeSafe(session, state), columns, focused);
	return (
		<Rows lines={[title, ...windowOf(theme, lines, height, checksOffset)]} columns={columns} height={height + 1} />
	);
}

/** What does not fit is said, with how to get to it. */
function windowOf(theme: Theme, lines: readonly string[], height: number, wanted: number): readonly string[] {
	if (lines.length <= height) return lines;
	const offset = Math.max(0, Math.min(wanted, lines.length - height));
	const below = lines.length - height - offset;
	const shown = lines.slice(offset, offset + height);
	return below > 0
		? [...shown.slice(0, -1), paint(theme, 'dim', ` … ${below + 1} more lines: tab here, then down`)]
		: shown;
}

function describeSafe({ inventory }: Session, { result }: SafeState): string {
	const safe = inventory.safes.find(({ name }) => name === result.name);
	const newest = Math.max(...result.checks.map(({ measuredAt }) => (measuredAt === null ? 0 : Date.parse(measuredAt))));
	const when = newest === 0 ? '' : ` · ${formatMoment(newest, Date.now())}`;
	return `${result.name} · ${safe?.username ?? '?'}@${result.target} via ${result.connector}${when}`;
}

const titleColumns = 9;
const rightMargin = 1;
const indent = 4;

/** With `short`, what is least needed to act is left out: the blank line and the explanation. */
export function checksLines(
	theme: Theme,
	state: SafeState,
	context: FixContext | null,
	columns: number,
	length: 'whole' | 'short' = 'whole',
): string[] {
	const { result } = state;
	const isShort = length === 'short';
	const rows = result.checks.flatMap((row, index) => checkLines(theme, state, row, index, columns));
	if (result.verdict === 'pass') return [...rows, '', ...allPass(theme, columns)];
	const cause = result.cause ?? result.checks.find((row) => row.cause !== null)?.cause ?? null;
	if (cause === null) return [...rows, '', ...remedies(theme, result.checks, columns)];
	const steps = context === null ? [] : stepsFor(cause, context);
	return [
		...rows,
		...(isShort ? [] : ['', ...labelled(theme, 'Why', causeTexts[cause].why, columns)]),
		...steps.flatMap((step, index) => labelled(theme, index === 0 ? 'Do' : '', `${index + 1} ${step}`, columns)),
	];
}

function checkLines(theme: Theme, state: SafeState, row: CheckResult, index: number, columns: number): string[] {
	const title = (checks[index]?.title ?? row.id).padEnd(titleColumns);
	const isRunning = state.running?.checks.includes(row.id) ?? false;
	const verdict: Verdict = isRunning ? 'running' : row.verdict;
	const lead = ` ${index + 1} ${title} `;
	const [first = '', ...rest] = wrap(isRunning ? runningText(state, row) : row.summary, columns - lead.length - 2);
	const style = row.verdict === 'skip' ? 'dim' : null;
	const lines = [
		`${lead}${paintMaybe(theme, verdictStyles[verdict], verdictGlyphs[verdict])} ${paintMaybe(theme, style, first)}`,
		...rest.map((line) => ' '.repeat(lead.length + 2) + line),
	];
	for (const [label, value] of isRunning ? [] : rowDetails(row)) {
		const text = label === '' ? value : `${label.padEnd(8)}${value}`;
		lines.push(...wrap(text, columns - indent, 2).map((line) => ' '.repeat(indent) + line));
	}
	return lines;
}

function runningText({ running }: SafeState, row: CheckResult): string {
	const until = running?.waitingUntil ?? null;
	if (until !== null) return `waits for its turn in the probe budget until ${formatClock(until)}`;
	return row.measuredAt === null ? 'measuring' : `measuring; was ${row.verdict}: ${row.summary}`;
}

function labelled(theme: Theme, label: string, text: string, columns: number): string[] {
	const [first = '', ...rest] = wrap(text, columns - 7, 2);
	return [` ${paint(theme, 'bold', label.padEnd(5))} ${first}`, ...rest.map((line) => ' '.repeat(7) + line)];
}

function remedies(theme: Theme, rows: readonly CheckResult[], columns: number): string[] {
	const actions = [...new Set(rows.flatMap(({ action }) => action ?? []))];
	return actions.flatMap((action, index) => labelled(theme, index === 0 ? 'Do' : '', action, columns));
}

const notVisible =
	'All five causes are excluded from here. Not visible to vpmon: the secret itself, policy, approval, a sealed vault, a second factor, a forced command or an expired account on the target. x writes the report.';

function allPass(theme: Theme, columns: number): string[] {
	return labelled(theme, 'Still', `failing? ${notVisible}`, columns);
}
