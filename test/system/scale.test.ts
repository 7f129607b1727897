import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkIds } from '../../source/domain/check.ts';
import type { CheckReport } from '../../source/report/check-report.ts';
import { createHome } from '../helpers/cli.ts';
import { keyFile } from '../helpers/keys.ts';
import { type Network, startNetwork } from '../helpers/loopback-network.ts';
import { type Sshd, settingsForMany, startSshd, targetUser } from '../helpers/sshd.ts';

const half = 500;
/** As many handshakes at once end well within the timeout where sshd begins 30 a second. */
const concurrency = 96;
const timeoutSeconds = 4;
/** 500 holes that each hold a place for the whole timeout: 500 x 4 s / 96 = 20.8 s. */
const holesSeconds = (half * timeoutSeconds) / concurrency;
/** The other 500, at least 20 a second: their sshd forks for each, 40 a second on the slowest two cores seen. And starting up. */
const restSeconds = half / 20 + 2;
const mostMemoryMb = 150;

const home = createHome();
const inventory = join(home.path, 'vpmon.yaml');
let network: Network;
let sshd: Sshd;

beforeAll(async () => {
	network = await startNetwork();
	sshd = await startSshd({ listen: ['0.0.0.0'], through: network.enter, extra: settingsForMany() });
	network.drop('127.9.9.0/24');
	const safe = (name: string, connector: string, host: string, port: number) =>
		`  - {name: ${name}, connector: ${connector}, host: ${host}, port: ${port}, username: ${targetUser}, hostKey: '${sshd.hostKey}', credential: {type: ssh-key, publicKey: ${keyFile('user-a.pub')}}}`;
	const safes = Array.from({ length: half }, (_, index) => [
		safe(`answers-${index}`, 'dc1', `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`, sshd.port),
		// One /24 behind one connector, on two ports: one trouble by any rule.
		safe(`hole-${index}`, 'dmz', `127.9.9.${(index % 250) + 1}`, index < 250 ? 22 : 2222),
	]);
	writeFileSync(inventory, `version: 1\nconnectors: [{name: dc1}, {name: dmz}]\nsafes:\n${safes.flat().join('\n')}\n`, {
		mode: 0o600,
	});
});
afterAll(async () => {
	await sshd?.stop();
	network?.stop();
	home.remove();
});

/** The most memory a process held so far, in MB (proc_pid_status(5), VmHWM); 0 once it is gone. */
function peakMemory(pid: number): number {
	try {
		return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
	} catch {
		return 0;
	}
}

async function check(...args: string[]) {
	const [program = '', ...rest] = [
		...network.enter,
		process.execPath,
		new URL('../../dist/cli.js', import.meta.url).pathname,
		...['check', '--json', '-i', inventory, ...args],
	];
	const started = performance.now();
	const child = spawn(program, rest, {
		env: { ...process.env, ...home.environment },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let peakMb = 0;
	const look = () => {
		peakMb = Math.max(peakMb, peakMemory(child.pid ?? 0));
	};
	const looking = setInterval(look, 20);
	const chunks: Buffer[] = [];
	child.stdout.on('data', (chunk: Buffer) => {
		look();
		chunks.push(chunk);
	});
	const exitCode = await new Promise((resolve) => child.once('close', resolve));
	clearInterval(looking);
	return {
		exitCode,
		peakMb,
		tookSeconds: (performance.now() - started) / 1000,
		text: Buffer.concat(chunks).toString('utf8'),
	};
}

test('1,000 Safes, half of them behind a firewall that drops: in time, in 150 MB, whole, and one line for the firewall', async () => {
	const { exitCode, peakMb, tookSeconds, text } = await check(
		...['--concurrency', String(concurrency), '--timeout', String(timeoutSeconds)],
	);
	process.stdout.write(
		`${tookSeconds.toFixed(1)} s of at most ${(holesSeconds + restSeconds).toFixed(1)} s ` +
			`(the holes alone ${holesSeconds.toFixed(1)} s), ${peakMb.toFixed(0)} MB, ${(text.length / 1e6).toFixed(1)} MB of JSON\n`,
	);
	const report = JSON.parse(text) as CheckReport;
	expect(exitCode).toBe(1);
	expect(report.summary).toEqual({ safes: 2 * half, pass: 0, warn: 0, fail: half, unknown: 0, untested: half });
	expect(new Set(report.safes.map(({ name }) => name)).size).toBe(2 * half);
	for (const { name, cause, checks } of report.safes) {
		expect(checks.map(({ id }) => id)).toEqual(checkIds);
		const isHole = name.startsWith('hole-');
		expect(cause).toBe(isHole ? 'port-timeout' : null);
		expect(checks.slice(1).map(({ verdict }) => verdict)).toEqual(
			isHole ? ['fail', 'skip', 'skip', 'skip'] : ['pass', 'pass', 'pass', 'pass'],
		);
	}
	expect(report.groups).toHaveLength(1);
	expect(report.groups[0]).toMatchObject({ cause: 'port-timeout', shared: { connector: 'dmz' } });
	expect(report.groups[0]?.safes).toHaveLength(half);
	expect(tookSeconds).toBeGreaterThan(holesSeconds);
	expect(tookSeconds).toBeLessThan(holesSeconds + restSeconds);
	expect(peakMb).toBeGreaterThan(30);
	expect(peakMb).toBeLessThan(mostMemoryMb);
});
