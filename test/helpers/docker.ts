import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireProgram, until } from './system.ts';

export type DockerEngine = {
	/** For DOCKER_HOST. */
	readonly host: string;
	docker(...args: string[]): string;
	/** As systemctl restart docker does: what ran is stopped, and started again where its restart policy says so. */
	restart(): Promise<void>;
	/** Ends the engine alone; what it ran goes with it. */
	stop(): Promise<void>;
};

export const image = 'connector:test';

/** A real Docker engine of the test's own: its own data, socket and pid, no network, one image made of busybox. */
export async function startDocker(): Promise<DockerEngine> {
	const dockerd = requireProgram('dockerd', 'docker.io');
	const docker = requireProgram('docker', 'docker.io');
	const busybox = requireProgram('busybox', 'busybox-static');
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-docker-'));
	const socket = join(directory, 'docker.sock');
	const host = `unix://${socket}`;
	const log = openSync(join(directory, 'log'), 'w');
	const start = () =>
		spawn(
			dockerd,
			[
				...[
					'--data-root',
					join(directory, 'data'),
					'--exec-root',
					join(directory, 'exec'),
					'--pidfile',
					join(directory, 'pid'),
				],
				...['--host', host, '--iptables=false', '--bridge=none', '--storage-driver=vfs'],
			],
			{ stdio: ['ignore', log, log] },
		);
	let daemon: ChildProcess = start();
	const end = async () => {
		if (daemon.exitCode !== null) return;
		const ended = new Promise((resolve) => daemon.once('exit', resolve));
		daemon.kill();
		await ended;
	};
	const run = (...args: string[]) =>
		execFileSync(docker, args, {
			env: { ...process.env, DOCKER_HOST: host },
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	const answers = () => {
		try {
			run('version');
			return true;
		} catch {
			if (daemon.exitCode !== null)
				throw new Error(`dockerd ended:\n${readFileSync(join(directory, 'log'), 'utf8').slice(-2000)}`);
			return false;
		}
	};
	await until('the Docker engine', answers, 60_000);

	const root = join(directory, 'image');
	mkdirSync(join(root, 'bin'), { recursive: true });
	copyFileSync(busybox, join(root, 'bin', 'busybox'));
	chmodSync(join(root, 'bin', 'busybox'), 0o755);
	for (const name of ['sh', 'sleep', 'seq', 'echo', 'cat']) symlinkSync('busybox', join(root, 'bin', name));
	const tar = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 * 1024 * 1024 });
	execFileSync(docker, ['import', '-', image], { input: tar, env: { ...process.env, DOCKER_HOST: host } });

	return {
		host,
		docker: run,
		async restart() {
			await end();
			daemon = start();
			await until('the Docker engine', answers, 60_000);
		},
		async stop() {
			await end();
			// The engine leaves the network namespaces of its containers mounted.
			for (const [, place = ''] of readFileSync('/proc/mounts', 'utf8').matchAll(/^\S+ (\S+) /gm)) {
				if (place.startsWith(directory)) execFileSync('umount', ['--lazy', place]);
			}
			rmSync(directory, { recursive: true, force: true });
		},
	};
}
