import { render } from 'ink';
import type { Engine } from '../engine/engine.ts';
import { startSchedule } from '../engine/schedule.ts';
import { openPreferences } from '../settings/preferences.ts';
import { App } from './app.tsx';
import { layOut } from './layout.ts';
import type { Screen } from './screen.ts';
import { themeOf } from './theme.ts';
import { createView } from './view.ts';

export type ScreenOptions = {
	readonly ascii: boolean;
	readonly title: string;
	readonly reportsDirectory: string;
};

/** Shows the screen until the person leaves it. The terminal is as it was when this resolves, or rejects. */
export async function showScreen(engine: Engine, { ascii, title, reportsDirectory }: ScreenOptions): Promise<void> {
	const preferences = openPreferences();
	const view = createView(preferences.read().logPanel);
	let leave = () => {};
	const screen: Screen = {
		engine,
		view,
		theme: themeOf(process.env, { ascii }),
		title,
		reportsDirectory,
		layout: layOut(0, 0, { safes: 0, connectorLines: 0, logPanel: 'normal' }),
		quit: () => leave(),
		onLogPanel: (logPanel) => preferences.write({ logPanel }),
	};
	const app = render(<App screen={screen} />, {
		alternateScreen: true,
		incrementalRendering: true,
		exitOnCtrlC: false,
		interactive: true,
		patchConsole: false,
		maxFps: 120,
	});
	leave = () => app.unmount();
	// The first frame is drawn before the first probe leaves.
	const stop = startSchedule(engine);
	engine.logs.follow();
	try {
		await app.waitUntilExit();
	} finally {
		stop();
	}
}
