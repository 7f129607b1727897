import { stringify } from 'yaml';
import type { CheckId } from '../../domain/check.ts';
import { formatClock, formatMoment } from '../../domain/time.ts';
import type { Engine } from '../../engine/engine.ts';
import type { SafeState } from '../../engine/session.ts';
import { LinesAbout, namesOf } from '../../logs/lines-about.ts';
import type { LogBuffer } from '../../logs/log-buffer.ts';
import type { LogLine } from '../../logs/log-line.ts';
import { verdictGlyphs } from '../../report/glyphs.ts';
import { rowDetails } from '../../report/row-details.ts';
import { checks } from '../../runbook/checks.ts';
import { formatDuration } from '../../runbook/judgement.ts';
import { logLines } from '../log-lines.ts';
import { Rows, titleRule } from '../rows.tsx';
import { listOf, useLogVersion, useScreen, useStore } from '../screen.ts';
import { paint, paintMaybe, type Theme, verdictStyles } from '../theme.ts';
import { wrap } from '../width.ts';

/** One row with all that is known of it: the question, the verdict, when, from where, compared with what, and what came back. */
export function Evidence({
	check,
	offset,
	columns,
	height,
}: {
	check: CheckId;
	offset: number;
	columns: number;
	height: number;
}) {
	const { engine, theme, view, ends } = useScreen();
	const safes = useStore(engine.session, (session) => session.safes);
	const { selected: state } = listOf(
		safes,
		useStore(view, (current) => current),
	);
	const found = checks.find(({ id }) => id === check);
	const buffer = engine.logs.buffer(state?.result.connector ?? '');
	useLogVersion(buffer);
	const named = state === null ? [] : linesAbout(engine, state, check, buffer);
	const lines = state === null ? [] : evidenceLines(theme, state, check, columns, named);
	ends.dialog = Math.max(0, lines.length - height);
	const start = Math.min(offset, ends.dialog);
	const more = lines.length - start - height;
	const about = `${state?.result.name ?? ''}${more > 0 ? ` · down for ${more} more lines` : ''}`;
	const title = titleRule(theme, `${found?.number} ${found?.title}`, about, columns, true, 'esc back');
	return <Rows lines={[title, ...lines.slice(start)]} columns={columns} height={height + 1} />;
}

/** What the connector wrote about a Safe from so long before a row was measured on is shown with it. */
const logWindow = 10 * 60_000; // Milliseconds.

/** Of the Safe whose evidence is open: what was read of its log once is not read again with every frame. */
let reading: {
	readonly safe: string;
	readonly names: string;
	readonly buffer: LogBuffer;
	readonly about: LinesAbout;
} | null = null;

function linesAbout(engine: Engine, { result }: SafeState, check: CheckId, buffer: LogBuffer): readonly LogLine[] {
	const safe = engine.session.get().inventory.safes.find(({ name }) => name === result.name);
	if (safe === undefined) return [];
	const names = namesOf(safe, engine.knowledge.addressesOf(safe));
	if (reading?.safe !== safe.name || reading.names !== names.source || reading.buffer !== buffer)
		reading = { safe: safe.name, names: names.source, buffer, about: new LinesAbout(names) };
	const measured = Date.parse(result.checks.find(({ id }) => id === check)?.measuredAt ?? '');
	const earliest = Number.isNaN(measured) ? 0 : measured - logWindow;
	return reading.about.in(buffer).filter(({ time }) => time === null || time >= earliest);
}

/** Milliseconds as they were measured have more places than meaning. */
const rounded = (_: unknown, value: unknown) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value);

export function evidenceLines(
	theme: Theme,
	state: SafeState,
	check: CheckId,
	columns: number,
	named: readonly LogLine[] = [],
): string[] {
	const row = state.result.checks.find(({ id }) => id === check);
	const found = checks.find(({ id }) => id === check);
	if (row === undefined || found === undefined) return [];
	const entry = (label: string, value: string) => {
		const [first = '', ...rest] = wrap(value, columns - 16);
		return [` ${paint(theme, 'dim', label.padEnd(14))}${first}`, ...rest.map((line) => ' '.repeat(15) + line)];
	};
	const details = rowDetails(row);
	const verdict = `${verdictGlyphs[row.verdict]} ${row.verdict}${row.cause === null ? '' : `, ${row.cause}`}`;
	const evidence =
		Object.keys(row.evidence).length === 0
			? []
			: stringify(row.evidence, rounded, { lineWidth: 0 }).trimEnd().split('\n');
	return [
		` ${found.question}`,
		...wrap(` It passes when ${found.passesWhen}.`, columns - 1),
		'',
		...entry('verdict', verdict).map((line) => paintMaybe(theme, verdictStyles[row.verdict], line)),
		...(state.running?.checks.includes(check)
			? entry('now', `being measured again since ${formatClock(state.running.since)}`)
			: []),
		...entry('summary', row.summary),
		...details.flatMap(([label, value]) => entry(label, value)),
		...entry(
			'measured',
			row.measuredAt === null
				? 'not yet'
				: `${formatMoment(Date.parse(row.measuredAt), Date.now())} from ${row.measuredFrom}`,
		),
		...(row.durationMs === null ? [] : entry('took', formatDuration(row.durationMs))),
		// The details of a row that does not pass say it already.
		...(row.comparedWith === null || details.length > 0 ? [] : entry('compared with', row.comparedWith)),
		...(row.action === null ? [] : entry('do first', row.action)),
		...(named.length === 0
			? []
			: [
					'',
					` ${paint(theme, 'bold', `Log of ${state.result.connector}`)}, newest lines that name this Safe or its target`,
				]),
		...named.flatMap((line) => logLines(theme, line, columns)),
		...(evidence.length === 0 ? [] : ['', ` ${paint(theme, 'bold', 'Evidence')}`]),
		...evidence.flatMap((line) => wrap(` ${line}`, columns - 1, 4)),
	];
}
