import type { ConnectorEvidence } from '../domain/connector-evidence.ts';
import type { Connector, ControlPlane, Inventory } from '../domain/inventory.ts';
import { isTrustedWriter } from '../domain/measurement.ts';
import type { Host, RunOptions } from '../hosts/host.ts';
import { type ApiAccess, baseUrlOf } from '../inventory/api-access.ts';
import { probeRuntime } from '../probes/connector-status.ts';
import type { Unreachable } from './host-directory.ts';
import { originOf } from './sharing/board.ts';
import { type ConnectorSeen, connectorAddress, shareConnector } from './sharing/connector-sharing.ts';
import { beganSince } from './sharing/freshness.ts';
import type { SiteSharing } from './sharing/site-sharing.ts';

type Options = {
	readonly api: ApiAccess;
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
	readonly measuredFrom: string;
	readonly sharing: SiteSharing;
	/** A look of another program that began since then does as well; null where it does not. Milliseconds since 1970. */
	readonly seenSince: number | null;
};

/** What came back, who asked, and the name of the host that was asked. */
export type MeasuredConnector = ConnectorSeen & { readonly measuredFrom: string };

/** Row 1: asks the runtime, the control plane's health and its opinion, side by side, from the connector's host. */
export async function measureConnector(
	connector: Connector,
	host: Host | Unreachable,
	{ controlPlane }: Inventory,
	{ api, timeoutMs, signal, measuredFrom, sharing, seenSince }: Options,
): Promise<MeasuredConnector> {
	const seen = 'unreachable' in host || seenSince === null ? null : seenBy(sharing, host, connector, seenSince);
	const started = performance.now();
	const measuredAt = new Date().toISOString();
	const startedAt = Date.now();
	let away: Unreachable | null = 'unreachable' in host ? host : null;
	let evidence: Pick<ConnectorEvidence, 'runtime' | 'health' | 'controlPlane'> = {
		runtime: { kind: 'none' },
		health: null,
		controlPlane: null,
	};
	if (!('unreachable' in host)) {
		const options = { timeoutMs, signal };
		const [runtime, answers] = await Promise.all([
			seen?.evidence.runtime ?? probeRuntime(host, connector, options),
			askControlPlane(host, connector, controlPlane, api, options),
		]);
		evidence = { runtime, ...answers };
		// What failed since the host was heard last says nothing of the connector.
		if (host.link !== undefined && !(await host.link.heardSince(startedAt, signal)))
			away = { unreachable: `the connection to ${host.name} was lost while it was asked` };
	}
	const own = {
		...evidence,
		hostUnreachable: away?.unreachable ?? null,
		hostNextStep: away?.nextStep ?? null,
		measuredAt,
		durationMs: performance.now() - started,
	};
	if ('unreachable' in host) return { evidence: own, writer: sharing.self, measuredFrom };
	if (seen !== null && away === null) {
		// The other's inventory may have another control plane, or another name for the connector.
		const { measuredAt: seenAt } = seen.evidence;
		return { evidence: { ...own, measuredAt: seenAt }, writer: seen.writer, measuredFrom: host.name };
	}
	return { ...shareConnector(sharing, originOf(host), connector, own), measuredFrom: host.name };
}

/** What another program of this user or of root saw a moment ago. */
function seenBy(sharing: SiteSharing, host: Host, connector: Connector, since: number): ConnectorSeen | null {
	const { source } = originOf(host);
	const other = sharing.board.connector({ source, origin: 'host' }, connectorAddress(connector));
	if (other === null || other.writer === sharing.self || !beganSince(other.beganAt, since)) return null;
	return isTrustedWriter(other.writer, sharing.self) ? other : null;
}

/** Loaded only where a control plane is configured: Node's HTTP modules cost what the screen's first frame would wait for. */
async function askControlPlane(
	host: Host,
	connector: Connector,
	controlPlane: ControlPlane,
	api: ApiAccess,
	options: RunOptions,
): Promise<Pick<ConnectorEvidence, 'health' | 'controlPlane'>> {
	const url = baseUrlOf(controlPlane.url, api);
	// Paths for connectors are not public.
	const notOffered =
		url === null || controlPlane.connectorsPath !== null
			? null
			: ({ ok: false, url, reason: 'not offered by the control plane', isAsked: false } as const);
	const isAsked = url !== null && notOffered === null;
	if (!isAsked && controlPlane.healthUrl === null) return { health: null, controlPlane: notOffered };
	const { connectorEvidence, fetchConnectors } = await import('../inventory/control-plane.ts');
	const { probeHealth } = await import('../probes/control-plane-health.ts');
	const [health, fetched] = await Promise.all([
		controlPlane.healthUrl === null ? null : probeHealth(host, controlPlane.healthUrl, options),
		fetchConnectors(host, controlPlane, api, options),
	]);
	return { health, controlPlane: fetched === null ? notOffered : connectorEvidence(fetched, connector.name) };
}
