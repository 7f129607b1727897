import type { Host, RunOptions } from './host.ts';

const versionTimeout = 3000; // Milliseconds.

/**
 * The same host, where `docker` stands for podman's docker-compatible command if docker is not installed there: for every probe, log
 * and fix at once. Command lines that people see name the program that really ran.
 */
export function withPodman(host: Host): Host {
	/** Null while neither was found: either may be installed any time. */
	let program: 'docker' | 'podman' | null = null;
	const isInstalled = async (name: string, options: RunOptions) => {
		const { outcome } = await host.run([name, '--version'], options);
		return outcome !== 'not-found' && outcome !== 'lost';
	};
	const find = async (options: RunOptions) => {
		if (await isInstalled('docker', options)) return 'docker';
		return (await isInstalled('podman', options)) ? 'podman' : null;
	};
	const named = (argv: readonly string[]) => [program ?? 'docker', ...argv.slice(1)];

	return {
		...host,
		async run(argv, options) {
			if (argv[0] !== 'docker') return host.run(argv, options);
			const result = await host.run(named(argv), options);
			if (result.outcome !== 'not-found') {
				if (result.outcome !== 'lost') program ??= 'docker';
				return result;
			}
			program = await find(options);
			return program === null ? result : host.run(named(argv), options);
		},
		async stream(argv, options) {
			if (argv[0] !== 'docker') return host.stream(argv, options);
			program ??= await find({ timeoutMs: versionTimeout });
			return host.stream(named(argv), options);
		},
	};
}
