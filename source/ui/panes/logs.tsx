import type { Session } from '../../engine/session.ts';
import { logSourceOf } from '../../logs/choose-source.ts';
import { LogBuffer } from '../../logs/log-buffer.ts';
import { logLines, visibleLines } from '../log-lines.ts';
import { Rows, titleRule } from '../rows.tsx';
import { shownConnector, useLogVersion, useScreen, useStore } from '../screen.ts';
import { paint } from '../theme.ts';
import { wrap } from '../width.ts';

const noBuffer = new LogBuffer();

/** The log of the selected Safe's connector; stands still while paused. */
export function Logs({ columns, height }: { columns: number; height: number }) {
	const { engine, theme, view } = useScreen();
	const session = useStore(engine.session, (state) => state);
	const connector = useStore(view, (state) => shownConnector(session, state));
	const { focus, logAnchor } = useStore(view, (state) => state);
	const buffer = connector === null ? noBuffer : engine.logs.buffer(connector);
	useLogVersion(buffer);
	const title = titleRule(theme, 'Logs', describe(session, connector, buffer, logAnchor), columns, focus === 'logs');
	const lines = visibleLines(buffer, height, logAnchor).flatMap((line) => logLines(theme, line, columns));
	const problem = problemOf(session, connector);
	if (problem !== null) lines.push(...wrap(problem, columns - 1).map((text) => paint(theme, 'yellow', ` ${text}`)));
	return <Rows lines={[title, ...lines.slice(-height)]} columns={columns} height={height + 1} />;
}

function describe(session: Session, name: string | null, buffer: LogBuffer, anchor: number | null): string {
	const connector = session.inventory.connectors.find((candidate) => candidate.name === name);
	if (connector === undefined) return 'no connector';
	const source = logSourceOf(connector);
	const state = session.logs.get(connector.name);
	const dropped = buffer.dropped === 0 ? '' : ` · ${buffer.dropped} older dropped`;
	const fresh = anchor === null ? 0 : (buffer.last(1)[0]?.sequence ?? anchor) - anchor;
	const phase = anchor !== null ? `PAUSED, ${fresh} new` : (state?.phase ?? 'not followed');
	return `${phase} · ${connector.name}${dropped}${'none' in source ? '' : ` · ${source.name}`}`;
}

function problemOf(session: Session, connector: string | null): string | null {
	const state = connector === null ? undefined : session.logs.get(connector);
	return state?.phase === 'waiting' ? state.reason : null;
}
