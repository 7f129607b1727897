import type { Store } from '../engine/store.ts';
import { pacedSession } from './paced-session.ts';
import type { Screen } from './screen.ts';
import type { View } from './view.ts';

/** What the footer says goes when it is no longer true. */

/** Milliseconds: so long what a key did is news. */
const readForMs = 30_000;

export type NoticeEnd = {
	/** The text it belongs to: whatever is said later has an end of its own. */
	readonly notice: string;
	readonly isOver: () => boolean;
	/** Milliseconds since 1970 when `isOver` may change without anything else changing; null where it does not. */
	readonly until: number | null;
	/** It stays until the next key: nobody pressed one for it, so nobody may be looking. */
	readonly lasts: boolean;
};

/** @param isOver looked at whenever the session changes, and at `until`. */
export function sayUnless(view: Store<View>, notice: string, isOver: () => boolean, until: number | null = null): void {
	view.patch({ notice, noticeEnd: { notice, isOver, until, lasts: false } });
}

/** What no key asked for. */
export function sayNews(view: Store<View>, notice: string): void {
	view.patch({ notice, noticeEnd: { notice, isOver: () => false, until: null, lasts: true } });
}

/** Takes away what the footer says once it is untrue or old. Returns the function that stops it. */
export function endNotices({ view, engine }: Screen): () => void {
	let seen: Pick<View, 'notice' | 'did'> = { notice: null, did: null };
	let oldAt = 0;
	let timer: NodeJS.Timeout | undefined;
	const look = () => {
		const { notice, did, noticeEnd } = view.get();
		clearTimeout(timer);
		if (notice === null && did === null) {
			seen = { notice, did };
			return;
		}
		const now = Date.now();
		if (notice !== seen.notice || did !== seen.did) oldAt = now + readForMs;
		seen = { notice, did };
		const end = noticeEnd?.notice === notice ? noticeEnd : null;
		if (notice !== null && end?.isOver()) return view.patch({ notice: null });
		const isKept = notice === null || end?.lasts === true;
		if (now >= oldAt) {
			if (!isKept || did !== null) view.patch({ notice: isKept ? notice : null, did: null });
			return;
		}
		const until = end?.until ?? null;
		const next = until !== null && until > now ? Math.min(oldAt, until) : oldAt;
		timer = setTimeout(look, Math.max(0, next - now) + 1);
		timer.unref();
	};
	const stops = [view.subscribe(look), pacedSession(engine.session).subscribe(look), () => clearTimeout(timer)];
	look();
	return () => {
		for (const stop of stops) stop();
	};
}
