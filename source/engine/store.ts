/** A value that can be watched. Fits React's useSyncExternalStore without knowing of it. */
export type ReadableStore<State> = {
	get(): State;
	/** Returns its own undo. */
	subscribe(listener: () => void): () => void;
};

/** The same for who writes it. */
export type Store<State> = ReadableStore<State> & {
	set(next: State): void;
	/** Replaces some fields. */
	patch(part: Partial<State>): void;
};

export function createStore<State extends object>(initial: State): Store<State> {
	let state = initial;
	const listeners = new Set<() => void>();
	const set = (next: State) => {
		if (Object.is(next, state)) return;
		state = next;
		for (const listener of listeners) listener();
	};
	return {
		get: () => state,
		set,
		patch: (part) => set({ ...state, ...part }),
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}
