import { createInterface } from 'node:readline';
import type { Connector } from '../domain/inventory.ts';
import type { CommandStream, Host } from '../hosts/host.ts';
import { type EventSource, eventSourcesFor } from '../probes/runtime-events.ts';

// Milliseconds, as below.
/** What follows a first event at once is looked at together with it. */
const settleMs = 100;
/** A connector that restarts in a loop is not looked at more often. */
const pauseMs = 1000;
const shortestRetry = 1000;
const longestRetry = 60_000;
/** What lived so long was able to tell. */
const steadyMs = 5000;

type Watch = {
	readonly connectors: readonly Connector[];
	readonly hostOf: (connector: Connector) => Host | null;
	/** Looks at these again. */
	readonly check: (names: readonly string[]) => Promise<void>;
};

/**
 * Is told by each host's runtime when something happens to its connectors, and has them looked at again: a status is right within a
 * second or two, for a process that sleeps meanwhile. Where the runtime cannot tell, the schedule's look every 15 s remains. Returns
 * its own end.
 */
export function watchConnectors({ connectors, hostOf, check }: Watch): () => void {
	const looks = new Map(connectors.map(({ name }) => [name, lookAgain(() => check([name]))]));
	const byHost = new Map<Host, Connector[]>();
	for (const connector of connectors) {
		const host = hostOf(connector);
		if (host !== null) byHost.set(host, [...(byHost.get(host) ?? []), connector]);
	}
	const tell = (about: readonly Connector[]) => {
		for (const { name } of about) looks.get(name)?.wanted();
	};
	const listeners = [...byHost].flatMap(([host, members]) =>
		eventSourcesFor(members).map((source) => listen(host, source, tell)),
	);
	return () => {
		for (const stop of listeners) stop();
		for (const look of looks.values()) look.stop();
	};
}

/** At once, then at most every `pauseMs`, and always once more after what was wanted last. */
function lookAgain(look: () => Promise<void>): { wanted(): void; stop(): void } {
	let timer: NodeJS.Timeout | undefined;
	let busy = false;
	let isWanted = false;
	const run = async () => {
		timer = undefined;
		busy = true;
		isWanted = false;
		await look();
		busy = false;
		if (isWanted) timer = setTimeout(run, pauseMs);
	};
	return {
		wanted() {
			isWanted = true;
			if (!busy) timer ??= setTimeout(run, settleMs);
		},
		stop() {
			clearTimeout(timer);
			// Nothing is wanted of what is under way.
			busy = true;
		},
	};
}

/** Listens for as long as it is wanted, over ends of the program that tells. */
function listen(host: Host, source: EventSource, tell: (about: readonly Connector[]) => void): () => void {
	let stopped = false;
	let retry = shortestRetry;
	let timer: NodeJS.Timeout | undefined;
	let stream: CommandStream | null = null;
	const start = async () => {
		const startedAt = performance.now();
		stream = await host.stream(source.argv);
		if (stopped) stream.stop();
		stream.stderr.resume();
		stream.stdout.on('error', () => {});
		createInterface({ input: stream.stdout }).on('line', (line) => tell(source.about(line)));
		await stream.ended;
		if (stopped) return;
		const lasted = performance.now() - startedAt;
		retry = lasted > steadyMs ? shortestRetry : Math.min(2 * retry, longestRetry);
		// The engine itself ended; and nobody listens until it is back.
		if (lasted > steadyMs) tell(source.connectors);
		timer = setTimeout(() => {
			void start();
			tell(source.connectors);
		}, retry);
	};
	void start();
	return () => {
		stopped = true;
		clearTimeout(timer);
		stream?.stop();
	};
}
