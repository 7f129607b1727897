import type { SessionEvent } from '../../domain/event.ts';
import { mergeEvents } from '../../storage/event-echoes.ts';
import type { History } from '../../storage/history.ts';
import type { SessionStore } from '../session/session.ts';
import { createUnshared, type SiteSharing } from '../sharing/site-sharing.ts';
import { joinAlike } from './events.ts';
import { shareHistory } from './shared-history.ts';

export type KeptHistory = {
	/** Brings back what was seen before, here and by other programs; before the first measurement. Late is as good as never. */
	recall(): Promise<void>;
	/** Writes what is left; before the files that programs share are closed. */
	end(): Promise<void>;
};

// Milliseconds: a home directory that hangs must stop neither the first sweep nor the end.
const patience = 1000;
/** Milliseconds: programs that find the same tell of it one after the other, and many Safes are told of together. */
const gatherMs = { least: 200, more: 600 };

/** Keeps a session's events from now on: on disk what this program told first, and with it what the others of this host tell. */
export function keepHistory(
	session: SessionStore,
	open: () => Promise<History>,
	sharing: SiteSharing = createUnshared(),
): KeptHistory {
	const opened = open();
	/** Written, or about to be. */
	const settled = new WeakSet<SessionEvent>();
	let waiting: SessionEvent[] = [];
	let timer: NodeJS.Timeout | null = null;
	let isRecalled = false;
	let early: SessionEvent[] = [];

	const shared = shareHistory(session, sharing, (events) => {
		if (isRecalled) session.learn({ kind: 'events of others', events });
		else early = [...early, ...events];
	});

	const keep = async (events: readonly SessionEvent[]) => {
		const history = await opened;
		await history.append(events);
		const problem = history.problem();
		if (problem !== session.get().historyProblem) session.learn({ kind: 'history problem', problem });
	};
	const tell = (): Promise<void> => {
		if (timer !== null) clearTimeout(timer);
		timer = null;
		const events = waiting;
		waiting = [];
		return keep(shared.tell(joinAlike(events))).catch(() => {});
	};
	let seen: readonly SessionEvent[] = [];
	const gather = () => {
		const { events } = session.get();
		if (events === seen) return;
		seen = events;
		for (const event of events) {
			// What has an id is kept already.
			if (settled.has(event) || ('id' in event && event.id !== undefined)) continue;
			settled.add(event);
			waiting.push(event);
		}
		if (waiting.length === 0 || timer !== null) return;
		timer = setTimeout(() => void tell(), gatherMs.least + Math.random() * gatherMs.more);
		timer.unref();
	};
	const note = (begun: boolean) => {
		session.learn({ kind: 'event happened', event: { kind: 'watch', at: new Date().toISOString(), begun } });
	};
	return {
		async recall() {
			const [own] = await Promise.all([soon(opened.then((history) => history.read())), soon(sharing.sites)]);
			const known = mergeEvents(own ?? [], shared.read(), early);
			isRecalled = true;
			early = [];
			if (known.length > 0) session.learn({ kind: 'events recalled', events: known });
			// What was read is on the disk already.
			for (const event of session.get().events) settled.add(event);
			session.subscribe(gather);
			note(true);
		},
		async end() {
			note(false);
			await soon(tell());
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
