import type { RuntimeEvidence } from '../domain/connector-evidence.ts';
import type { Connector } from '../domain/inventory.ts';
import type { Host, RunOptions } from '../hosts/host.ts';
import { probeDocker } from './docker-status.ts';
import { probeSystemd } from './systemd-status.ts';

/** Asks the runtime of a connector how it is, on the connector's host. */
export async function probeRuntime(host: Host, connector: Connector, options: RunOptions): Promise<RuntimeEvidence> {
	if (connector.runtime === 'docker') return probeDocker(host, connector.container ?? '', options);
	if (connector.runtime === 'systemd') return probeSystemd(host, connector.unit ?? '', options);
	return { kind: 'none' };
}
