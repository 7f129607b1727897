import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const program = new URL('../../dist/cli.js', import.meta.url).pathname;

export type CliResult = { readonly exitCode: number | undefined; readonly stdout: string; readonly stderr: string };

/** A home and a runtime directory of its own, so that tests neither see nor leave anything of the user's. */
export function createHome(): { readonly path: string; readonly environment: Record<string, string>; remove(): void } {
	const path = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	const environment = {
		HOME: path,
		XDG_CONFIG_HOME: join(path, 'config'),
		XDG_STATE_HOME: join(path, 'state'),
		VPMON_RUNTIME_DIR: join(path, 'run'),
		VPMON_SITE_DIR: join(path, 'site'),
		VPMON_AUDIT_FILE: join(path, 'state', 'vpmon', 'audit.jsonl'),
		VPMON_INVENTORY: '',
		// Compiled code is shared: with each home's own, every test would begin with a cold start.
		NODE_COMPILE_CACHE: join(tmpdir(), 'vpmon-test-code'),
		TZ: 'UTC',
	};
	return { path, environment, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Runs the built program as a user does. */
export async function vpmon(
	args: readonly string[],
	environment: Record<string, string>,
	options: { node?: readonly string[]; through?: readonly string[]; timeoutMs?: number } = {},
): Promise<CliResult> {
	const { node = [], through = [], timeoutMs = 60_000 } = options;
	const [file = process.execPath, ...rest] = [...through, process.execPath, ...node, program, ...args];
	const { exitCode, stdout, stderr } = await execa(file, rest, {
		env: environment,
		reject: false,
		stdin: 'ignore',
		timeout: timeoutMs,
	});
	return { exitCode, stdout, stderr };
}

/** Starts the built program and lets it run. Whoever starts it ends it, with its `kill`. */
export function startVpmon(args: readonly string[], environment: Record<string, string>) {
	return execa(process.execPath, [program, ...args], { env: environment, reject: false, stdin: 'ignore' });
}
