import type { BudgetRefusal, UsedBudget } from '../domain/evidence.ts';

/**
 * How much may be asked of a target from one address without harm. Pure; the ledger keeps the reservations. The numbers stand on
 * OpenSSH's PerSourcePenalties (sshd_config(5): authfail and invaliduser 5 s, noauth 1 s, refused above 15 s) and on fail2ban as
 * Debian ships it (5 failures in 10 minutes).
 */

/**
 * A key query that is never signed counts at the server like a failed authentication; anything else as one that never tried. The
 * question for the methods names a user, so sshd logs `Invalid user` for it as for a key query, which is what fail2ban counts.
 */
export const penaltySeconds = { 'key-query': 5, methods: 1, unfinished: 1, 'another-address': 1 } as const;

export type ProbeKind = keyof typeof penaltySeconds;

/** Names a user, so that it may be refused. */
export function isQuestion(kind: ProbeKind): boolean {
	return kind === 'key-query' || kind === 'methods';
}

/**
 * Who wants to probe: the sweep on its own, a key press, a command, a report (which needs a connection for its nc besides).
 * `insisted` is a key press after the risk was shown.
 */
export type ProbeTrigger = 'background' | 'key' | 'insisted' | 'command' | 'report';

/** What is to be sent, and who wants it. */
export type PlannedProbe = {
	readonly kind: ProbeKind;
	readonly trigger: ProbeTrigger;
	/** How many keys a query asks for; 1 if left out. */
	readonly keys?: number;
};

export type Reservation = {
	/** Milliseconds since 1970. */
	readonly at: number;
	/** `open` until its answer is known; it counts as the worse one till then. */
	readonly kind: 'open-query' | 'refused-query' | 'unfinished';
	readonly seconds: number;
};

export const windowMs = 10 * 60_000;
export const mostSeconds = 6;
/**
 * The background leaves two of each to people, who may press `r` right after a sweep. Commands leave one of the unfinished ones to the
 * nc of a report.
 */
const mostRefusedQueries = { background: 2, key: 4, command: 4, report: 4, insisted: 4 } as const;
const mostUnfinished = { background: 2, key: 4, command: 3, report: 3, insisted: Number.POSITIVE_INFINITY } as const;

/** Addresses of a name that sessions do not go to first leave room for the one they go to: nobody may insist on them. */
const mostWithOthers = { background: 2, key: 3, command: 3, report: 3, insisted: 3 } as const;

/** What is used of an address's budget now: penalties add up and run off by one second a second. */
export function usedBudget(reservations: readonly Reservation[], now: number): UsedBudget {
	let level = 0;
	let last = 0;
	for (const reservation of inOrder(reservations, now)) {
		level = Math.max(0, level - (reservation.at - last) / 1000) + reservation.seconds;
		last = reservation.at;
	}
	return {
		seconds: Math.max(0, level - (now - last) / 1000),
		unfinished: reservations.filter((reservation) => reservation.kind === 'unfinished').length,
	};
}

/** Null when the probe may leave now, otherwise why not and when it may. */
export function refuseProbe(
	reservations: readonly Reservation[],
	probe: PlannedProbe,
	now: number,
): BudgetRefusal | null {
	const { kind, trigger, keys = 1 } = probe;
	const ordered = inOrder(reservations, now);
	const queries = ordered.filter((reservation) => reservation.kind !== 'unfinished');
	const mostBefore = mostRefusedQueries[trigger] - keys + 1;
	if (isQuestion(kind) && queries.length >= mostBefore) {
		return {
			reason: 'refused-queries',
			freeAt: whenRoom(queries, Math.max(1, mostBefore), now),
			detail: `${queries.length} questions about users were refused or not answered within 10 minutes; a fifth could get this address banned`,
		};
	}
	const unfinished = ordered.filter((reservation) => reservation.kind === 'unfinished');
	const most = kind === 'another-address' ? mostWithOthers[trigger] : mostUnfinished[trigger];
	if (unfinished.length >= most) {
		return {
			reason: 'unfinished',
			freeAt: whenRoom(unfinished, most, now),
			detail: `${unfinished.length} unfinished connections within 10 minutes; a strict fail2ban bans at 5`,
		};
	}
	const over = usedBudget(ordered, now).seconds + penaltySeconds[kind] - mostSeconds;
	if (over > 0) {
		return {
			reason: 'seconds',
			freeAt: new Date(now + over * 1000).toISOString(),
			detail: `earlier probes still count ${(over + mostSeconds - penaltySeconds[kind]).toFixed(1)} s of penalty at the target`,
		};
	}
	return null;
}

/** What is used now of all targets together. */
export type BudgetInUse = {
	/** Addresses and ports of whose budget anything is used. */
	readonly targets: number;
	/** Of those, the ones that a background probe would have to wait for. */
	readonly full: number;
	/** Penalty seconds of the one that has the most, of the six that are allowed. */
	readonly mostSeconds: number;
};

/** @param targets the reservations of each target. */
export function addUpBudget(targets: Iterable<readonly Reservation[]>, now: number): BudgetInUse {
	let [count, full, most] = [0, 0, 0];
	for (const reservations of targets) {
		count++;
		if (refuseProbe(reservations, { kind: 'unfinished', trigger: 'background' }, now) !== null) full++;
		most = Math.max(most, usedBudget(reservations, now).seconds);
	}
	return { targets: count, full, mostSeconds: most };
}

/** When so many reservations have left the window that there is room for one more. */
function whenRoom(ordered: readonly Reservation[], most: number, now: number): string {
	const leaving = ordered[ordered.length - most];
	return new Date(leaving === undefined ? now : leaving.at + windowMs).toISOString();
}

/** Reservations from the future come from a clock that was set back: they count as made just now. */
function inOrder(reservations: readonly Reservation[], now: number): Reservation[] {
	return reservations
		.map((reservation) => (reservation.at > now ? { ...reservation, at: now } : reservation))
		.sort((a, b) => a.at - b.at);
}
