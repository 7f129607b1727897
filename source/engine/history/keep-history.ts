import type { History } from '../../storage/history.ts';
import type { SessionStore } from '../session/session.ts';

export type KeptHistory = {
	/** Brings back what earlier sessions saw, before the first measurement; late is as good as never. */
	recall(): Promise<void>;
	/** Writes what is left. */
	end(): Promise<void>;
};

// Milliseconds: a home directory that hangs must stop neither the first sweep nor the end.
const patience = 1000;

/** Keeps a session's events on disk from now on. */
export function keepHistory(session: SessionStore, open: () => Promise<History>): KeptHistory {
	const opened = open();
	let seen = session.get().events.at(-1);
	const keep = () => {
		const { events } = session.get();
		const fresh = events.slice(seen === undefined ? 0 : events.lastIndexOf(seen) + 1);
		if (fresh.length === 0) return;
		seen = fresh.at(-1);
		void opened.then(async (history) => {
			await history.append(fresh);
			const problem = history.problem();
			if (problem !== session.get().historyProblem) session.learn({ kind: 'history problem', problem });
		});
	};
	const note = (begun: boolean) => {
		session.learn({ kind: 'event happened', event: { kind: 'watch', at: new Date().toISOString(), begun } });
	};
	return {
		async recall() {
			const known = await soon(opened.then((history) => history.read()));
			if (known !== null) session.learn({ kind: 'events recalled', events: known });
			// What was read is on the disk already.
			seen = session.get().events.at(-1);
			session.subscribe(keep);
			note(true);
		},
		async end() {
			note(false);
			await soon(opened.then((history) => history.append([])));
		},
	};
}

function soon<Value>(work: Promise<Value>): Promise<Value | null> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<null>((resolve) => {
		timer = setTimeout(resolve, patience, null);
	});
	return Promise.race([work.catch(() => null), late]).finally(() => clearTimeout(timer));
}
