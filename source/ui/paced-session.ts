import type { Session, SessionStore } from '../engine/session/session.ts';
import type { ReadableStore } from '../engine/store.ts';
import { atBeat } from './beat.ts';

/**
 * The screen takes in what a sweep brings a few times a second: to draw each result for itself would keep the next ones waiting. From
 * `many` Safes on, to sort them anew would be felt too. After a rest at once, otherwise at the next beat; with many Safes at the first
 * one after a rest.
 */
const many = 500;
const restMs = { few: 50, many: 150 };

const paced = new WeakMap<SessionStore, ReadableStore<Session>>();

/** The session as the screen shows it, and as keys act on it: a moment behind, never in between. */
export function pacedSession(session: SessionStore): ReadableStore<Session> {
	const known = paced.get(session) ?? pace(session);
	paced.set(session, known);
	return known;
}

function pace(session: SessionStore): ReadableStore<Session> {
	const listeners = new Set<() => void>();
	let shown = session.get();
	let toldAt = Number.NEGATIVE_INFINITY;
	let isPlanned = false;
	const tell = () => {
		isPlanned = false;
		toldAt = performance.now();
		shown = session.get();
		for (const listener of listeners) listener();
	};
	session.subscribe(() => {
		if (isPlanned) return;
		const isFew = session.get().safes.size < many;
		const rested = toldAt + (isFew ? restMs.few : restMs.many);
		if (rested <= performance.now()) return tell();
		isPlanned = true;
		atBeat(tell, isFew ? 0 : rested);
	});
	return {
		get: () => shown,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}
