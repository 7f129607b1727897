import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach } from 'vitest';

const program = new URL('site-memory-process.ts', import.meta.url).pathname;

/** Programs that use a site memory, ended after each test of a file. */
export function siteMemoryChildren() {
	const children: ChildProcess[] = [];
	afterEach(async () => {
		await Promise.all(children.splice(0).map(kill));
	});
	return {
		/** @returns the child, and the first line that it prints. */
		async start(...args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly said: string }> {
			const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
			children.push(child);
			const lines = createInterface({ input: child.stdout });
			const ended = once(child, 'exit').then(([code]) => {
				throw new Error(`ended with ${code} before it said anything`);
			});
			const [said] = (await Promise.race([once(lines, 'line'), ended])) as [string];
			ended.catch(() => {});
			return { child, said };
		},
		kill,
	};
}

async function kill(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = once(child, 'exit');
	child.kill('SIGKILL');
	await ended;
}
