import type { Host, HostLink, LinkProblem, LinkState } from './host.ts';
import { appendKnownHost } from './known-hosts-file.ts';
import type { SshAttempt, SshSession } from './ssh-connect.ts';
import type { SshDestination, SshRoute } from './ssh-destination.ts';
import { delayAfter, lostProblem, shortestDelay } from './ssh-problem.ts';

// Milliseconds.
/** The way is held for cut after so long a silence, in which it was asked twice. */
const longestSilence = 13_000;
const lookEvery = 1000;
/** A reply to the question that is asked meanwhile has come after this. */
const replyMs = 6000;
/** A connection that lived so long was a good one: its loss starts the count of attempts anew. */
const steadyMs = 30_000;
const jitter = 0.2;

export type LinkOptions = {
	readonly name: string;
	readonly local: Host;
	readonly findRoute: () => Promise<SshRoute>;
	/** Loads SSH with the first attempt. */
	readonly connect: (hops: readonly SshDestination[], signal: AbortSignal) => Promise<SshAttempt>;
	/** Told of each connection that stands. */
	readonly onConnected: (session: SshSession) => void;
};

/** The life of the one connection to a host: made when it is wanted, watched, made again with longer and longer pauses. */
export class SshLink implements HostLink {
	readonly #options: LinkOptions;
	readonly #listeners = new Set<() => void>();
	readonly #stop = new AbortController();
	#state: LinkState = { phase: 'idle' };
	#session: SshSession | null = null;
	#timer: NodeJS.Timeout | undefined;
	#attempts = 0;
	/** How many in a row ended for the reason of the last one. */
	#alike: { kind: LinkProblem['kind']; count: number } = { kind: 'lost', count: 0 };
	#lastAttemptAt = 0;
	#lostAt: number | null = null;
	#hops: readonly SshDestination[] = [];
	#unknown: { readonly destination: SshDestination; readonly blob: Buffer } | null = null;

	constructor(options: LinkOptions) {
		this.#options = options;
	}

	state(): LinkState {
		return this.#state;
	}

	get session(): SshSession | null {
		return this.#session;
	}

	subscribe(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Begins to connect, unless it does so already. */
	want(): void {
		if (this.#state.phase === 'idle' && !this.#stop.signal.aborted) void this.#attempt(null);
	}

	settled(isWanted = false, signal?: AbortSignal): Promise<LinkState> {
		this.want();
		if (isWanted) this.#hurry();
		return this.#until(({ phase }) => phase !== 'connecting', signal);
	}

	/** Resolves once the connection stands; null when the link was ended before. */
	async connected(): Promise<SshSession | null> {
		this.want();
		await this.#until(({ phase }) => phase === 'connected' || phase === 'idle');
		return this.#session;
	}

	async heardSince(time: number, signal?: AbortSignal): Promise<boolean> {
		const giveUpAt = performance.now() + replyMs;
		while (this.#session !== null && this.#session.heardAt() < time) {
			if (performance.now() > giveUpAt || signal?.aborted) return false;
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		return this.#session !== null;
	}

	lostAt(): number | null {
		return this.#lostAt;
	}

	names(): { machines: string[]; accounts: string[] } {
		return {
			machines: this.#hops.flatMap(({ alias, hostName, hostKeyAlias }) => [alias, hostName, hostKeyAlias ?? alias]),
			accounts: this.#hops.map(({ username }) => username),
		};
	}

	async recordHostKey(fingerprint: string): Promise<string | null> {
		const state = this.#state;
		const unknown = this.#unknown;
		if (state.phase !== 'waiting' || state.problem.offered?.sha256 !== fingerprint || unknown === null)
			return 'the host key has been answered for meanwhile';
		const error = await appendKnownHost(unknown.destination, unknown.blob);
		if (error === null) void this.#attempt(state.problem);
		return error;
	}

	dispose(): void {
		this.#stop.abort();
		clearTimeout(this.#timer);
		this.#session?.close();
		this.#session = null;
		this.#set({ phase: 'idle' });
	}

	#hurry(): void {
		const state = this.#state;
		if (state.phase !== 'waiting') return;
		if (performance.now() - this.#lastAttemptAt >= shortestDelay(state.problem.kind)) void this.#attempt(state.problem);
	}

	async #attempt(problem: LinkProblem | null): Promise<void> {
		clearTimeout(this.#timer);
		this.#attempts++;
		this.#unknown = null;
		this.#lastAttemptAt = performance.now();
		this.#set({ phase: 'connecting', attempt: this.#attempts, problem });
		const { signal } = this.#stop;
		const route = await this.#options.findRoute();
		if (route.ok) this.#hops = route.hops;
		const attempt: SshAttempt = route.ok
			? await this.#options.connect(route.hops, signal)
			: { ok: false, problem: { kind: 'configuration', ...route, offered: null }, unknown: null };
		if (signal.aborted) {
			if (attempt.ok) attempt.session.close();
			return;
		}
		if (!attempt.ok) {
			this.#unknown = attempt.unknown;
			return this.#wait(attempt.problem);
		}
		this.#watch(attempt.session);
		this.#session = attempt.session;
		this.#options.onConnected(attempt.session);
		this.#set({ phase: 'connected', since: Date.now() });
	}

	/** A cut is told by the socket, or by silence where nobody tells. */
	#watch(session: SshSession): void {
		const since = performance.now();
		let isOver = false;
		const lose = (why: string) => {
			if (isOver) return;
			isOver = true;
			clearInterval(watch);
			session.close();
			if (this.#stop.signal.aborted) return;
			this.#session = null;
			this.#lostAt = session.heardAt();
			if (performance.now() - since > steadyMs) {
				this.#attempts = 0;
				this.#alike = { kind: 'lost', count: 0 };
			}
			this.#wait(lostProblem(this.#options.name, why));
		};
		let looked = Date.now();
		const watch = setInterval(() => {
			const now = Date.now();
			// After a sleep of this machine, or a clock that was set, nothing was asked for meanwhile.
			const wasAway = Math.abs(now - looked - lookEvery) > longestSilence / 2;
			looked = now;
			if (!wasAway && now - session.heardAt() > longestSilence)
				lose(`nothing was heard for ${Math.round((now - session.heardAt()) / 1000)} s`);
		}, lookEvery);
		session.client.once('close', () => lose('it was closed by the other side'));
	}

	#wait(problem: LinkProblem): void {
		const { kind } = problem;
		this.#alike = { kind, count: this.#alike.kind === kind ? this.#alike.count + 1 : 1 };
		const usual = delayAfter(kind, this.#alike.count);
		const delay = usual * (1 - jitter + 2 * jitter * Math.random());
		this.#timer = setTimeout(() => void this.#attempt(problem), delay);
		const now = Date.now();
		this.#set({ phase: 'waiting', attempt: this.#attempts + 1, since: now, nextAt: now + delay, problem });
	}

	#set(state: LinkState): void {
		this.#state = state;
		for (const listener of [...this.#listeners]) listener();
	}

	#until(isTrue: (state: LinkState) => boolean, signal?: AbortSignal): Promise<LinkState> {
		return new Promise((resolve) => {
			const look = () => {
				if (!isTrue(this.#state) && !signal?.aborted) return;
				unsubscribe();
				signal?.removeEventListener('abort', look);
				resolve(this.#state);
			};
			const unsubscribe = this.subscribe(look);
			signal?.addEventListener('abort', look);
			look();
		});
	}
}
