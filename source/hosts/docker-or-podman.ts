import type { Host, RunOptions } from './host.ts';

const versionTimeout = 10_000; // Milliseconds.

/**
 * The same host, where `docker` stands for podman's docker-compatible command if docker is not installed there: for every probe, log
 * and fix at once. Command lines that people see name the program that really ran.
 */
export function withPodman(host: Host): Host {
	let podman: Promise<boolean> | null = null;
	const isInstalled = async (program: string, options: RunOptions) =>
		(await host.run([program, '--version'], options)).outcome !== 'not-found';
	/** Kept once podman was found; where neither is, either may be installed any time. */
	const stands = async (options: RunOptions): Promise<boolean> => {
		podman ??= (async () => !(await isInstalled('docker', options)) && (await isInstalled('podman', options)))();
		const found = await podman;
		if (!found) podman = null;
		return found;
	};
	const instead = (argv: readonly string[]) => ['podman', ...argv.slice(1)];

	return {
		...host,
		async run(argv, options) {
			if (argv[0] !== 'docker') return host.run(argv, options);
			if (podman !== null && (await stands(options))) return host.run(instead(argv), options);
			const result = await host.run(argv, options);
			if (result.outcome !== 'not-found' || !(await stands(options))) return result;
			return host.run(instead(argv), options);
		},
		async stream(argv, options) {
			const isPodman = argv[0] === 'docker' && (await stands({ timeoutMs: versionTimeout }));
			return host.stream(isPodman ? instead(argv) : argv, options);
		},
	};
}
