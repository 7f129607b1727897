import { homedir } from 'node:os';
import { join } from 'node:path';
import { cleanLine } from '../domain/clean.ts';
import type { RemoteHost } from '../domain/inventory.ts';
import { ownName } from '../domain/own-name.ts';
import { defaultSshPort } from '../domain/target.ts';
import type { Host } from './host.ts';

/** One SSH server on the way to a connector's host, and how the user's ssh would go there. */
export type SshDestination = {
	/** As the user calls it: a name, or an alias of the ssh config. */
	readonly alias: string;
	readonly hostName: string;
	readonly port: number;
	readonly username: string;
	/** Under which name known_hosts has it: HostKeyAlias, else the host name. */
	readonly hostKeyAlias: string | null;
	readonly identityFiles: readonly string[];
	/** Offer no other key of the agent than these. */
	readonly identitiesOnly: boolean;
	/** The agent's socket; null for none. */
	readonly agent: string | null;
	/** Files of known host keys; the first of the user's is the one that is written to. */
	readonly knownHosts: readonly string[];
	readonly globalKnownHosts: readonly string[];
	readonly hashKnownHosts: boolean;
};

/** Every server on the way, the connector's host last; or why there is no way. */
export type SshRoute =
	| { readonly ok: true; readonly hops: readonly [SshDestination, ...SshDestination[]] }
	| { readonly ok: false; readonly reason: string; readonly nextStep: string };

const mostHops = 8;
const configMs = 5000;
const usualKeys = ['id_rsa', 'id_ecdsa', 'id_ed25519'];

/** How the user's ssh would reach a host: `ssh -G` reads its configuration (ssh_config(5)), which counts where ssh is installed. */
export async function findRoute(local: Host, remote: RemoteHost, depth = 0): Promise<SshRoute> {
	const options = await askConfig(local, remote);
	if (typeof options === 'string')
		return {
			ok: false,
			reason: `the ssh config for ${remote.host} cannot be read: ${options}`,
			nextStep: `mend what ssh -G ${remote.host} says`,
		};
	const last = destinationOf(remote, options);
	const option = (key: string) => options.get(key)?.[0] ?? 'none';
	if (option('proxycommand') !== 'none')
		return {
			ok: false,
			reason: `the ssh config reaches ${remote.host} by a ProxyCommand, which vpmon does not run`,
			nextStep: `use ProxyJump for ${remote.host}, or run vpmon on it`,
		};
	if (option('proxyjump') === 'none') return { ok: true, hops: [last] };
	const jumps = option('proxyjump').split(',').map(parseJump);
	if (jumps.length + depth > mostHops)
		return { ok: false, reason: `${remote.host} has more than ${mostHops} jump hosts`, nextStep: 'look for a loop' };
	const hops: SshDestination[] = [];
	for (const [index, jump] of jumps.entries()) {
		// Only the first jump is gone to by its own configuration's way; the others are reached from the one before.
		const route = await findRoute(local, jump, depth + jumps.length);
		if (!route.ok) return route;
		hops.push(...(index === 0 ? route.hops : route.hops.slice(-1)));
	}
	const [first = last, ...rest] = [...hops, last];
	return { ok: true, hops: [first, ...rest] };
}

/** Another way than straight to a target that the user's own ssh goes, where its configuration has one. */
export async function findJumpHost(
	local: Host,
	host: string,
	port: number,
): Promise<'ProxyJump' | 'ProxyCommand' | null> {
	const options = await askConfig(local, { username: null, host, port });
	if (typeof options === 'string') return null;
	const has = (key: string) => (options.get(key)?.[0] ?? 'none') !== 'none';
	if (has('proxyjump')) return 'ProxyJump';
	return has('proxycommand') ? 'ProxyCommand' : null;
}

/** `user@host:port` or `ssh://…` of ProxyJump. */
export function parseJump(text: string): RemoteHost {
	const match = /^(?:ssh:\/\/)?(?:(.*)@)?(\[[^\]]*\]|[^:]*|[^:]*:[^:]*:.*?)(?::(\d+))?\/?$/.exec(text.trim());
	const [, username = null, host = text, port] = match ?? [];
	return { username, host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? null : Number(port) };
}

type Options = ReadonlyMap<string, readonly string[]>;

/** An empty map where there is no ssh. Text says why the configuration cannot be used. */
async function askConfig(local: Host, { username, host, port }: RemoteHost): Promise<Options | string> {
	const given = [...(username === null ? [] : ['-l', username]), ...(port === null ? [] : ['-p', String(port)])];
	const result = await local.run(['ssh', '-G', ...given, '--', host], { timeoutMs: configMs });
	if (result.outcome === 'not-found') return new Map();
	if (result.outcome !== 'done') return cleanLine(result.stderr).slice(0, 200) || `ssh -G: ${result.outcome}`;
	return parseOptions(result.stdout);
}

/** Lines of `keyword value`; some keywords come more than once. */
export function parseOptions(text: string): Options {
	const options = new Map<string, string[]>();
	for (const line of text.split('\n')) {
		const [, key, value] = /^(\S+) (.*)$/.exec(line) ?? [];
		if (key === undefined || value === undefined) continue;
		options.set(key, [...(options.get(key) ?? []), value]);
	}
	return options;
}

export function destinationOf(remote: RemoteHost, options: Options): SshDestination {
	const first = (key: string) => options.get(key)?.[0];
	// A path may have blanks in it.
	const files = (key: string, usual: readonly string[]) =>
		(first(key)?.split(/ (?=[/~])/) ?? usual).filter((file) => file !== 'none' && file !== '').map(atHome);
	const agent = first('identityagent') ?? 'SSH_AUTH_SOCK';
	const variable = /^\$?\{?([A-Za-z_]\w*)\}?$/.exec(agent)?.[1];
	return {
		alias: remote.host,
		hostName: first('hostname') ?? remote.host,
		port: Number(first('port') ?? remote.port ?? defaultSshPort),
		username: first('user') ?? remote.username ?? ownName() ?? String(process.getuid?.()),
		hostKeyAlias: first('hostkeyalias') ?? null,
		identityFiles: (options.get('identityfile') ?? usualKeys.map((name) => `~/.ssh/${name}`))
			.filter((file) => file !== 'none')
			.map(atHome),
		identitiesOnly: first('identitiesonly') === 'yes',
		agent: agent === 'none' ? null : variable === undefined ? atHome(agent) : process.env[variable] || null,
		knownHosts: files('userknownhostsfile', ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']),
		globalKnownHosts: files('globalknownhostsfile', ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
		hashKnownHosts: first('hashknownhosts') === 'yes',
	};
}

function atHome(path: string): string {
	return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}
