import { randomBytes } from 'node:crypto';
import type { ConnectorEvidence } from '../../domain/connector-evidence.ts';
import type { Connector } from '../../domain/inventory.ts';
import type { Writer } from '../../domain/measurement.ts';
import type { Origin } from './board.ts';
import { beganSince } from './freshness.ts';
import { keyOf } from './measured-parts.ts';
import type { SiteSharing } from './site-sharing.ts';

/** Milliseconds: what another program saw of a connector says so long how it is. Looks come every 15 s. */
const seenForMs = 60_000;

/** What a connector is called among the programs of a host, whatever its name in an inventory: `docker:NAME`, `systemd:UNIT`. */
export function connectorAddress({ name, runtime, container, unit }: Connector): string {
	if (runtime === 'docker') return `docker:${container}`;
	return runtime === 'systemd' ? `systemd:${unit}` : `none:${name}`;
}

/** Evidence of a connector, and whose it is. */
export type ConnectorSeen = { readonly evidence: ConnectorEvidence; readonly writer: Writer };

/**
 * Tells the others what was seen of a connector. Where this user may not ask the runtime, what another program could read stands in
 * for it: `docker inspect` needs a group that not everybody is in.
 */
export function shareConnector(
	sharing: SiteSharing,
	{ source }: Origin,
	connector: Connector,
	evidence: ConnectorEvidence,
): ConnectorSeen {
	const own = { evidence, writer: sharing.self };
	if (evidence.hostUnreachable !== null || connector.runtime === 'none') return own;
	const origin = { source, origin: 'host' };
	if (evidence.runtime.kind !== 'unreadable') {
		void sharing.put([measurementOf(sharing.self, origin, connector, evidence)], []);
		return own;
	}
	const other = sharing.board.connector(origin, connectorAddress(connector));
	const isUsable = evidence.runtime.isForbidden === true && other !== null && other.writer !== sharing.self;
	if (!isUsable || !beganSince(other.beganAt, Date.now() - seenForMs)) return own;
	if (other.evidence.runtime.kind !== connector.runtime) return own;
	// What the control plane says was asked by oneself.
	const { runtime, measuredAt } = other.evidence;
	return { evidence: { ...evidence, runtime, measuredAt }, writer: other.writer };
}

function measurementOf(writer: Writer, origin: Origin, connector: Connector, evidence: ConnectorEvidence) {
	const beganAt = Date.parse(evidence.measuredAt);
	return {
		part: 'connector',
		evidence,
		key: { ...keyOf(origin, '', 0), address: connectorAddress(connector) },
		run: randomBytes(6).toString('hex'),
		beganAt,
		endedAt: Math.round(beganAt + evidence.durationMs),
		deadlineMs: 0,
		firstAt: beganAt,
		writer,
	} as const;
}
