import { expect, test } from 'vitest';
import { withPodman } from '../../source/hosts/docker-or-podman.ts';
import type { Host } from '../../source/hosts/host.ts';

/** A host where these programs are installed. */
function hostWith(installed: Set<string>) {
	const ran: string[] = [];
	const start = (argv: readonly string[]) => {
		ran.push(argv.join(' '));
		return installed.has(argv[0] ?? '') ? 'done' : 'not-found';
	};
	const host = {
		run: async (argv: readonly string[]) => ({ command: argv.join(' '), outcome: start(argv) }),
		stream: async (argv: readonly string[]) => ({ command: argv.join(' '), ended: start(argv) }),
	} as unknown as Host;
	return { host: withPodman(host), ran };
}
const options = { timeoutMs: 1000 };

test('docker is docker where it is installed, and podman elsewhere; other programs are themselves', async () => {
	const docker = hostWith(new Set(['docker', 'podman']));
	expect((await docker.host.run(['docker', 'ps'], options)).command).toBe('docker ps');
	expect((await docker.host.stream(['docker', 'logs'])).command).toBe('docker logs');
	expect(docker.ran).toEqual(['docker ps', 'docker logs']);
	const podman = hostWith(new Set(['podman', 'ls']));
	expect((await podman.host.stream(['docker', 'logs'])).command).toBe('podman logs');
	expect((await podman.host.run(['docker', 'ps'], options)).command).toBe('podman ps');
	expect((await podman.host.run(['ls'], options)).command).toBe('ls');
});

test('where neither is, docker is missing, until one of them is installed', async () => {
	const installed = new Set<string>();
	const { host } = hostWith(installed);
	expect(await host.run(['docker', 'ps'], options)).toMatchObject({ command: 'docker ps', outcome: 'not-found' });
	installed.add('podman');
	expect(await host.run(['docker', 'ps'], options)).toMatchObject({ command: 'podman ps', outcome: 'done' });
	installed.delete('podman');
	installed.add('docker');
	expect(await host.run(['docker', 'ps'], options)).toMatchObject({ command: 'docker ps', outcome: 'done' });
});
