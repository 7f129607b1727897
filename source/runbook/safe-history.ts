import type { SafesEvent, SessionEvent, Standing } from '../domain/event.ts';

/** What the kept events tell of one Safe; times are ISO 8601. */
export type SafeHistory = {
	readonly standing: Standing;
	/** When it came to stand so, as vpmon saw it. */
	readonly since: string;
	/** Until when it last passed; null while it passes, and where it never did. */
	readonly lastGood: string | null;
	/** How often its verdict or cause changed in a day before the newest event of it: two and more are a flap. */
	readonly changesInADay: number;
};

const dayMs = 86_400_000;
const isSame = (one: Standing | null, other: Standing) => one?.verdict === other.verdict && one.cause === other.cause;

/** Null where no event tells of it. Pure. */
export function safeHistory(events: readonly SessionEvent[], name: string): SafeHistory | null {
	const own = events.filter((event): event is SafesEvent => event.kind === 'safes' && event.safes.includes(name));
	const changes = own.filter(({ from, to }) => !isSame(from, to));
	const last = own.at(-1);
	if (last === undefined) return null;
	const lastAt = Date.parse(last.at);
	return {
		standing: last.to,
		since: changes.at(-1)?.at ?? last.at,
		lastGood: last.to.verdict === 'pass' ? null : (own.findLast(({ from }) => from?.verdict === 'pass')?.at ?? null),
		changesInADay: changes.filter(({ at, from }) => from !== null && lastAt - Date.parse(at) <= dayMs).length,
	};
}
