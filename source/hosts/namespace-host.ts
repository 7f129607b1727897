import { isIP } from 'node:net';
import type { Host, RunOptions } from './host.ts';
import { connectByNetcat } from './netcat-connection.ts';
import { isOption, parseAhosts } from './resolve-name.ts';

export type ContainerNetwork = {
	/** The engine's client: `docker` or `podman`. */
	readonly program: string;
	readonly container: string;
	/** Of its first process, as the host counts. */
	readonly pid: number;
};

/** getent(1): the name is not known. */
const notFound = 2;
/**
 * The network of a container, entered from its host: connections leave from where the container's own would. Names are asked of the
 * container itself, whose hosts file and name server count, and of its host where it has no getent. The port a connection comes
 * from stays unknown.
 */
export function createNamespaceHost(host: Host, { program, container, pid }: ContainerNetwork): Host {
	const inside = (argv: readonly string[]) => ['nsenter', '--net', '--target', String(pid), '--', ...argv];
	return {
		...host,
		name: `${host.name}, network of ${container}`,
		// Docker's bridge sends everything from the host's address, so a target counts both together. Where it does not, the budget is
		// only smaller than it could be.
		ledgerName: host.ledgerName ?? host.name,
		network: `container ${container}`,
		run: (argv, options) => host.run(inside(argv), options),
		stream: (argv, options) => host.stream(inside(argv), options),

		async resolve(name, options) {
			const family = isIP(name);
			if (family !== 0) return { ok: true, addresses: [{ address: name, family: family as 4 | 6 }] };
			if (isOption(name)) return host.resolve(name, options);
			const result = await host.run([program, 'exec', '--', container, 'getent', 'ahosts', name], options);
			if (result.outcome === 'done') return { ok: true, addresses: parseAhosts(result.stdout) };
			if (result.outcome === 'failed' && result.exitCode === notFound)
				return { ok: false, error: 'no such name in the container, or no answer from its name server' };
			return host.resolve(name, options);
		},

		async connect(address, port, options) {
			return connectByNetcat(host, inside, address, port, options, 'nsenter');
		},

		// The host that was entered is not ours to end.
		async dispose() {},
	};
}

/** May this user enter the network at all? nsenter(1) needs CAP_SYS_ADMIN, and the process has to be there still. */
export async function mayEnter(host: Host, pid: number, options: RunOptions): Promise<boolean> {
	const result = await host.run(['nsenter', '--net', '--target', String(pid), '--', 'nc', '-h'], options);
	return !/^nsenter:/m.test(result.stderr) && (result.outcome === 'done' || result.outcome === 'failed');
}
