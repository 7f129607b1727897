import { createContext, useCallback, useContext, useEffect, useReducer, useSyncExternalStore } from 'react';
import type { TypedTarget } from '../domain/target.ts';
import type { Engine } from '../engine/engine.ts';
import type { SafeState, Session, SessionStore } from '../engine/session/session.ts';
import type { ReadableStore, Store } from '../engine/store.ts';
import type { LogBuffer } from '../logs/log-buffer.ts';
import type { Numbering } from '../redact/names/pseudonym.ts';
import type { Preferences } from '../storage/preferences.ts';
import type { PseudonymFile } from '../storage/pseudonyms.ts';
import { atBeat } from './beat.ts';
import { findChosen, safeOf } from './choice.ts';
import type { Clipboard } from './clipboard.ts';
import type { Layout } from './layout.ts';
import type { ScreenMask } from './masking.ts';
import { pacedSession } from './paced-session.ts';
import { type Entry, keepSafe, type ListOptions, listSafes, type SafeList } from './safe-list.ts';
import type { TerminalControl } from './suspend.ts';
import type { Theme } from './theme.ts';
import type { ListedSafe } from './vaultpam-only.ts';
import type { View } from './view.ts';

/** What the screen is given to live from. */
export type Screen = {
	readonly engine: Engine;
	readonly view: Store<View>;
	readonly theme: Theme;
	/** In the header, before the counts. */
	readonly title: string;
	readonly reportsDirectory: string;
	readonly clipboard: Clipboard;
	readonly terminal: TerminalControl;
	/** What keeps pseudonyms the same from report to report. */
	openPseudonyms(): Promise<Numbering & Partial<Pick<PseudonymFile, 'nameOf'>>>;
	/** The layout of the last frame, for keys that turn pages. */
	layout: Layout;
	/** How far the last frame's texts could be scrolled: keys go no further. And the key of the line that was the selected one in it. */
	readonly ends: {
		dialog: number;
		checks: number;
		safesFrom: number;
		drawn?: string | null;
		rowLines?: readonly number[];
	};
	/** Writes one more Safe into the inventory's file, as the one that VaultPAM lists where that is given. Rejects with a UserError that says what is wrong with it. */
	addTarget(typed: TypedTarget, listed: ListedSafe | null): Promise<{ readonly name: string; readonly file: string }>;
	/** What hides names and addresses, made when it is first wanted. */
	mask(): Promise<ScreenMask>;
	/** The inventory masks always. */
	readonly isMaskKept: boolean;
	/** Nothing is changed, whatever is pressed: no fixes. */
	readonly isReadOnly: boolean;
	/** Leaves the screen. */
	quit(): void;
	/** Told when the log panel changes, to remember it. */
	onLogPanel(panel: View['logPanel']): void;
	/** Keeps how the person likes it over restarts. */
	remember(part: Partial<Preferences>): void;
};

export const ScreenContext = createContext<Screen | null>(null);

export function useScreen(): Screen {
	const screen = useContext(ScreenContext);
	if (screen === null) throw new Error('a pane outside the screen');
	return screen;
}

/** A part of a store; the component is drawn again when that part is another one. Parts must keep their identity while they are the same. */
export function useStore<State extends object, Part>(store: ReadableStore<State>, part: (state: State) => Part): Part {
	const source = isSession(store) ? (pacedSession(store) as unknown as ReadableStore<State>) : store;
	return useSyncExternalStore(source.subscribe, () => part(source.get()));
}

/** Draws again once a second while something runs whose time is shown, and not at all else. */
export function useSecond(runs: boolean): void {
	const [, tick] = useReducer((count: number) => count + 1, 0);
	useEffect(() => {
		if (!runs) return;
		const timer = setInterval(tick, 1000);
		return () => clearInterval(timer);
	}, [runs]);
}

/** Draws again when a log has new lines, at the next beat, and not at all while there are none. */
export function useLogVersion(buffer: LogBuffer): number {
	const subscribe = useCallback(
		(listener: () => void) => {
			let cancel: (() => void) | null = null;
			const unsubscribe = buffer.subscribe(() => {
				cancel ??= atBeat(() => {
					cancel = null;
					listener();
				});
			});
			return () => {
				cancel?.();
				unsubscribe();
			};
		},
		[buffer],
	);
	return useSyncExternalStore(subscribe, () => buffer.version);
}

function isSession(store: object): store is SessionStore {
	return 'learn' in store;
}

/** What the keys act on. */
export type Selection = {
	readonly list: SafeList;
	/** The selected line. */
	readonly entry: Entry | null;
	/** Its Safe, or the one that stands for it; null where none does. */
	readonly selected: SafeState | null;
};

/** The list as it is drawn and what the keys act on, read from the stores and never from a drawn frame. */
export function currentList({ engine, view }: Screen): Selection {
	return listOf(pacedSession(engine.session).get(), view.get());
}

type ListView = Pick<View, 'filter' | 'typing' | 'safe' | 'entry' | 'opened' | 'room'>;

let cache: { safes: Session['safes']; options: ListOptions; list: SafeList } | null = null;

/** Going through thousands of Safes for each pane and key would be felt. */
export function listOf({ safes, coverage }: Pick<Session, 'safes' | 'coverage'>, view: ListView): Selection {
	const { filter, opened, room, safe, entry: line } = view;
	const options = { filter, opened, room, coverage };
	if (cache?.safes !== safes || !isSame(cache.options, options))
		cache = { safes, options, list: listSafes(safes, options) };
	// A Safe that was chosen stays in the list when it no longer fits the filter: no key acts on another behind one's back.
	const kept = view.typing || line?.safe === safe ? undefined : safes.get(safe ?? '');
	const asked = { from: cache.list, kept, safe, line };
	if (answer?.from === asked.from && answer.kept === kept && answer.safe === safe && answer.line === line)
		return answer.selection;
	const list = kept === undefined ? cache.list : keepSafe(cache.list, kept);
	const entry = findChosen(list.entries, view);
	answer = { ...asked, selection: { list, entry, selected: safeOf(entry, view) } };
	return answer.selection;
}

/** What was asked last and the answer to it: every pane asks the same. */
let answer: {
	readonly from: SafeList;
	readonly kept: SafeState | undefined;
	readonly safe: View['safe'];
	readonly line: View['entry'];
	readonly selection: Selection;
} | null = null;

function isSame(a: ListOptions, b: ListOptions): boolean {
	return a.filter === b.filter && a.opened === b.opened && a.room === b.room && a.coverage === b.coverage;
}

/** Whose log is shown: the chosen connector, else that of the selected Safe, else the first. */
export function shownConnector(session: Session, view: View): string | null {
	return (
		view.connector ??
		session.safes.get(view.safe ?? '')?.result.connector ??
		listOf(session, view).selected?.result.connector ??
		session.inventory.connectors[0]?.name ??
		null
	);
}
