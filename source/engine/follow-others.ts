import type { ConnectorEvidence } from '../domain/connector-evidence.ts';
import type { Connector, Safe } from '../domain/inventory.ts';
import { isTrustedWriter } from '../domain/measurement.ts';
import type { HostDirectory } from './host-directory.ts';
import type { LogBook } from './log-book.ts';
import type { JumpHost } from './measure/jump-hosts.ts';
import type { SafeMeasurer } from './measure/measure-safes.ts';
import { readLogProof } from './measure/read-log-proof.ts';
import type { SessionStore } from './session/session.ts';
import { originOf } from './sharing/board.ts';
import { connectorAddress } from './sharing/connector-sharing.ts';
import { doubtRecovery } from './sharing/doubt-recovery.ts';
import { followShared, type SharedFollower } from './sharing/follow-shared.ts';
import type { SiteSharing } from './sharing/site-sharing.ts';

type Options = {
	readonly sharing: SiteSharing;
	readonly session: SessionStore;
	readonly logs: LogBook;
	readonly hostDirectory: HostDirectory;
	readonly safeMeasurer: SafeMeasurer;
	readonly jumpHostOf: (safe: Safe) => Promise<JumpHost>;
	readonly signal: AbortSignal;
	readonly checkTimeoutMs: () => number;
	/** Has a look at a connector, for which another program's will do. */
	readonly lookAt: (connector: Connector) => Promise<void>;
	/** Measures a Safe whose failure another user says is over; null believes it. */
	readonly measureAgain: ((safe: Safe) => Promise<void>) | null;
};

export type OthersFollower = {
	/** Resolves once all that is known already is taken in. */
	start(): Promise<void>;
	stop(): void;
};

/** Shows what other programs of the host learn of targets and connectors, as soon as they tell of it. */
export function createOthersFollower({
	lookAt,
	measureAgain,
	logs,
	hostDirectory,
	safeMeasurer,
	...shared
}: Options): OthersFollower {
	const { sharing, session } = shared;
	let follower: SharedFollower | null = null;

	/** What another program saw of a connector is taken where this one may not look, or believes it. */
	const onConnectors = (names: readonly string[]) => {
		for (const connector of session.get().inventory.connectors.filter(({ name }) => names.includes(name))) {
			const known = session.facts.connectors.get(connector.name);
			const couldLook = known?.writer === sharing.self && !isForbidden(known.evidence);
			const host = hostDirectory.reachable(connector);
			const other = host === null ? null : sharing.board.connector(originOf(host), connectorAddress(connector));
			if (other === null || (couldLook && !isTrustedWriter(other.writer, sharing.self))) continue;
			void lookAt(connector);
		}
	};
	/** From where its Safes are measured has to be known before others' measurements can be told from those of another network. */
	const prepare = async (connector: Connector) => {
		const host = hostDirectory.reachable(connector);
		if (host === null) return;
		await sharing.load(originOf(host).source);
		await safeMeasurer.probeOriginOf(connector, host);
	};

	return {
		async start() {
			follower ??= followShared({
				...shared,
				probeHostOf: safeMeasurer.probeHostOf,
				readKey: safeMeasurer.readKey,
				readProof: (safe, result) => readLogProof(session, logs, safe, result),
				onConnectors,
				isDoubted: measureAgain === null ? undefined : doubtRecovery(session, measureAgain),
			});
			await sharing.sites;
			await Promise.all(session.get().inventory.connectors.map(prepare));
			await follower.takeAll();
		},
		stop: () => follower?.stop(),
	};
}

function isForbidden({ runtime }: ConnectorEvidence): boolean {
	return runtime.kind === 'unreadable' && runtime.isForbidden === true;
}
