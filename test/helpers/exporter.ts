import { type ChildProcess, spawn } from 'node:child_process';
import { until } from './system.ts';

const built = [process.execPath, new URL('../../dist/cli.js', import.meta.url).pathname];

export type StartedExporter = {
	/** `http://127.0.0.1:9466` */
	readonly url: string;
	readonly pid: number;
	stderr(): string;
	/** The text of `/metrics`. */
	scrape(headers?: Record<string, string>): Promise<string>;
	/** Waits for a line of it. */
	sees(line: string | RegExp, withinMs?: number): Promise<void>;
	/** Sends SIGTERM; the exit code, null where the signal itself was the end. */
	stop(): Promise<number | null>;
};

/** `vpmon exporter` on a free port of loopback, once it answers. */
export async function startExporter(
	inventory: string,
	environment: Record<string, string>,
	args: readonly string[] = ['--listen', '127.0.0.1:0'],
	options: { through?: readonly string[]; program?: readonly string[] } = {},
): Promise<StartedExporter> {
	const { through = [], program = built } = options;
	const [file = '', ...rest] = [...through, ...program, 'exporter', '-i', inventory, ...args];
	const child: ChildProcess = spawn(file, rest, {
		env: { ...process.env, ...environment },
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	let stderr = '';
	child.stderr?.on('data', (chunk) => {
		stderr += chunk;
	});
	const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
	await until('the exporter says where it is', () => {
		if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${stderr}`);
		return stderr.includes('/metrics');
	});
	const url = /(https?:\/\/\S+)\/metrics/.exec(stderr)?.[1]?.replace('0.0.0.0', '127.0.0.1') ?? '';
	const scrape = async (headers: Record<string, string> = {}) => (await fetch(`${url}/metrics`, { headers })).text();
	return {
		url,
		pid: child.pid ?? 0,
		stderr: () => stderr,
		scrape,
		sees: (line, withinMs) =>
			until(
				`a line ${line}`,
				async () => {
					const lines = (await scrape()).split('\n');
					return lines.some((text) => (typeof line === 'string' ? text === line : line.test(text)));
				},
				withinMs,
			),
		stop() {
			child.kill();
			return ended;
		},
	};
}
