import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireProgram } from './system.ts';

export type Podman = {
	/** For a process that is to see this podman, and no docker. */
	readonly environment: Readonly<Record<string, string>>;
	podman(...args: string[]): string;
	/** Puts the `docker` of the package podman-docker in its place: a script that says so and runs podman. */
	emulateDocker(): void;
	stop(): void;
};

export const podmanImage = 'localhost/connector:test';

/** What vpmon runs beside podman. */
const programs = ['podman', 'ls', 'nsenter', 'getent', 'sh', 'setpriv'];

/** A real podman with containers of the test's own, on a PATH without docker, and one image made of busybox. */
export function startPodman(): Podman {
	const podman = requireProgram('podman', 'podman');
	const busybox = requireProgram('busybox', 'busybox-static');
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-podman-'));
	const bin = join(directory, 'bin');
	mkdirSync(bin);
	for (const program of programs) symlinkSync(requireProgram(program, program), join(bin, program));
	symlinkSync(requireProgram('nc', 'netcat-openbsd'), join(bin, 'nc'));
	const storage = join(directory, 'storage.conf');
	writeFileSync(storage, `[storage]\ndriver = "vfs"\ngraphroot = "${directory}/store"\nrunroot = "${directory}/run"\n`);
	const containers = join(directory, 'containers.conf');
	// The limits podman sets by itself are beyond what a container of a build machine may have.
	writeFileSync(
		containers,
		'[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\nlog_driver = "k8s-file"\n[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n',
	);
	const environment = {
		CONTAINERS_STORAGE_CONF: storage,
		CONTAINERS_CONF: containers,
		// Where conmon and the OCI runtime are; docker is elsewhere.
		PATH: `${bin}:/usr/sbin:/sbin`,
	};
	if (existsSync('/usr/sbin/docker')) throw new Error('docker stands in /usr/sbin, where it was not expected');
	const run = (...args: string[]) =>
		execFileSync(podman, args, {
			env: { ...process.env, ...environment },
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe'],
		});

	const root = join(directory, 'image');
	mkdirSync(join(root, 'bin'), { recursive: true });
	copyFileSync(busybox, join(root, 'bin', 'busybox'));
	chmodSync(join(root, 'bin', 'busybox'), 0o755);
	for (const name of ['sh', 'sleep', 'seq', 'echo', 'cat']) symlinkSync('busybox', join(root, 'bin', name));
	const archive = join(directory, 'image.tar');
	execFileSync('tar', ['-C', root, '-cf', archive, '.']);
	run('import', archive, podmanImage);

	return {
		environment,
		podman: run,
		emulateDocker() {
			const script = `#!/bin/sh\necho 'Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg.' >&2\nexec ${podman} "$@"\n`;
			writeFileSync(join(bin, 'docker'), script, { mode: 0o755 });
		},
		stop() {
			run('rm', '--all', '--force', '--time', '0', '--volumes');
			rmSync(directory, { recursive: true, force: true });
		},
	};
}
