import { execFileSync, spawn } from 'node:child_process';
import { requireProgram, until } from './system.ts';

export type MountNamespace = {
	/** What a command line begins with to run in here. */
	readonly enter: readonly string[];
	/** Runs a shell script in here as root. */
	run(script: string): void;
	stop(): void;
};

/**
 * A mount namespace of its own (mount_namespaces(7)): what is mounted in it, over /etc/hosts or /run, only those see who run in it.
 * Needs root.
 *
 * @param script run in it first.
 */
export async function startMountNamespace(script: string): Promise<MountNamespace> {
	const unshare = requireProgram('unshare', 'util-linux');
	const nsenter = requireProgram('nsenter', 'util-linux');
	// It stays as long as somebody is in it.
	const holder = spawn(unshare, ['--mount', 'sh', '-c', 'echo up && exec sleep infinity'], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let isUp = false;
	holder.stdout.once('data', () => {
		isUp = true;
	});
	await until('a mount namespace (which takes root)', () => isUp, 5000);
	const enter = [nsenter, '--target', String(holder.pid), '--mount', '--'];
	const run = (text: string) => {
		const [program = '', ...args] = [...enter, 'sh', '-ec', text];
		execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
	};
	run(script);
	return { enter, run, stop: () => holder.kill() };
}
