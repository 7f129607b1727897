import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { requireProgram } from './system.ts';

/** Two machines on one wire: network namespaces of this one, so that nothing leaves it. */
export type Network = {
	/** Runs a command on the connector's side: `ip netns exec NAME`. */
	readonly onConnector: readonly string[];
	readonly onTarget: readonly string[];
	/** What the connector's `/etc/NAME` says. */
	configure(file: 'hosts' | 'nsswitch.conf' | 'resolv.conf', text: string): void;
	/** Adds a rule for what arrives at the target: `tcp dport 22 drop` of nft(8). */
	filter(rule: string): void;
	/** `ip` on the connector's side. */
	ip(...args: string[]): void;
	remove(): void;
};

// Addresses for documentation (RFC 5737, RFC 3849).
export const connectorAddress = '192.0.2.1';
export const target = { v4: '192.0.2.2', otherV4: '192.0.2.3', v6: '2001:db8::2', otherV6: '2001:db8::3' } as const;
/** On the wire, but nobody's. */
export const nobody = '192.0.2.99';

const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });

/** Needs root. The names are of this run alone, and go with `remove`, also after half a set-up. */
export function createNetwork(): Network {
	const ip = requireProgram('ip', 'iproute2');
	const nft = requireProgram('nft', 'nftables');
	const id = randomBytes(3).toString('hex');
	const connector = `vpmon-c-${id}`;
	const targetSide = `vpmon-t-${id}`;
	// `ip netns exec` puts the files of this folder over those in /etc.
	const files = `/etc/netns/${connector}`;
	const remove = () => {
		const existing = run(ip, 'netns', 'list');
		for (const name of [connector, targetSide]) if (existing.includes(name)) run(ip, 'netns', 'delete', name);
		rmSync(files, { recursive: true, force: true });
		try {
			rmdirSync('/etc/netns');
		} catch {
			// Others have files there, or it is gone already.
		}
	};
	try {
		for (const name of [connector, targetSide]) {
			run(ip, 'netns', 'add', name);
			run(ip, '-n', name, 'link', 'set', 'lo', 'up');
		}
		run(ip, '-n', connector, 'link', 'add', 'wire', 'type', 'veth', 'peer', 'name', 'wire', 'netns', targetSide);
		const addresses = [
			[connector, connectorAddress],
			[targetSide, target.v4],
			[targetSide, target.otherV4],
			[connector, '2001:db8::1'],
			[targetSide, target.v6],
			[targetSide, target.otherV6],
		] as const;
		for (const [name, address] of addresses) {
			const isV6 = address.includes(':');
			// Without the wait for somebody else who might have the address.
			run(ip, '-n', name, 'addr', 'add', `${address}/${isV6 ? 64 : 24}`, 'dev', 'wire', ...(isV6 ? ['nodad'] : []));
		}
		for (const name of [connector, targetSide]) run(ip, '-n', name, 'link', 'set', 'wire', 'up');
		mkdirSync(files, { recursive: true });
		run(ip, 'netns', 'exec', targetSide, nft, 'add table inet filter');
		run(
			...([ip, 'netns', 'exec', targetSide, nft] as const),
			'add chain inet filter input { type filter hook input priority 0; }',
		);
	} catch (error) {
		remove();
		throw error;
	}
	return {
		onConnector: [ip, 'netns', 'exec', connector],
		onTarget: [ip, 'netns', 'exec', targetSide],
		configure: (file, text) => writeFileSync(`${files}/${file}`, text),
		filter: (rule) => run(ip, 'netns', 'exec', targetSide, nft, `add rule inet filter input ${rule}`),
		ip: (...args) => run(ip, '-n', connector, ...args),
		remove,
	};
}
