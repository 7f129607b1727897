import type { CheckId } from '../../domain/check.ts';
import { checkById } from '../../runbook/checks.ts';
import { contextOf } from '../evidence-context.ts';
import { evidenceLines } from '../evidence-lines.ts';
import { Rows, titleRule } from '../rows.tsx';
import { currentList, useLogVersion, useScreen, useSecond, useStore } from '../screen.ts';
import { measuringText } from '../signs.ts';

/** One row with all that is known of it. */
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
	const screen = useScreen();
	const { engine, theme, view, ends } = screen;
	useStore(engine.session, (session) => session);
	useStore(view, (current) => current);
	const { selected: state } = currentList(screen);
	const isRunning = state?.running?.checks.includes(check) ?? false;
	useSecond(isRunning);
	const found = checkById[check];
	useLogVersion(engine.logs.buffer(state?.result.connector ?? ''));
	const lines = state === null ? [] : evidenceLines(theme, state, check, columns, contextOf(screen, state, check));
	ends.dialog = Math.max(0, lines.length - height);
	const start = Math.min(offset, ends.dialog);
	const more = lines.length - start - height;
	const now = state === null || !isRunning ? '' : ` · ${measuringText(state, Date.now())}`;
	const about = `${state?.result.name ?? ''}${now}${more > 0 ? ` · down for ${more} more lines` : ''}`;
	const title = titleRule(theme, `${found.number} ${found.title}`, about, columns, true, 'esc back');
	return <Rows lines={[title, ...lines.slice(start)]} columns={columns} height={height + 1} />;
}
