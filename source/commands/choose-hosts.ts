import { type Connector, formatRemote } from '../domain/inventory.ts';
import type { Host } from '../hosts/host.ts';
import { createLocalHost } from '../hosts/local-host.ts';
import { createSshHost, type SshHost } from '../hosts/ssh-host.ts';

export type Hosts = {
	/** The machine vpmon runs on. */
	readonly local: Host;
	of(connector: Connector): Host;
	/** Ends the connections to hosts that none of these is on. */
	keepOnly(connectors: readonly Connector[]): void;
	dispose(): Promise<void>;
};

/** The hosts of connectors: one connection for all that are on the same remote one, made when it is first needed. */
export function chooseHosts(): Hosts {
	const local = createLocalHost();
	const remote = new Map<string, SshHost>();
	return {
		local,
		of({ host }) {
			if (host === 'local') return local;
			const key = formatRemote(host);
			const found = remote.get(key) ?? createSshHost(host, local);
			remote.set(key, found);
			return found;
		},
		keepOnly(connectors) {
			const used = new Set(connectors.flatMap(({ host }) => (host === 'local' ? [] : [formatRemote(host)])));
			for (const [key, host] of remote) {
				if (used.has(key)) continue;
				remote.delete(key);
				void host.dispose();
			}
		},
		async dispose() {
			await Promise.all([...remote.values()].map((host) => host.dispose()));
			await local.dispose();
		},
	};
}
