/** A value that can be watched: read with `get`, replaced with `set`. Fits React's useSyncExternalStore without knowing of it. */
export type Store<State> = {
	get(): State;
	set(next: State): void;
	/** Replaces some fields. */
	patch(part: Partial<State>): void;
	/** Returns its own undo. */
	subscribe(listener: () => void): () => void;
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
