import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CheckReport } from '../../source/report/check-report.ts';
import { type createHome, vpmon } from './cli.ts';
import { fingerprint, keyFile, type TestKey } from './keys.ts';
import { targetUser } from './sshd.ts';

export type Entry = {
	readonly name: string;
	readonly host?: string;
	readonly port: number;
	readonly username?: string;
	readonly hostKey?: string;
	readonly key?: TestKey;
};

export type Checked = Awaited<ReturnType<typeof checkSafes>>;

/**
 * `vpmon check --json` over an inventory of these Safes. Whatever answers there, it must not print a stack.
 *
 * @param runtime names the runtime directory, and so the ledger: runs that give the same name share one.
 * @param through command that vpmon is run by, for example `ip netns exec NAME`.
 */
export async function checkSafes(
	home: ReturnType<typeof createHome>,
	entries: readonly Entry[],
	options: { runtime: string; args?: readonly string[]; through?: readonly string[] },
) {
	const { runtime, args = [], through = [] } = options;
	const file = join(home.path, `${runtime}.yaml`);
	const safes = entries.map((entry) => {
		const { host = '127.0.0.1', username = targetUser, hostKey = fingerprint('host-a'), key = 'user-a' } = entry;
		const { name, port } = entry;
		return { name, host, port, username, hostKey, credential: { type: 'ssh-key', publicKey: keyFile(`${key}.pub`) } };
	});
	// JSON is YAML.
	writeFileSync(file, JSON.stringify({ version: 1, connectors: [{ name: 'here' }], safes }), { mode: 0o600 });
	// Nothing is known from the run before but what the ledger tells.
	const site = join(home.path, `site-${randomUUID()}`);
	const environment = { ...home.environment, VPMON_RUNTIME_DIR: join(home.path, runtime), VPMON_SITE_DIR: site };
	const startedAt = performance.now();
	const result = await vpmon(['check', '--json', '-i', file, ...args], environment, { through });
	const tookMs = performance.now() - startedAt;
	if (result.stdout === '') throw new Error(`no report: ${result.stderr}`);
	expect(result.stderr).not.toMatch(/^\s+at |Error:/m);
	const report = JSON.parse(result.stdout) as CheckReport;
	const safe = (name: string) => {
		const found = report.safes.find((candidate) => candidate.name === name);
		if (found === undefined) throw new Error(`no Safe ${name}`);
		return found;
	};
	return {
		...result,
		report,
		tookMs,
		safe,
		/** The cause of each Safe, or its verdict where there is none. */
		causes: Object.fromEntries(report.safes.map(({ name, cause, verdict }) => [name, cause ?? verdict])),
		/** What row 2 says of a Safe. */
		port: (name: string) => safe(name).checks[1]?.summary ?? '',
	};
}

/** Verdicts of rows 2 to 5; the first is that of a connector nobody here can ask. */
export function targetRows({ checks }: CheckReport['safes'][number]): string[] {
	return checks.slice(1).map(({ verdict }) => verdict);
}
