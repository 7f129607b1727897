import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { image, startDocker } from '../helpers/docker.ts';
import type { Random } from './random.ts';

/** A connector in a container that is stopped, killed, paused and started again, and goes on writing its log. */
export type FaultyContainer = {
	readonly name: string;
	/** For DOCKER_HOST. */
	readonly host: string;
	/** Does one of the things that its state lets be done to it, and says which. */
	disturb(random: Random): Promise<string>;
	/** How often it was started anew so far. */
	starts(): number;
	/** Has it write numbered lines for as long as it runs, or none. */
	write(isWriting: boolean): void;
	/** The newest lines that the engine has of it, over all its lives. */
	told(): Promise<string[]>;
	stop(): Promise<void>;
};

const name = 'vaultpam-connector';
const newest = 20_000; // Lines.

/**
 * Twenty lines at a time, ten times a second: `<life> <number>`; each start of it is a life of its own, in letters that are
 * no digits of base 16, as which a masked name of two letters could stand in it.
 */
const script = `trap 'exit 0' TERM; life=$(busybox tr 0-9a-f g-v < /proc/sys/kernel/random/uuid); i=0; while :; do
if [ -e /orders/write ]; then for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do i=$((i+1)); echo "$life $i"; done; fi; busybox usleep 100000; done`;

const actions: Readonly<Record<string, readonly string[]>> = {
	running: ['pause', 'stop', 'kill', 'restart'],
	paused: ['unpause'],
	exited: ['start'],
};

/**
 * In a Docker engine of its own.
 *
 * @param directory where its orders lie.
 */
export async function startFaultyContainer(directory: string): Promise<FaultyContainer> {
	const engine = await startDocker();
	const run = promisify(execFile);
	// Not at a stroke: the servers and wires of the soak live in this process.
	const docker = async (...args: string[]) => {
		const options = { env: { ...process.env, DOCKER_HOST: engine.host }, maxBuffer: 64 * 1024 * 1024 };
		return (await run('docker', args, options)).stdout;
	};
	const orders = join(directory, 'orders');
	mkdirSync(orders);
	let starts = 0;
	const container = ['--name', name, '--network', 'host', '--volume', `${orders}:/orders:ro`, image];
	await docker('run', '--detach', ...container, '/bin/sh', '-c', script).catch(async (error) => {
		await engine.stop();
		throw error;
	});
	return {
		name,
		host: engine.host,
		async disturb(random) {
			const state = (await docker('inspect', '--format', '{{.State.Status}}', name)).trim();
			const action = random.oneOf(actions[state] ?? ['start']);
			try {
				await docker(action, name);
			} catch {
				// A fix of vpmon has changed its state meanwhile.
				return `${action} is refused`;
			}
			if (action === 'start' || action === 'restart') starts++;
			return action;
		},
		starts: () => starts,
		write(isWriting) {
			if (isWriting) writeFileSync(join(orders, 'write'), '');
			else rmSync(join(orders, 'write'), { force: true });
		},
		told: async () => (await docker('logs', '--tail', String(newest), name)).trim().split('\n'),
		async stop() {
			await docker('rm', '--force', name).catch(() => {});
			await engine.stop();
		},
	};
}
