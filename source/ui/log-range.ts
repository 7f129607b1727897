import { formatSince } from '../domain/time.ts';
import { patchLog } from './log-actions.ts';
import { currentLogScene } from './log-scene.ts';
import { logRanges } from './log-view.ts';
import type { Screen } from './screen.ts';

/** `[` and `]`: how far back the log goes. What is not kept yet is read. */
export function changeRange(screen: Screen, by: 1 | -1): void {
	const { view } = screen;
	const range = view.get().log.range + by;
	const back = logRanges[range];
	if (back === undefined)
		return view.patch({ notice: by > 0 ? 'that is as far back as it goes' : 'these are all lines that are kept' });
	const since = back === null ? null : Date.now() - back;
	patchLog(screen, { range, since });
	if (since === null) view.patch({ notice: 'all lines that are kept' });
	else void readBackTo(screen, since);
}

async function readBackTo(screen: Screen, since: number): Promise<void> {
	const { engine, view } = screen;
	const { connector } = currentLogScene(screen);
	if (connector === null) return;
	const buffer = engine.logs.buffer(connector);
	const isWanted = () => view.get().log.since === since;
	/** The first time there is in the log. */
	const begins = () => buffer.last(buffer.length).find(({ time }) => time !== null)?.time ?? null;
	const reaches = () => (begins() ?? Number.POSITIVE_INFINITY) <= since;
	const when = formatSince(since, Date.now());
	let said = '';
	while (isWanted() && !reaches() && said === '' && !view.get().log.isReading) {
		patchLog(screen, { isReading: true });
		view.patch({ notice: `reading back to ${when}` });
		const older = await engine.logs.older(connector);
		patchLog(screen, { isReading: false });
		if (older.added === 0) said = older.said;
	}
	if (!isWanted()) return;
	const { reach } = currentLogScene(screen);
	const lines = Math.max(0, reach.newest - reach.oldest + 1);
	view.patch({ notice: `${lines} lines since ${when}${said === '' ? '' : `: ${said}`}` });
}
