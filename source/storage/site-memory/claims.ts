import type { Writer } from '../../domain/measurement.ts';
import type { BootClock } from './boot-clock.ts';
import {
	deleteClaim,
	dropExpired,
	findClaim,
	type HeldClaim,
	isFix,
	maxLeaseMs,
	selectClaims,
	writeClaim,
} from './claim-rows.ts';
import type { SiteFile } from './site-file.ts';
import type { Claim, ClaimedBy } from './site-memory.ts';
import type { Transaction } from './transaction.ts';

export type Claims = {
	claim(keys: readonly string[], what: string, leaseMs: number): Promise<Claim | ClaimedBy>;
	of(prefix: string): readonly ClaimedBy[];
	/** Writes all that is held once more: where the file is another one, and at each renewal. */
	renew(): void;
	/** Whether claims of fixes that others held have run out without a word since they were last asked for. */
	hasLostFix(): boolean;
	/** Whoever watches is told to ask again. */
	forgetFixes(): void;
	/** Gives back all that is held. */
	releaseAll(): void;
};

type Request = {
	readonly keys: readonly string[];
	readonly what: string;
	readonly leaseMs: number;
	readonly answer: (answer: Claim | ClaimedBy) => void;
};
type Release = { readonly held: readonly HeldClaim[]; readonly done: () => void };

const renewMs = 5000;
const patienceMs = 1000;
const sliceMs = 4;

/**
 * Who measures or does what now. What is claimed and released in one turn of the event loop goes into one transaction. Where the file
 * cannot be used, claims hold within this program: it goes on unshared.
 */
export function createClaims(
	file: SiteFile,
	self: Writer,
	instance: number,
	clock: BootClock,
	wallClock: () => number,
): Claims {
	const own = new Map<string, HeldClaim>();
	let requests: Request[] = [];
	let releases: Release[] = [];
	let isScheduled = false;
	let busySince: number | null = null;
	let timer: NodeJS.Timeout | null = null;
	let timerMs = 0;
	let count = 0;
	const lastRead = new Map<string, readonly ClaimedBy[]>();
	/** By prefix, what was last answered of fixes. */
	const fixes = new Map<string, readonly ClaimedBy[]>();

	const schedule = (pauseMs = 0) => {
		if (isScheduled) return;
		isScheduled = true;
		if (pauseMs === 0) setImmediate(flush);
		else setTimeout(flush, pauseMs);
	};

	const heldByUs = (keys: readonly string[]): ClaimedBy | null => {
		const held = keys.map((key) => own.get(key)).find((one) => one !== undefined);
		if (held === undefined) return null;
		const { key, what, since, leaseMs } = held;
		return { ok: false, key, what, by: self, since, leftMs: leaseMs };
	};

	const take = ({ keys, what, leaseMs }: Request): HeldClaim[] => {
		const since = wallClock();
		count++;
		return keys.map((key) => ({ key, token: `${instance}-${count}`, what, leaseMs, since }));
	};

	const grant = (held: readonly HeldClaim[]): Claim => {
		for (const one of held) own.set(one.key, one);
		keepRenewing();
		return {
			ok: true,
			release() {
				const still = held.filter(({ key, token }) => own.get(key)?.token === token);
				if (still.length === 0) return Promise.resolve();
				for (const { key } of still) own.delete(key);
				const { promise, resolve } = Promise.withResolvers<void>();
				releases.push({ held: still, done: resolve });
				schedule();
				return promise;
			},
		};
	};

	/** Answers as many as fit into a slice; what they took is in `taken`. */
	const decide = (transaction: Transaction) => {
		const startedAt = performance.now();
		for (const { held } of releases) for (const one of held) deleteClaim(transaction, one);
		dropExpired(transaction, clock);
		const decided: Array<{ readonly request: Request; readonly answer: readonly HeldClaim[] | ClaimedBy }> = [];
		const taken = new Map<string, HeldClaim>();
		for (const request of requests) {
			const held = heldByUs(request.keys) ?? findClaim(transaction.sql, clock, request.keys, wallClock());
			if (held === null) {
				const claims = take(request);
				for (const one of claims) writeClaim(transaction, clock, one, self, instance);
				if (claims.some(({ key }) => isFix(key))) transaction.markOther();
				for (const one of claims) taken.set(one.key, one);
			}
			decided.push({ request, answer: held ?? request.keys.flatMap((key) => taken.get(key) ?? []) });
			if (performance.now() - startedAt > sliceMs) break;
		}
		return decided;
	};

	const flush = () => {
		isScheduled = false;
		if (requests.length === 0 && releases.length === 0) return;
		const outcome = file.write(decide);
		if (outcome.ok) {
			busySince = null;
			const done = releases;
			releases = [];
			requests = requests.slice(outcome.value.length);
			for (const { request, answer } of outcome.value) request.answer('ok' in answer ? answer : grant(answer));
			for (const release of done) release.done();
			if (requests.length > 0) schedule();
			return;
		}
		busySince ??= performance.now();
		if (outcome.isBusy && performance.now() - busySince < patienceMs) return schedule(2 + Math.random() * 8);
		busySince = null;
		goOnUnshared();
	};

	const goOnUnshared = () => {
		const waiting = requests;
		const done = releases;
		requests = [];
		releases = [];
		for (const release of done) release.done();
		for (const request of waiting) request.answer(heldByUs(request.keys) ?? grant(take(request)));
	};

	const renew = () => {
		if (own.size === 0) return;
		file.write((transaction) => {
			for (const held of own.values()) writeClaim(transaction, clock, held, self, instance);
		}, 10);
	};

	/** One timer for all claims, which runs while any is held. */
	const keepRenewing = () => {
		let shortest = renewMs;
		for (const { leaseMs } of own.values()) shortest = Math.min(shortest, leaseMs / 3);
		if (timer !== null && shortest >= timerMs) return;
		if (timer !== null) clearInterval(timer);
		timerMs = shortest;
		timer = setInterval(() => {
			if (own.size > 0) return renew();
			if (timer !== null) clearInterval(timer);
			timer = null;
		}, shortest);
		timer.unref();
	};

	const read = (prefix: string): readonly ClaimedBy[] => {
		const outcome = file.read((sql) => selectClaims(sql, clock, prefix, instance, wallClock()));
		if (outcome.ok) lastRead.set(prefix, outcome.value);
		const claims = lastRead.get(prefix) ?? [];
		if (prefix.startsWith('fix')) fixes.set(prefix, claims);
		return claims;
	};

	return {
		claim(keys, what, leaseMs) {
			const { promise, resolve } = Promise.withResolvers<Claim | ClaimedBy>();
			requests.push({ keys, what, leaseMs: Math.min(leaseMs, maxLeaseMs), answer: resolve });
			schedule();
			return promise;
		},
		of: read,
		renew,
		hasLostFix() {
			for (const [prefix, before] of fixes) {
				if (before.length === 0) continue;
				const now = new Set(read(prefix).map(({ key }) => key));
				if (before.some(({ key }) => !now.has(key))) return true;
			}
			return false;
		},
		forgetFixes: () => fixes.clear(),
		releaseAll() {
			if (timer !== null) clearInterval(timer);
			const held = [...own.values(), ...releases.flatMap((release) => release.held)];
			own.clear();
			if (held.length > 0) {
				file.write((transaction) => {
					for (const one of held) deleteClaim(transaction, one);
				}, 50);
			}
			for (const { done } of releases) done();
			releases = [];
		},
	};
}
