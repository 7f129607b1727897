import { isDeepStrictEqual } from 'node:util';
import { type ConnectorResult, unmeasuredRow } from '../domain/check.ts';
import type { ConnectorEvidence } from '../domain/evidence.ts';
import type { Connector, ControlPlane, Inventory } from '../domain/inventory.ts';
import { isTrustedWriter } from '../domain/measurement.ts';
import type { Host, RunOptions } from '../hosts/host.ts';
import { type ApiAccess, baseUrlOf } from '../inventory/api-access.ts';
import { probeRuntime } from '../probes/connector-status.ts';
import { concludeConnector } from '../runbook/judge-safe.ts';
import { provenancePhrase } from '../runbook/judgement.ts';
import type { Away } from './places.ts';
import { originOf } from './sharing/board.ts';
import { type ConnectorSeen, connectorAddress, shareConnector } from './sharing/connector-sharing.ts';
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

/** Row 1: asks the runtime, the control plane's health and its opinion, side by side, from the connector's host. */
export async function measureConnector(
	connector: Connector,
	host: Host | Away,
	{ controlPlane, settings }: Inventory,
	{ api, timeoutMs, signal, measuredFrom, sharing, seenSince }: Options,
): Promise<ConnectorResult> {
	const known = 'unreachable' in host || seenSince === null ? null : seenBy(sharing, host, connector, seenSince);
	if (known !== null) return told(concludeConnector(connector, known.evidence, settings, known.from), known, sharing);
	const started = performance.now();
	const measuredAt = new Date().toISOString();
	const startedAt = Date.now();
	let away: Away | null = 'unreachable' in host ? host : null;
	let evidence: Pick<ConnectorEvidence, 'runtime' | 'health' | 'controlPlane'> = {
		runtime: { kind: 'none' },
		health: null,
		controlPlane: null,
	};
	if (!('unreachable' in host)) {
		const options = { timeoutMs, signal };
		const [runtime, answers] = await Promise.all([
			probeRuntime(host, connector, options),
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
	if ('unreachable' in host) return concludeConnector(connector, own, settings, measuredFrom);
	const seen = shareConnector(sharing, originOf(host), connector, own);
	return told(concludeConnector(connector, seen.evidence, settings, host.name), seen, sharing);
}

/** What another program of this user or of root saw a moment ago. */
function seenBy(sharing: SiteSharing, host: Host, connector: Connector, since: number) {
	const { source } = originOf(host);
	const other = sharing.board.connector({ source, origin: 'host' }, connectorAddress(connector));
	if (
		other === null ||
		other.writer === sharing.self ||
		other.beganAt < since ||
		!isTrustedWriter(other.writer, sharing.self)
	)
		return null;
	return { evidence: other.evidence, writer: other.writer, from: host.name };
}

/** Says whose look it was, where it was another program's. */
function told(result: ConnectorResult, { writer, evidence }: ConnectorSeen, { self }: SiteSharing): ConnectorResult {
	const { measuredAt } = evidence;
	const isStrange = !isTrustedWriter(writer, self);
	const summary =
		result.check.summary + (isStrange ? provenancePhrase({ measuredAt, writer, refusal: null }, self) : '');
	return { ...result, check: { ...result.check, summary, measuredBy: writer } };
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

export function unmeasuredConnector(connector: Connector, measuredFrom: string): ConnectorResult {
	return { name: connector.name, status: 'unknown', check: unmeasuredRow('connector', measuredFrom) };
}

export function isDown(result: ConnectorResult | undefined): boolean {
	return result?.status === 'offline' || result?.status === 'needs-recovery';
}

/** Whether a look found all as the one before did, but for who looked, when, and how long it took. */
export function isAsBefore(before: ConnectorResult | undefined, now: ConnectorResult): boolean {
	const what = ({ status, check: { measuredAt: _, durationMs: __, measuredBy: ___, ...check } }: ConnectorResult) => ({
		status,
		check,
	});
	return before !== undefined && isDeepStrictEqual(what(before), what(now));
}
