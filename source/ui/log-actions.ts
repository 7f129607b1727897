import type { Move } from './actions.ts';
import { copyText } from './clipboard.ts';
import { visibleLines } from './log-lines.ts';
import { type Screen, shownConnector } from './screen.ts';

/** What keys do in Logs. */

export function pauseLog(screen: Screen): void {
	const { view } = screen;
	view.patch({ logAnchor: view.get().logAnchor === null ? newestLine(screen) : null });
}

export function moveLog(screen: Screen, move: Move, page: number): void {
	const { view } = screen;
	if (move === 'last') return view.patch({ logAnchor: null });
	const newest = newestLine(screen);
	const oldest = newest - (shownBuffer(screen)?.length ?? 0) + 1;
	const anchor = view.get().logAnchor ?? newest;
	const isAtTop = view.get().logAnchor !== null && anchor - page + 1 <= oldest;
	if (isAtTop && (move === 'up' || move === 'page-up' || move === 'first')) return readOlderLines(screen);
	const next =
		move === 'first'
			? oldest + page - 1
			: { up: anchor - 1, down: anchor + 1, 'page-up': anchor - page, 'page-down': anchor + page }[move];
	// Back at the newest line it follows again.
	view.patch({ logAnchor: next >= newest ? null : Math.max(next, Math.min(oldest + page - 1, newest)) });
}

/**
 * Shows the log of a connector as it was at a time (milliseconds since 1970), paused there; what was written then stands in the
 * middle of the pane. Lines that are not kept any more are asked for once.
 */
export async function jumpToTime(screen: Screen, connector: string, time: number): Promise<void> {
	const { engine, view } = screen;
	const { logPanel } = view.get();
	view.patch({ connector, focus: 'logs', dialog: null, logPanel: logPanel === 'hidden' ? 'normal' : logPanel });
	const buffer = engine.logs.buffer(connector);
	const lines = () => buffer.last(buffer.length);
	const isKept = () => lines().some((line) => line.time !== null && line.time <= time);
	if (!isKept()) await engine.logs.older(connector);
	const found = lines().find((line) => line.time !== null && line.time >= time) ?? lines().at(-1);
	if (found === undefined) return view.patch({ notice: `the log of ${connector} has no lines` });
	const half = screen.layout.kind === 'too-small' ? 0 : Math.floor(screen.layout.logRows / 2);
	const newest = lines().at(-1)?.sequence ?? 0;
	view.patch({
		logAnchor: Math.min(found.sequence + half, newest),
		notice: isKept() ? null : 'the log that is kept begins later than that',
	});
}

/** The lines in view. */
export function copyLog(screen: Screen): void {
	const { view, layout } = screen;
	const buffer = shownBuffer(screen);
	const height = layout.kind === 'too-small' ? 0 : layout.logRows;
	const lines = buffer === null ? [] : visibleLines(buffer, height, view.get().logAnchor);
	const text = lines.map(({ time, text }) => (time === null ? text : `${new Date(time).toISOString()} ${text}`));
	copyText(screen, text.join('\n'), lines.length === 1 ? '1 line' : `${lines.length} lines`);
}

/** At the oldest line kept, going up asks the source for more. */
function readOlderLines({ engine, view }: Screen): void {
	const connector = shownConnector(engine.session.get(), view.get());
	if (connector === null || view.get().isReadingOlder) return;
	view.patch({ isReadingOlder: true, notice: 'reading older lines' });
	void engine.logs.older(connector).then((notice) => view.patch({ isReadingOlder: false, notice }));
}

function shownBuffer({ engine, view }: Screen) {
	const connector = shownConnector(engine.session.get(), view.get());
	return connector === null ? null : engine.logs.buffer(connector);
}

function newestLine(screen: Screen): number {
	return shownBuffer(screen)?.last(1)[0]?.sequence ?? 0;
}
