import { execFileSync, spawn } from 'node:child_process';
import { requireProgram, until } from './system.ts';

export type Network = {
	/** What a command line begins with to run in here. */
	readonly enter: readonly string[];
	/** Drops what is sent to these addresses without a word, as a firewall does. */
	drop(addresses: string): void;
	stop(): void;
};

/** A network namespace of its own (network_namespaces(7)) that has a loopback and nothing else: all of 127.0.0.0/8 answers in it. Needs root. */
export async function startNetwork(): Promise<Network> {
	const unshare = requireProgram('unshare', 'util-linux');
	const nsenter = requireProgram('nsenter', 'util-linux');
	const ip = requireProgram('ip', 'iproute2');
	// It stays as long as somebody is in it.
	const holder = spawn(unshare, ['--net', 'sh', '-c', `${ip} link set lo up && echo up && exec sleep infinity`], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let isUp = false;
	holder.stdout.once('data', () => {
		isUp = true;
	});
	await until('a network namespace (which takes root)', () => isUp, 5000);
	const enter = [nsenter, '--target', String(holder.pid), '--net', '--'];
	const run = (...command: string[]) => {
		const [program = '', ...args] = [...enter, ...command];
		execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
	};
	return {
		enter,
		drop(addresses) {
			const nft = requireProgram('nft', 'nftables');
			run(nft, 'add table ip firewall; add chain ip firewall input { type filter hook input priority 0; }');
			run(nft, `add rule ip firewall input ip daddr ${addresses} drop`);
		},
		stop: () => holder.kill(),
	};
}
