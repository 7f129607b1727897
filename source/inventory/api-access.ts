import type { ApiAnswer } from './api-request.ts';

/** How the control plane is asked by all parts of one vpmon: as whom, and how often. Loads nothing: the screen's first frame waits for it. */
export type ApiAccess = {
	/** From VAULTPAM_TOKEN. A secret. */
	readonly token: string | undefined;
	/** From VAULTPAM_ORG_ID. */
	readonly orgId: string | undefined;
	/** From VAULTPAM_BASE_URL, where the inventory names no URL. */
	readonly baseUrl: string | undefined;
	/** Counts a request; false when none may leave yet. */
	take(now: number): boolean;
	/** Until when none may leave, in milliseconds since 1970; null when one may. */
	waitsUntil(now: number): number | null;
	/** Takes in what an answer says of its limits. */
	heard(status: number, headers: Readonly<Record<string, string>>, now: number): void;
	/** Milliseconds since 1970 of the first refusal of the token since it was last taken; null while it is. */
	signedOutSince: number | null;
	/** Answers that several ask for at once, by host and URL: when they were asked for, in milliseconds since 1970. */
	readonly shared: Map<string, { readonly at: number; readonly answer: Promise<ApiAnswer> }>;
	/** The organisation that was found to be the active one, by token. */
	activeOrg: string | null;
};

/** The control plane's address: what the inventory says, else VAULTPAM_BASE_URL; null when neither does. */
export function baseUrlOf(url: string | null, api: Pick<ApiAccess, 'baseUrl'>): string | null {
	return url ?? api.baseUrl ?? null;
}

/** Half of what a user has by default: 120 a minute (API reference, "Rate limits"). The rest is for whoever else has this token. */
const mostPerMinute = 60;
const minute = 60_000;
/** Told limits are believed up to here. */
const longestWait = 3_600_000;
/** Others have the same budget. */
const leftForOthers = 0.1;

export function createApiAccess(given: Partial<Pick<ApiAccess, 'token' | 'orgId' | 'baseUrl'>>): ApiAccess {
	let recent: number[] = [];
	let heldUntil = 0;
	const waitsUntil = (now: number) => {
		recent = recent.filter((at) => at > now - minute && at <= now);
		const [oldest] = recent;
		const own = recent.length >= mostPerMinute && oldest !== undefined ? oldest + minute : 0;
		const until = Math.max(own, heldUntil);
		return until > now ? until : null;
	};
	return {
		token: given.token === '' ? undefined : given.token,
		orgId: given.orgId === '' ? undefined : given.orgId,
		baseUrl: given.baseUrl === '' ? undefined : given.baseUrl,
		signedOutSince: null,
		activeOrg: null,
		shared: new Map(),
		waitsUntil,
		take(now) {
			if (waitsUntil(now) !== null) return false;
			recent.push(now);
			return true;
		},
		heard(status, headers, now) {
			const number = (name: string) => (/^\d{1,12}$/.test(headers[name] ?? '') ? Number(headers[name]) : null);
			const reset = number('x-ratelimit-reset');
			const resetAt = reset === null ? null : reset * 1000;
			const hold = (until: number) => {
				heldUntil = Math.max(heldUntil, Math.min(until, now + longestWait));
			};
			if (status === 429) {
				const seconds = number('retry-after');
				hold(seconds === null ? Math.max(resetAt ?? 0, now + minute) : now + Math.max(1, seconds) * 1000);
			}
			const remaining = number('x-ratelimit-remaining');
			const limit = number('x-ratelimit-limit') ?? 0;
			if (remaining !== null && resetAt !== null && remaining <= Math.floor(limit * leftForOthers)) hold(resetAt);
		},
	};
}
