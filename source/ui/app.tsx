import { Box, useApp, useInput, usePaste, useWindowSize } from 'ink';
import { useEffect } from 'react';
import { arrange } from './arrange.ts';
import { chordsOf } from './chord.ts';
import { AddTarget } from './dialogs/add-target.tsx';
import { Commands } from './dialogs/commands.tsx';
import { Copy } from './dialogs/copy.tsx';
import { Events } from './dialogs/events.tsx';
import { Evidence } from './dialogs/evidence.tsx';
import { Fix } from './dialogs/fix.tsx';
import { Help } from './dialogs/help.tsx';
import { Report } from './dialogs/report.tsx';
import { SessionWords } from './dialogs/session-words.tsx';
import { VaultPamOnlyList } from './dialogs/vaultpam-only.tsx';
import { paste, pressKey } from './keys.ts';
import { type Layout, smallest } from './layout.ts';
import { Answer } from './panes/answer.tsx';
import { Connectors } from './panes/connectors.tsx';
import { Footer } from './panes/footer.tsx';
import { Header } from './panes/header.tsx';
import { Logs } from './panes/logs.tsx';
import { Safes } from './panes/safes.tsx';
import { Rows } from './rows.tsx';
import { type Screen, ScreenContext, useScreen, useStore } from './screen.ts';
import type { Dialog } from './view.ts';
import { wrap } from './width.ts';

/** The whole screen. */
export function App({ screen }: { screen: Screen }) {
	return (
		<ScreenContext.Provider value={screen}>
			<Main />
		</ScreenContext.Provider>
	);
}

function Main() {
	const screen = useScreen();
	const { columns, rows } = useWindowSize();
	const dialog = useStore(screen.view, (state) => state.dialog);
	useInput((input, key) => {
		for (const chord of chordsOf(input, key)) pressKey(screen, chord);
	});
	usePaste((text) => paste(screen, text));
	const { suspendTerminal } = useApp();
	useEffect(() => screen.terminal.arm(() => suspendTerminal()), [screen, suspendTerminal]);
	const view = useStore(screen.view, (state) => state);
	const session = useStore(screen.engine.session, (state) => state);
	const { layout, room } = arrange(session, view, columns, rows);
	useEffect(() => {
		screen.layout = layout;
		if (screen.view.get().room !== room) screen.view.patch({ room });
	});
	if (layout.kind === 'too-small') return <TooSmall columns={columns} rows={rows} isLeaving={view.isLeaving} />;
	return (
		<Box flexDirection="column" width={columns} height={rows}>
			<Header columns={columns} />
			{layout.kind === 'side' ? (
				<Box flexDirection="row" height={rows - 2}>
					<Work layout={layout} dialog={dialog} />
					{layout.logColumns > 0 && (
						<>
							<Separator height={rows - 2} />
							<Logs columns={layout.logColumns} height={layout.logRows} />
						</>
					)}
				</Box>
			) : (
				<>
					<Work layout={layout} dialog={dialog} />
					{layout.kind === 'stacked' && layout.logRows > 0 && <Logs columns={columns} height={layout.logRows} />}
				</>
			)}
			<Footer columns={columns} />
		</Box>
	);
}

type Drawn = Exclude<Layout, { kind: 'too-small' }>;

/** Connectors, Safes and Checks, or what was opened over them. */
function Work({ layout, dialog }: { layout: Drawn; dialog: Dialog | null }) {
	const { workColumns: columns, connectorRows, safeRows, checkRows, logRows } = layout;
	const height = layout.kind === 'zoomed' ? layout.rows - 3 : connectorRows + safeRows + checkRows + 1;
	if (dialog?.kind === 'help') return <Help dialog={dialog} columns={columns} height={height} />;
	if (dialog?.kind === 'add') return <AddTarget dialog={dialog} columns={columns} height={height} />;
	if (dialog?.kind === 'copy') return <Copy dialog={dialog} columns={columns} height={height} />;
	if (dialog?.kind === 'events') return <Events dialog={dialog} columns={columns} height={height} />;
	if (dialog?.kind === 'evidence')
		return <Evidence check={dialog.check} offset={dialog.offset} columns={columns} height={height} />;
	if (dialog?.kind === 'commands') return <Commands dialog={dialog} columns={columns} height={height} />;
	if (dialog?.kind === 'fix') return <Fix dialog={dialog} columns={columns} height={height} />;
	if (dialog?.kind === 'report') return <Report dialog={dialog} columns={columns} height={height} />;
	if (dialog?.kind === 'vaultpam-only') return <VaultPamOnlyList dialog={dialog} columns={columns} height={height} />;
	if (dialog?.kind === 'words') return <SessionWords dialog={dialog} columns={columns} height={height} />;
	if (layout.kind === 'zoomed' && logRows > 0) return <Logs columns={columns} height={logRows} />;
	return (
		<Box flexDirection="column" width={columns}>
			{connectorRows > 0 && <Connectors columns={columns} height={connectorRows} />}
			{safeRows > 0 && <Safes columns={columns} height={safeRows} />}
			{checkRows > 0 && <Answer columns={columns} height={checkRows} />}
		</Box>
	);
}

function Separator({ height }: { height: number }) {
	return <Rows lines={Array.from({ length: height }, () => '│')} columns={1} height={height} />;
}

function TooSmall({ columns, rows, isLeaving }: { columns: number; rows: number; isLeaving: boolean }) {
	const needed = `vpmon needs ${smallest.columns}x${smallest.rows}, this is ${columns}x${rows}.`;
	const quits = isLeaving
		? 'The report is not finished: q again leaves without it.'
		: 'Probes and logs go on. q quits.';
	const lines = wrap(`${needed} ${quits}`, columns).slice(0, rows);
	return <Rows lines={lines} columns={columns} height={lines.length} />;
}
