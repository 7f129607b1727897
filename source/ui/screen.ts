import { createContext, useContext, useRef, useSyncExternalStore } from 'react';
import type { Engine } from '../engine/engine.ts';
import type { Session } from '../engine/session.ts';
import type { Store } from '../engine/store.ts';
import type { LogBuffer } from '../logs/log-buffer.ts';
import type { Layout } from './layout.ts';
import { listSafes, selectedSafe } from './safe-list.ts';
import type { Theme } from './theme.ts';
import type { View } from './view.ts';

/** What the screen is given to live from. */
export type Screen = {
	readonly engine: Engine;
	readonly view: Store<View>;
	readonly theme: Theme;
	/** In the header, before the counts. */
	readonly title: string;
	readonly reportsDirectory: string;
	/** The layout of the last frame, for keys that turn pages. */
	layout: Layout;
	/** Leaves the screen. */
	quit(): void;
	/** Told when the log panel changes, to remember it. */
	onLogPanel(panel: View['logPanel']): void;
};

export const ScreenContext = createContext<Screen | null>(null);

export function useScreen(): Screen {
	const screen = useContext(ScreenContext);
	if (screen === null) throw new Error('a pane outside the screen');
	return screen;
}

/** A part of a store; the component is drawn again when that part is another one. Parts must keep their identity while they are the same. */
export function useStore<State extends object, Part>(store: Store<State>, part: (state: State) => Part): Part {
	return useSyncExternalStore(store.subscribe, () => part(store.get()));
}

/** At most so often the log pane is drawn again; more only costs (ten frames a second read as a flow). */
const logFrameMs = 100;

/** Draws again when a log has new lines, ten times a second at most. */
export function useLogVersion(buffer: LogBuffer): number {
	const subscribe = (listener: () => void) => {
		let drawn = buffer.version;
		const timer = setInterval(() => {
			if (buffer.version === drawn) return;
			drawn = buffer.version;
			listener();
		}, logFrameMs);
		return () => clearInterval(timer);
	};
	const stable = useRef({ buffer, subscribe });
	if (stable.current.buffer !== buffer) stable.current = { buffer, subscribe };
	return useSyncExternalStore(stable.current.subscribe, () => buffer.version);
}

/** The list as it is drawn and the Safe the keys act on, read from the stores and never from a drawn frame. */
export function currentList(screen: Screen): {
	list: ReturnType<typeof listSafes>;
	selected: ReturnType<typeof selectedSafe>;
} {
	const view = screen.view.get();
	const list = cachedList(screen.engine.session.get().safes, view.filter);
	return { list, selected: selectedSafe(list, view) };
}

let cache: { safes: Session['safes']; filter: string; list: ReturnType<typeof listSafes> } | null = null;

/** Sorting thousands of Safes for each pane and key would be felt. */
export function cachedList(safes: Session['safes'], filter: string): ReturnType<typeof listSafes> {
	if (cache?.safes !== safes || cache.filter !== filter) cache = { safes, filter, list: listSafes(safes, filter) };
	return cache.list;
}

/** Whose log is shown: the chosen connector, else that of the selected Safe, else the first. */
export function shownConnector(session: Session, view: View): string | null {
	return (
		view.connector ??
		selectedSafe(cachedList(session.safes, view.filter), view)?.result.connector ??
		session.inventory.connectors[0]?.name ??
		null
	);
}
