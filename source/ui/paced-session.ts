import type { Session, SessionStore } from '../engine/session.ts';
import type { Store } from '../engine/store.ts';

/**
 * The screen takes in what a sweep brings a few times a second: to draw each result for itself would keep the next ones waiting. From
 * `many` Safes on, to sort them anew would be felt too.
 */
const many = 500;
const everyMs = { few: 80, many: 200 };

type Readable = Pick<Store<Session>, 'get' | 'subscribe'>;

const paced = new WeakMap<SessionStore, Readable>();

/** The session as the screen shows it, and as keys act on it: a moment behind, never in between. */
export function pacedSession(session: SessionStore): Readable {
	const known = paced.get(session) ?? pace(session);
	paced.set(session, known);
	return known;
}

function pace(session: SessionStore): Readable {
	const listeners = new Set<() => void>();
	let shown = session.get();
	let toldAt = Number.NEGATIVE_INFINITY;
	let timer: NodeJS.Timeout | null = null;
	const tell = () => {
		timer = null;
		toldAt = performance.now();
		shown = session.get();
		for (const listener of listeners) listener();
	};
	session.subscribe(() => {
		if (timer !== null) return;
		const every = session.get().safes.size < many ? everyMs.few : everyMs.many;
		const wait = every - (performance.now() - toldAt);
		if (wait <= 0) return tell();
		timer = setTimeout(tell, wait);
		timer.unref();
	});
	return {
		get: () => shown,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}
