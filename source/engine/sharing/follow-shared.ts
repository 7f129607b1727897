import { isIP } from 'node:net';
import type { LogProof, NameEvidence } from '../../domain/evidence.ts';
import type { Connector, Safe } from '../../domain/inventory.ts';
import type { Measurement, Writer } from '../../domain/measurement.ts';
import { canonicalAddress, formatTarget } from '../../domain/target.ts';
import type { Host } from '../../hosts/host.ts';
import type { JumpHost } from '../measure/jump-hosts.ts';
import type { TargetRunResult } from '../measure/run-target.ts';
import { yieldEvery } from '../measure/yield-every.ts';
import { questionAbout } from '../session/question-due.ts';
import { connectorOf, factsOf } from '../session/read.ts';
import type { SessionStore } from '../session/session.ts';
import { type Board, type Origin, originOf } from './board.ts';
import { connectorAddress } from './connector-sharing.ts';
import { type AskedSafe, type LearnSharedOptions, learnShared } from './learn-shared.ts';
import { keyOf } from './measured-parts.ts';
import type { SiteSharing } from './site-sharing.ts';

export type FollowOptions = {
	readonly sharing: SiteSharing;
	readonly session: SessionStore;
	readonly signal: AbortSignal;
	readonly checkTimeoutMs: () => number;
	/** The host that probes of a connector's Safes leave from; null where it is away, or was not looked for yet. */
	readonly probeHostOf: (connector: Connector) => Host | null;
	readonly readProof: (safe: Safe, result: TargetRunResult) => Promise<LogProof | null>;
	readonly jumpHostOf: (safe: Safe) => Promise<JumpHost>;
	/** Reads the key of a Safe that was not measured here yet. */
	readonly readKey: (safe: Safe) => Promise<void>;
	/** Others saw something of these connectors. */
	readonly onConnectors: (names: readonly string[]) => void;
	/** True for what has to be measured by this program itself before it is believed. */
	readonly isDoubted: LearnSharedOptions['isDoubted'];
};

export type SharedFollower = {
	/** Takes in what is kept of all Safes, such as at start. Nothing is measured for it. */
	takeAll(): Promise<void>;
	stop(): void;
};

/** Shows what other programs of the host measure, as soon as they tell of it. */
export function followShared(options: FollowOptions): SharedFollower {
	const { sharing, session, signal } = options;
	const index = new TargetIndex(session, sharing.board);
	/** What came while the last of it was still being taken in. */
	let waiting: Measurement[] = [];
	let isTaking = false;

	const takeSafe = async (safe: Safe) => {
		const host = options.probeHostOf(connectorOf(session, safe));
		if (host === null) return;
		const origin = originOf(host);
		const name = index.nameOf(safe, origin);
		if (name === null) return;
		const namedBy = index.writerOfName(safe, origin);
		const { isDoubted, readProof, jumpHostOf } = options;
		const checkTimeoutMs = options.checkTimeoutMs();
		if (isKeyUnread(session, safe) && isOnBoard(sharing.board, origin, safe, name)) await options.readKey(safe);
		const more = { namedBy, isDoubted, readProof, jumpHostOf, checkTimeoutMs, signal };
		await learnShared(askedOf(session, safe), name, { board: sharing.board, origin, host, session, ...more });
	};
	/** What was seen from another network than this program's own probes of that Safe leave from. */
	const takeElsewhere = (measurement: Measurement) => {
		if (measurement.part !== 'connections') return;
		const { key, writer, evidence } = measurement;
		const connection = evidence.at(-1);
		for (const safe of index.safesOf([measurement])) {
			const host = options.probeHostOf(connectorOf(session, safe));
			if (host === null || connection === undefined) continue;
			const { source, origin } = originOf(host);
			if (source !== key.source || origin === key.origin) continue;
			session.learn({ kind: 'target seen elsewhere', safe, seen: { origin: key.origin, connection, writer } });
		}
	};
	const take = async () => {
		if (isTaking) return;
		isTaking = true;
		try {
			while (waiting.length > 0 && !signal.aborted) {
				const now = waiting;
				waiting = [];
				const names = index.connectorsOf(now);
				if (names.length > 0) options.onConnectors(names);
				await yieldEvery(index.safesOf(now), signal, takeSafe);
				await yieldEvery(now, signal, takeElsewhere);
			}
		} finally {
			isTaking = false;
		}
	};
	const stop = sharing.watch((measurements) => {
		waiting.push(...measurements);
		void take();
	});
	return {
		stop,
		async takeAll() {
			await yieldEvery(session.get().inventory.safes, signal, takeSafe);
		},
	};
}

/** Its answer is found by its key: a program that measures on demand only has not read that yet. */
function isKeyUnread(session: SessionStore, safe: Safe): boolean {
	return safe.credential.type === 'ssh-key' && factsOf(session, safe).key === null;
}

function isOnBoard(board: Board, origin: Origin, { port }: Safe, { addresses }: NameEvidence): boolean {
	return addresses.some((address) => board.at(keyOf(origin, address, port)) !== null);
}

/** The question about a Safe as it is known without reading its key file again. */
function askedOf(session: SessionStore, safe: Safe): AskedSafe {
	const { key } = factsOf(session, safe);
	const fingerprint = key?.ok ? key.fingerprint : undefined;
	const about = questionAbout(safe, key);
	return { safe, about, fingerprint: safe.credential.type === 'password' ? null : fingerprint };
}

/** Milliseconds. */
const indexKeepsMs = 15_000;

/** Which Safes a measurement is about. */
class TargetIndex {
	readonly #session: SessionStore;
	readonly #board: Board;
	/** By address and port. Made anew when names were found to lead elsewhere, which this program may find too, or with the inventory. */
	#safes: ReadonlyMap<string, readonly Safe[]> = new Map();
	#madeFrom: readonly Safe[] | null = null;
	#madeAt = Number.NEGATIVE_INFINITY;

	constructor(session: SessionStore, board: Board) {
		this.#session = session;
		this.#board = board;
	}

	/** How the target's name resolved here or, before it was resolved here, in another program. */
	nameOf(safe: Safe, origin: Origin): NameEvidence | null {
		const { target } = factsOf(this.#session, safe);
		if (target?.name && target.name.error === null) return target.name;
		if (isIP(safe.host) !== 0) return { name: safe.host, addresses: [safe.host], durationMs: 0, error: null };
		return this.#board.name(origin, safe.host)?.evidence ?? null;
	}

	/** Who resolved it; null where that was this program, or nobody had to. */
	writerOfName(safe: Safe, origin: Origin): Writer | null {
		const found = this.#board.name(origin, safe.host);
		return found !== null && this.nameOf(safe, origin) === found.evidence ? found.writer : null;
	}

	safesOf(measurements: readonly Measurement[]): ReadonlySet<Safe> {
		if (measurements.some(({ part }) => part === 'name')) this.#madeAt = Number.NEGATIVE_INFINITY;
		const byTarget = this.#byTarget(measurements);
		const addresses = new Set(measurements.map(({ key: { address, port } }) => formatTarget(address, port)));
		return new Set([...addresses].flatMap((target) => byTarget.get(target) ?? []));
	}

	connectorsOf(measurements: readonly Measurement[]): string[] {
		const seen = new Set(measurements.flatMap(({ part, key }) => (part === 'connector' ? key.address : [])));
		if (seen.size === 0) return [];
		const { connectors } = this.#session.get().inventory;
		return connectors.filter((connector) => seen.has(connectorAddress(connector))).map(({ name }) => name);
	}

	#byTarget(measurements: readonly Measurement[]): ReadonlyMap<string, readonly Safe[]> {
		const { safes } = this.#session.get().inventory;
		const isOld = performance.now() - this.#madeAt > indexKeepsMs;
		if (!isOld && safes === this.#madeFrom) return this.#safes;
		const origins = [...new Map(measurements.map(({ key }) => [`${key.source} ${key.origin}`, key])).values()];
		const found = new Map<string, Safe[]>();
		for (const safe of safes) {
			const addresses = new Set(origins.flatMap((origin) => this.nameOf(safe, origin)?.addresses ?? []));
			for (const address of addresses) {
				const target = formatTarget(canonicalAddress(address), safe.port);
				const there = found.get(target);
				if (there === undefined) found.set(target, [safe]);
				else there.push(safe);
			}
		}
		this.#safes = found;
		this.#madeFrom = safes;
		this.#madeAt = performance.now();
		return found;
	}
}
