import { isSea } from 'node:sea';
import { render } from 'ink';
import type { Engine } from '../engine/engine.ts';
import type { InventoryChanges } from '../engine/inventory-changes.ts';
import { createLiveMask } from '../engine/live-mask.ts';
import type { Preferences } from '../storage/preferences.ts';
import { App } from './app.tsx';
import { askHostKeys } from './ask-host-key.ts';
import { choiceOf } from './choice.ts';
import { createClipboard } from './clipboard.ts';
import { describeChanges } from './inventory-words.ts';
import { keepHeapSmall } from './keep-heap-small.ts';
import { layOut } from './layout.ts';
import { type ScreenMask, setMask, toggleMask } from './masking.ts';
import { sayNews } from './notice.ts';
import { loadEverything, watchOwnProgram } from './own-update.ts';
import { openPatiently } from './patient-output.ts';
import { repaintAfterResize } from './repaint-after-resize.ts';
import { listOf, type Screen } from './screen.ts';
import { startProbing } from './start-probing.ts';
import { controlTerminal } from './suspend.ts';
import { startTitle } from './terminal-title.ts';
import { themeOf } from './theme.ts';
import { createView } from './view.ts';

export type ScreenOptions = {
	readonly ascii: boolean;
	readonly title: string;
	readonly reportsDirectory: string;
	/** Has bugs told to the screen, which gives the terminal back before it passes them on. Returns its own undo. */
	readonly handleCrash: (handler: (error: unknown) => void) => () => void;
	readonly addTarget: Screen['addTarget'];
	/** Names and addresses are hidden from the first frame on. */
	readonly isMasked?: boolean;
	/** The person asked for names, whatever the inventory says. */
	readonly isMaskLifted?: boolean;
	/** No fixes, and no target is added. */
	readonly isReadOnly?: boolean;
	/** What the first frame does not need may be loaded now. */
	readonly onFirstFrame?: () => void;
	/** Brings back what earlier sessions saw. */
	readonly recall?: (() => Promise<void>) | null;
	/** Said from the first frame on. */
	readonly warning?: string | null;
};

/** The library that keeps them takes longer to load than the screen to draw. */
const loadPreferences = async () => (await import('../storage/preferences.ts')).openPreferences();

const remember = (part: Partial<Preferences>) => void loadPreferences().then((preferences) => preferences.write(part));

const loadPseudonyms = async () => {
	const [{ openPseudonyms }, { stateDirectory }] = await Promise.all([
		import('../storage/pseudonyms.ts'),
		import('../storage/directories.ts'),
	]);
	return openPseudonyms(stateDirectory);
};

/** Shows the screen until the person leaves it. The terminal is as it was when this resolves, or rejects. */
export async function showScreen(
	engine: Engine,
	{
		ascii,
		title,
		reportsDirectory,
		handleCrash,
		addTarget,
		onFirstFrame = () => {},
		recall = null,
		isMasked = false,
		isMaskLifted = false,
		isReadOnly = false,
		warning = null,
	}: ScreenOptions,
): Promise<void> {
	const view = createView();
	const output = openPatiently(process.stdout);
	const terminal = controlTerminal(view);
	output.onCaughtUp(() => void terminal.redraw());
	let pseudonyms: ReturnType<typeof loadPseudonyms> | undefined;
	let leave = () => {};
	let mask: Promise<ScreenMask> | null = null;
	const screen: Screen = {
		engine,
		view,
		theme: themeOf(process.env, { ascii }),
		title,
		reportsDirectory,
		clipboard: createClipboard({ environment: process.env, write: (sequence) => process.stdout.write(sequence) }),
		terminal,
		openPseudonyms: () => {
			pseudonyms ??= loadPseudonyms();
			return pseudonyms;
		},
		layout: layOut(0, 0, { safes: 0, connectorLines: 0, logPanel: 'normal' }),
		ends: { dialog: 0, checks: 0, safesFrom: 0 },
		addTarget,
		// The file may be edited while the screen is open.
		get isReadOnly() {
			return isReadOnly || engine.session.get().inventory.settings.readOnly;
		},
		get isMaskKept() {
			return !isMaskLifted && engine.session.get().inventory.settings.mask;
		},
		mask: () => {
			mask ??= createLiveMask(engine);
			return mask;
		},
		quit: () => leave(),
		onLogPanel: (logPanel) => remember({ logPanel }),
		remember,
	};
	if (isMasked) {
		setMask(await screen.mask());
		view.patch({ isMasked });
	}
	if (warning !== null) sayNews(view, warning);
	const app = render(<App screen={screen} />, {
		stdout: output.stream,
		alternateScreen: true,
		incrementalRendering: true,
		exitOnCtrlC: false,
		interactive: true,
		patchConsole: false,
		// What is drawn on its own has its beats; the answer to a key must not wait for the time of a frame after one of them.
		maxFps: 250,
	});
	const stopRepainting = repaintAfterResize({
		output,
		app,
		render: () => app.rerender(<App screen={screen} />),
		isLent: terminal.isLent,
	});
	leave = () => app.unmount();
	// Ink's own hook is lost where another version of its library is loaded before it: a signal would leave the frame behind.
	process.prependOnceListener('exit', leave);
	// What unmounts Ink cannot say why.
	const crashes: unknown[] = [];
	const ignoreCrashes = handleCrash((error) => {
		crashes.push(error);
		app.unmount();
	});
	// The first frame is drawn before anything else is loaded and before the first probe leaves.
	await app.waitUntilRenderFlush();
	onFirstFrame();
	await recall?.();
	const { historyDamage } = engine.session.get();
	if (historyDamage !== null) sayNews(view, historyDamage);
	void engine.followOthers();
	const probing = startProbing(engine, view, loadPreferences);
	const stopAsking = askHostKeys(engine, view);
	engine.logs.follow();
	const stopPinning = pinAfterFirstSweep(screen);
	const stopLooking = watchOwnProgram(isSea() ? process.execPath : (process.argv[1] ?? ''), () =>
		sayNews(view, 'a newer vpmon was installed: quit and start it to use it'),
	);
	const stopLoading = loadAfterFirstSweep(engine);
	const stopKeepingSmall = keepHeapSmall();
	const stopTitle = startTitle(screen, (text) => process.stdout.write(text));
	let stopFollowing = () => {};
	let stopWatchingSite = () => {};
	let over = false;
	void import('../engine/sharing/watch-site.ts').then(({ watchSite }) => {
		if (over) return;
		const { session, sharing } = engine;
		const onProblem = (problem: string) => {
			if (view.get().notice === null) sayNews(view, `NOT SHARED, H tells all of it: ${problem}`);
		};
		stopWatchingSite = watchSite({ session, sharing, onProblem });
	});
	void import('../engine/follow-inventory.ts').then(({ followInventory }) => {
		if (over) return;
		const onChange = (changes: InventoryChanges) => {
			probing.inventoryChanged(changes);
			if (screen.isMaskKept && !view.get().isMasked) toggleMask(screen);
			const { inventory } = engine.session.get();
			// One that was chosen may be gone.
			if (!inventory.connectors.some(({ name }) => name === view.get().connector)) view.patch({ connector: null });
			const notice = describeChanges(changes);
			if (notice !== null) sayNews(view, notice);
		};
		// What was said before it would stand in its place.
		stopFollowing = followInventory(engine, onChange, () => view.patch({ notice: null }));
	});
	try {
		await app.waitUntilExit();
		if (crashes.length > 0) throw crashes[0];
	} finally {
		over = true;
		stopFollowing();
		stopWatchingSite();
		probing.stop();
		stopAsking();
		stopPinning();
		stopLoading();
		stopKeepingSmall();
		stopTitle();
		stopLooking();
		stopRepainting();
		terminal.release();
		output.close();
		setMask(null);
		ignoreCrashes();
		process.off('exit', leave);
	}
}

/** In milliseconds: a first sweep of many hundred Safes takes longer. */
const loadAtTheLatest = 15_000;

/** Half a second of work that nobody waits for must not stand between the person and the first answers. */
function loadAfterFirstSweep({ session }: Engine): () => void {
	const load = () => {
		stop();
		void loadEverything();
	};
	const timer = setTimeout(load, loadAtTheLatest);
	const unsubscribe = session.subscribe(() => {
		if (session.get().sweep.finishedAt !== null) load();
	});
	const stop = () => {
		clearTimeout(timer);
		unsubscribe();
	};
	return stop;
}

/** Until the first sweep is through, the worst line is the selected one; then the selection is the person's. */
function pinAfterFirstSweep(screen: Screen): () => void {
	const { engine, view } = screen;
	const unsubscribe = engine.session.subscribe(() => {
		if (engine.session.get().sweep.finishedAt === null) return;
		unsubscribe();
		// As it is now, not as it was last drawn.
		const { entry } = listOf(engine.session.get(), view.get());
		if (view.get().safe === null && entry !== null) view.patch(choiceOf(entry));
	});
	return unsubscribe;
}
