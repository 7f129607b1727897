import type { Connector } from '../domain/inventory.ts';
import type { Host } from '../hosts/host.ts';
import { logSourceOf } from '../logs/choose-source.ts';
import { type Follow, type FollowOptions, followLog } from '../logs/follow.ts';
import { LogBuffer } from '../logs/log-buffer.ts';
import type { DecodedLine } from '../logs/log-line.ts';
import { type OlderLines, readOlder } from '../logs/older.ts';
import { readTail } from '../logs/tail.ts';
import { sameConnector } from './inventory-changes.ts';
import type { SessionStore } from './session/session.ts';

/** The logs of all connectors: followed on the screen, read once for proof without one. */
export type LogBook = {
	/** The lines of a followed connector; empty before `follow`. */
	buffer(connector: string): LogBuffer;
	/** Follows the logs of all connectors from now on. */
	follow(): void;
	/** Reads lines from before the oldest kept one. */
	older(connector: string): Promise<OlderLines>;
	/** Other connectors from now on. Logs of those that stay the same go on. */
	replace(connectors: readonly Connector[]): void;
	/** The newest lines, for proof. Calls within a short time share one reading. */
	recent(connector: Connector): Promise<{ lines: readonly DecodedLine[]; from: string }>;
	stop(): void;
};

const linesForProof = 200;
const tailTimeout = 3000; // Milliseconds.
const olderTimeout = 10_000;
/** sshd writes its last line when our connection is gone. */
const settleMs = 150;

/** Of a connector that nobody knows. */
const noLines = new LogBuffer(1);

/** How much of each log is kept while it is followed; left out, as much as the screen shows. */
export type LogLimits = Pick<FollowOptions, 'firstLines'> & { readonly keptLines?: number };

type Entry = { readonly connector: Connector; readonly buffer: LogBuffer; readonly follow: Follow | null };

export function createLogBook(
	connectors: readonly Connector[],
	hostOf: (connector: Connector) => Host | null,
	session: SessionStore,
	{ keptLines, ...followOptions }: LogLimits = {},
): LogBook {
	const readings = new Map<string, Promise<{ lines: readonly DecodedLine[]; from: string }>>();
	let isFollowing = false;

	const read = async (connector: Connector) => {
		await new Promise((resolve) => setTimeout(resolve, settleMs));
		readings.delete(connector.name);
		const source = logSourceOf(connector);
		const host = hostOf(connector);
		if ('none' in source || host === null) return { lines: [], from: connector.name };
		const tail = await readTail(host, source, linesForProof, { timeoutMs: tailTimeout });
		return { lines: tail.ok ? tail.lines : [], from: `the log of ${connector.name}` };
	};

	const follow = (connector: Connector, buffer: LogBuffer): Follow | null => {
		const source = logSourceOf(connector);
		const host = hostOf(connector);
		const setState = (state: Parameters<Parameters<typeof followLog>[3]>[0]) => {
			const known = session.get().logs.get(connector.name);
			const reason = 'reason' in state ? state.reason : null;
			if (known?.phase === state.phase && (known.phase !== 'waiting' || known.reason === reason)) return;
			session.learn({ kind: 'log followed', connector: connector.name, state });
		};
		if ('none' in source) setState({ phase: 'waiting', reason: source.none });
		else if (host === null) setState({ phase: 'waiting', reason: `the host of ${connector.name} cannot be reached` });
		else return followLog(host, source, buffer, setState, followOptions);
		return null;
	};

	const begin = (connector: Connector): Entry => {
		const buffer = new LogBuffer(keptLines);
		return { connector, buffer, follow: isFollowing ? follow(connector, buffer) : null };
	};
	let entries = new Map(connectors.map((connector) => [connector.name, begin(connector)]));

	return {
		buffer: (connector) => entries.get(connector)?.buffer ?? noLines,
		follow() {
			isFollowing = true;
			for (const [name, { connector, buffer }] of entries)
				entries.set(name, { connector, buffer, follow: follow(connector, buffer) });
		},
		async older(name) {
			const entry = entries.get(name);
			if (entry === undefined) return { added: 0, said: 'there is no such log' };
			const source = logSourceOf(entry.connector);
			const host = hostOf(entry.connector);
			if ('none' in source) return { added: 0, said: source.none };
			if (host === null) return { added: 0, said: `the host of ${name} cannot be reached` };
			return readOlder(host, source, entry.buffer, { timeoutMs: olderTimeout });
		},
		replace(next) {
			const before = entries;
			const isKept = (connector: Connector) => {
				const entry = before.get(connector.name);
				return entry !== undefined && sameConnector(entry.connector, connector);
			};
			const kept = new Set(next.filter(isKept).map(({ name }) => name));
			for (const [name, entry] of before) if (!kept.has(name)) entry.follow?.stop();
			entries = new Map(
				next.map((connector) => {
					const entry = kept.has(connector.name) ? before.get(connector.name) : undefined;
					return [connector.name, entry === undefined ? begin(connector) : { ...entry, connector }];
				}),
			);
		},
		recent(connector) {
			const underWay = readings.get(connector.name) ?? read(connector);
			readings.set(connector.name, underWay);
			return underWay;
		},
		stop() {
			for (const entry of entries.values()) entry.follow?.stop();
		},
	};
}
