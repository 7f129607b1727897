import { formatClock, zoneName } from '../../domain/time.ts';
import { type OverallVerdict, verdictsWorstFirst } from '../../domain/verdict.ts';
import type { Session } from '../../engine/session.ts';
import { countSafes, summariseSafes } from '../../report/check-report.ts';
import { verdictGlyphs } from '../../report/glyphs.ts';
import { Rows } from '../rows.tsx';
import { useScreen, useStore } from '../screen.ts';
import { paint, paintMaybe, type Theme, verdictStyles } from '../theme.ts';
import { truncate, widthOf } from '../width.ts';

/** The first line: where this runs, how many Safes of each verdict, how far the sweep is. */
export function Header({ columns }: { columns: number }) {
	const { engine, theme, title } = useScreen();
	const session = useStore(engine.session, (state) => state);
	return <Rows lines={[headerLine(theme, title, session, columns)]} columns={columns} height={1} />;
}

export function headerLine(theme: Theme, title: string, session: Session, columns: number): string {
	const { measuredFrom, safes, sweep } = session;
	const summary = summariseSafes([...safes.values()].map(({ result }) => result));
	const counts = verdictsWorstFirst.map((verdict) => `${verdictGlyphs[verdict]} ${summary[verdict]}`);
	const progress = sweep.running
		? `sweep ${sweep.done} of ${sweep.total}`
		: sweep.finishedAt === null
			? ''
			: `swept ${formatClock(sweep.finishedAt).slice(0, 5)} ${zoneName(sweep.finishedAt)}`;
	const tail = `${counts.join('  ')}   ${progress}`;
	const about = truncate(
		`${title} · ${measuredFrom} · ${countSafes(summary.safes)}`,
		columns - widthOf(` vpmon   ${tail} `) - 1,
	);
	const painted = counts.map((text, index) => {
		const verdict = verdictsWorstFirst[index] as OverallVerdict;
		return summary[verdict] === 0 ? paint(theme, 'dim', text) : paintMaybe(theme, verdictStyles[verdict], text);
	});
	return ` ${paint(theme, 'bold', 'vpmon')} ${about}   ${painted.join('  ')}   ${paint(theme, 'dim', progress)}`;
}
