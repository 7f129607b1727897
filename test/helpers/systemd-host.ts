import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { childrenOf } from './children.ts';
import type { CliResult } from './cli.ts';
import { debianMirror } from './debian-mirror.ts';
import { keyFile, publicKey } from './keys.ts';
import { freePort, requireProgram, until } from './system.ts';

export const unit = 'vaultpam-connector.service';

export type SystemdHost = {
	/** Of its OpenSSH server, with the penalties it has by default. */
	readonly sshPort: number;
	/** Runs a command inside, as root. */
	run(command: string): string;
	/** The command line that runs a command inside. */
	command(command: string): string;
	/** Runs the built vpmon inside. */
	vpmon(...args: string[]): Promise<CliResult>;
	/** The same with a ledger of its own, as if nobody had probed before. */
	vpmonAnew(...args: string[]): Promise<CliResult>;
	/** The same as another user, without any rights of root. */
	vpmonAs(user: string, ...args: string[]): Promise<CliResult>;
	/** Writes a file inside. */
	write(path: string, text: string): void;
	stop(): Promise<void>;
};

/** Boots a small Debian 13 with systemd, journald, OpenSSH 10 and a connector unit: a whole connector host, sharing this one's loopback. */
export async function startSystemdHost({ packages = [] }: { packages?: readonly string[] } = {}): Promise<SystemdHost> {
	const debootstrap = requireProgram('debootstrap', 'debootstrap');
	const nspawn = requireProgram('systemd-nspawn', 'systemd-container');
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-systemd-'));
	const root = join(directory, 'root');
	const sshPort = await freePort();
	execFileSync(
		debootstrap,
		[
			'--variant=minbase',
			`--include=${['openssh-server', 'openssh-client', 'systemd', 'systemd-sysv', 'dbus', ...packages].join(',')}`,
			'trixie',
			root,
			debianMirror(),
		],
		{
			stdio: ['ignore', 'ignore', 'inherit'],
		},
	);
	const write = (path: string, text: string) => {
		const inside = join(root, path);
		mkdirSync(join(inside, '..'), { recursive: true });
		writeFileSync(inside, text);
	};
	write('etc/ssh/sshd_config.d/test.conf', `Port ${sshPort}\nListenAddress 127.0.0.1\n`);
	// Where a package puts it: only there it can be masked. A busy shell was seen to outlive SIGTERM here.
	write(
		`usr/lib/systemd/system/${unit}`,
		`[Service]\nEnvironment=CODE=0\nKillSignal=SIGKILL\nSuccessExitStatus=SIGKILL\nTimeoutStopSec=2\nExecStart=/bin/sh -c 'i=0; while [ ! -e /run/fail ]; do i=$$((i+1)); echo "connector line $$i"; sleep 0.05; done; exit 7'\n[Install]\nWantedBy=multi-user.target\n`,
	);
	const chroot = (...command: string[]) => execFileSync('chroot', [root, ...command], { stdio: 'ignore' });
	chroot('systemctl', 'enable', unit);
	chroot('useradd', '-m', 'deploy');
	chroot('usermod', '-p', '*', 'deploy');
	write('home/deploy/.ssh/authorized_keys', `${publicKey('user-a')}\n`);
	chroot('chown', '-R', 'deploy:deploy', '/home/deploy/.ssh');
	chroot('chmod', '700', '/home/deploy/.ssh');
	write('opt/keys/user-a', readFileSync(keyFile('user-a'), 'utf8'));
	// A key that nobody is authorised with.
	write('opt/keys/host-b', readFileSync(keyFile('host-b'), 'utf8'));
	chroot('chmod', '600', '/opt/keys/user-a', '/opt/keys/host-b');
	write('opt/keys/connector.yaml', `version: 1\nconnectors: [{name: dc1, runtime: systemd, unit: ${unit}}]\n`);
	for (const name of ['user-a.pub', 'user-b.pub']) write(`opt/keys/${name}`, readFileSync(keyFile(name), 'utf8'));

	const project = new URL('../../', import.meta.url).pathname;
	const machine: ChildProcess = spawn(
		nspawn,
		[
			'-q',
			'-D',
			root,
			'--boot',
			'--register=no',
			'--keep-unit',
			`--bind-ro=${project}:/opt/vpmon`,
			// In a worktree they may be a link to another's.
			`--bind-ro=${realpathSync(join(project, 'node_modules'))}`,
			`--bind-ro=${process.execPath}:/opt/node`,
		],
		{ stdio: 'ignore', env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' } },
	);
	await until('the machine', () => childrenOf(machine.pid ?? 0).length > 0, 30_000);
	const [leader = 0] = childrenOf(machine.pid ?? 0);
	const enter = ['--target', String(leader), '--mount', '--uts', '--ipc', '--pid', '--root', '--wd=/'];
	const run = (command: string) =>
		execFileSync('nsenter', [...enter, '/bin/sh', '-c', command], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	const isUp = () => {
		try {
			return run('systemctl is-active ssh.service').trim() === 'active';
		} catch {
			return false;
		}
	};
	await until('systemd and sshd inside', isUp, 60_000);
	const runVpmon = async (
		args: readonly string[],
		environment: Record<string, string> = {},
		as: readonly string[] = [],
	): Promise<CliResult> => {
		const { exitCode, stdout, stderr } = await execa(
			'nsenter',
			[...enter, ...as, '/opt/node', '/opt/vpmon/dist/cli.js', ...args],
			{
				reject: false,
				stdin: 'ignore',
				extendEnv: false,
				env: {
					PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
					HOME: '/root',
					TZ: 'UTC',
					LANG: 'C.UTF-8',
					...environment,
				},
			},
		);
		return { exitCode, stdout, stderr };
	};

	return {
		sshPort,
		run,
		command: (command) => `nsenter ${enter.join(' ')} /bin/sh -c 'cd / && exec ${command}'`,
		write: (path, text) => {
			execFileSync(
				'nsenter',
				[...enter, '/bin/sh', '-c', `mkdir -p "$(dirname ${path})" && cat > ${path} && chmod 600 ${path}`],
				{ input: text },
			);
		},
		vpmon: (...args) => runVpmon(args),
		vpmonAs: (user, ...args) => {
			const home = `/home/${user}`;
			return runVpmon(args, { HOME: home }, ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups']);
		},
		vpmonAnew: (...args) =>
			runVpmon(args, {
				VPMON_RUNTIME_DIR: `/run/vpmon-${randomUUID()}`,
				VPMON_SITE_DIR: `/run/vpmon-site-${randomUUID()}`,
			}),
		async stop() {
			const ended = new Promise((resolve) => machine.once('exit', resolve));
			try {
				run('systemctl poweroff --no-wall');
			} catch {
				machine.kill();
			}
			await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 20_000))]);
			if (machine.exitCode === null) machine.kill('SIGKILL');
			rmSync(directory, { recursive: true, force: true });
		},
	};
}
