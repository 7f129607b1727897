import type { ConnectorResult } from '../domain/check.ts';
import type { ConnectorEvidence } from '../domain/connector-evidence.ts';
import type { ConnectionEvidence, TargetEvidence } from '../domain/evidence.ts';
import type { Connector, Safe } from '../domain/inventory.ts';
import { atMainAddress } from './addresses.ts';
import { offeredKeys } from './judge-host-key.ts';
import type { AuthAnswer } from './judgement.ts';
import { type Platform, platformOf, unknownPlatform } from './platform.ts';

/** What a fix's steps fill in. */
export type FixContext = {
	readonly connector: Connector;
	/** What row 1 was concluded from; null before it was measured. */
	readonly connectorState: ConnectorState | null;
	/** Null for what concerns the connector alone. */
	readonly safe: Safe | null;
	/** Our address as the target sees it, where a connection told; where none opened, the one we would come from. */
	readonly sourceAddress: string | null;
	/** Of the connection whose traces the target's log holds: the key query's, else the last one that opened. */
	readonly sourcePort: number | null;
	/** When that connection was made, ISO 8601. */
	readonly connectedAt: string | null;
	/** Of the host key the target offers, as the protocol names it; null where none was seen. */
	readonly hostKeyType: string | null;
	readonly platform: Platform;
	/** Usernames of other Safes that pass at the same target. */
	readonly acceptedUsernames: readonly string[];
};

export type ConnectorState = Pick<ConnectorEvidence, 'runtime' | 'health' | 'controlPlane' | 'hostNextStep'>;

/** Row 1 keeps what it was concluded from. */
export function connectorStateOf({ check }: ConnectorResult): ConnectorState | null {
	return check.evidence;
}

/** For a connector alone, or a target that nothing is known of. */
export function emptyFixContext(connector: Connector, safe: Safe | null = null): FixContext {
	return {
		connector,
		connectorState: null,
		safe,
		sourceAddress: null,
		sourcePort: null,
		connectedAt: null,
		hostKeyType: null,
		platform: unknownPlatform,
		acceptedUsernames: [],
	};
}

/** What the evidence of a Safe tells of its deployment. */
export type Known = {
	readonly safe: Safe;
	readonly target: TargetEvidence | null;
	readonly auth: AuthAnswer | null;
	readonly connector?: ConnectorResult;
	readonly acceptedUsernames?: readonly string[];
};

/** What the steps for this Safe fill in. */
export function fixContextOf(known: Known, connector: Connector): FixContext {
	const { safe, target, auth, acceptedUsernames = [] } = known;
	const connections = atMainAddress(target?.connections ?? []);
	const [offered] = offeredKeys(connections, target?.carriedKeys);
	const telling = auth?.connection ?? connections.findLast(({ outcome }) => outcome === 'open') ?? connections[0];
	return {
		safe,
		connector,
		connectorState: known.connector === undefined ? null : connectorStateOf(known.connector),
		sourceAddress: telling?.sourceAddress ?? sourceAddressOf(connections),
		sourcePort: telling?.sourcePort ?? null,
		connectedAt: telling?.startedAt ?? null,
		hostKeyType: offered?.type ?? null,
		platform: platformOf(identificationOf(connections)),
		acceptedUsernames,
	};
}

function sourceAddressOf(connections: readonly ConnectionEvidence[]): string | null {
	return connections.find(({ sourceAddress }) => sourceAddress !== null)?.sourceAddress ?? null;
}

function identificationOf(connections: readonly ConnectionEvidence[]): string | null {
	return connections.find(({ handshake }) => handshake?.identification != null)?.handshake?.identification ?? null;
}
