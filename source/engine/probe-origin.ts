import type { RuntimeEvidence } from '../domain/connector-evidence.ts';
import type { Connector } from '../domain/inventory.ts';
import type { Host, RunOptions } from '../hosts/host.ts';
import { createNamespaceHost, mayEnter } from '../hosts/namespace-host.ts';
import { probeRuntime } from '../probes/connector-status.ts';
import { connectorResultOf } from './session/read.ts';
import type { SessionStore } from './session/session.ts';

/** Where the probes of a connector's Safes leave from. */
export type ProbeOrigin = {
	readonly host: Host;
	/** Why that is not where its sessions leave from; null where it is, or where nothing says otherwise. */
	readonly note: string | null;
};

/** Milliseconds. A container that was made anew meanwhile has told so. */
const runtimeKeepsMs = 20_000;

/** Finds and notes it. Row 1 may have asked the runtime just now; its answer does for both. */
export async function findProbeOrigin(
	session: SessionStore,
	connector: Connector,
	host: Host,
	options: RunOptions,
): Promise<ProbeOrigin> {
	if (connector.runtime !== 'docker') return { host, note: null };
	const { measuredAt, evidence } = connectorResultOf(session, connector).check;
	const isNew = measuredAt !== null && Date.now() - Date.parse(measuredAt) < runtimeKeepsMs;
	const known = isNew ? evidence?.runtime : undefined;
	const origin = await originOf(connector, host, known ?? (await probeRuntime(host, connector, options)), options);
	const { note } = origin;
	session.learn({ kind: 'probe origin found', connector: connector.name, origin: { from: origin.host.name, note } });
	return origin;
}

/**
 * Sessions leave from the connector: from its host, or from the network of its container, which has a firewall, routes and names of
 * its own. Where that may not be entered, the rows say so.
 */
async function originOf(
	connector: Connector,
	host: Host,
	runtime: RuntimeEvidence,
	options: RunOptions,
): Promise<ProbeOrigin> {
	if (runtime.kind !== 'docker' || runtime.networkMode === null || runtime.networkMode === 'host') {
		return { host, note: null };
	}
	const { pid, command } = runtime;
	const note = `measured from ${host.name}, not from the container's own network`;
	if (pid === null) return { host, note };
	if (!(await mayEnter(host, pid, options))) return { host, note };
	const [program = 'docker'] = command.split(' ');
	return { host: createNamespaceHost(host, { program, container: connector.container ?? '', pid }), note: null };
}
