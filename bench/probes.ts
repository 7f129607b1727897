import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckReport } from '../source/report/check-report.ts';
import { createHome } from '../test/helpers/cli.ts';
import { keyFile } from '../test/helpers/keys.ts';
import { startNetwork } from '../test/helpers/loopback-network.ts';
import { settingsForMany, startSshd, targetUser } from '../test/helpers/sshd.ts';
import { requireProgram } from '../test/helpers/system.ts';
import { median, tell } from './figures.ts';

/**
 * How long vpmon needs for the whole ladder over 200 targets, as ratios to what else would tell a part of it: all against one real
 * sshd on 200 loopback addresses, in turn, so that the machine's mood falls on all alike. Budgets: design, section 10. Needs root.
 *
 *     npm run build && node bench/probes.ts [rounds]
 */

const rounds = Number(process.argv[2] ?? 5);
const targets = 200;
/** One after the other takes too long for all of them. */
const sample = 20;

const network = await startNetwork();
const directory = mkdtempSync(join(tmpdir(), 'vpmon-bench-'));
const home = createHome();
const sshd = await startSshd({ listen: ['0.0.0.0'], through: network.enter, extra: settingsForMany() });
const addresses = Array.from(
	{ length: targets },
	(_, index) => `127.1.${Math.floor(index / 100)}.${(index % 100) + 1}`,
);

const inventory = join(directory, 'vpmon.yaml');
const safes = addresses.map(
	(address, index) =>
		`  - {name: safe-${index}, host: ${address}, port: ${sshd.port}, username: ${targetUser}, hostKey: '${sshd.hostKey}', credential: {type: ssh-key, publicKey: ${keyFile('user-a.pub')}}}`,
);
writeFileSync(inventory, `version: 1\nconnectors: [{name: here}]\nsafes:\n${safes.join('\n')}\n`, { mode: 0o600 });
const identity = join(directory, 'user-a');
copyFileSync(keyFile('user-a'), identity);
chmodSync(identity, 0o600);

/** Runs one program in the network to its end. */
function run(command: readonly string[], environment: Readonly<Record<string, string>> = {}) {
	const [program = '', ...args] = [...network.enter, ...command];
	return spawnSync(program, args, {
		encoding: 'utf8',
		env: { ...process.env, ...environment },
		maxBuffer: 64 * 1024 * 1024,
	});
}

/** Milliseconds that some work takes; it says how many targets it got an answer from. */
function time(what: string, expected: number, work: () => number): number {
	const started = performance.now();
	const found = work();
	const tookMs = performance.now() - started;
	if (found !== expected) throw new Error(`${what} got an answer from ${found} targets, not ${expected}`);
	return tookMs;
}

let ledgers = 0;
function ladder(): number {
	// A ledger of its own for each round: what earlier rounds booked is none of this one's business.
	const runtime = join(directory, `run-${++ledgers}`);
	mkdirSync(runtime, { mode: 0o700 });
	const { stdout } = run([process.execPath, 'dist/cli.js', 'check', '--json', '-i', inventory], {
		...home.environment,
		VPMON_RUNTIME_DIR: runtime,
	});
	const { safes: results } = JSON.parse(stdout) as CheckReport;
	return results.filter(({ checks }) => checks.slice(1).every(({ verdict }) => verdict === 'pass')).length;
}

const keyscan = requireProgram('ssh-keyscan', 'openssh-client');
const scan = () =>
	run([keyscan, '-t', 'ed25519', '-p', String(sshd.port), ...addresses]).stdout.match(/ssh-ed25519 /g)?.length ?? 0;

const bare = () => Number(run([process.execPath, 'bench/host-key-sweep.ts', String(sshd.port), ...addresses]).stdout);

const nc = requireProgram('nc', 'netcat-openbsd');
const ssh = requireProgram('ssh', 'openssh-client');
const known = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'BatchMode=yes'];
function byHand(address: string): boolean {
	const port = String(sshd.port);
	const open = run([nc, '-z', address, port]).status === 0;
	const options = known.flatMap((option) => ['-o', option]);
	// The user may have no shell: that it was let in shows in that its shell answered at all.
	const { status } = run([
		ssh,
		'-F',
		'none',
		...options,
		'-i',
		identity,
		'-p',
		port,
		`${targetUser}@${address}`,
		'true',
	]);
	return open && status !== 255;
}

const contestants = {
	ladder: () => time('vpmon check', targets, ladder),
	scan: () => time('ssh-keyscan', targets, scan),
	bare: () => time('the host-key sweep', targets, bare),
	byHand: () => time('nc and ssh', sample, () => addresses.slice(0, sample).filter(byHand).length) * (targets / sample),
};
type Times = Record<keyof typeof contestants, number>;
const names = Object.keys(contestants) as Array<keyof Times>;

try {
	ladder();
	bare();
	const times = Array.from({ length: rounds }, (_, round): Times => {
		const order = round % 2 === 0 ? names : names.toReversed();
		const found = Object.fromEntries(order.map((name) => [name, contestants[name]()])) as Times;
		console.log(`round ${round + 1}: ${names.map((name) => `${name} ${found[name].toFixed(0)} ms`).join(', ')}`);
		return found;
	});
	const ratio = (of: (pair: Times) => number) => median(times.map(of));
	const middle = (name: keyof Times) => median(times.map((pair) => pair[name]));
	console.log(`${targets} targets, ${rounds} rounds; medians, ratios pair by pair`);
	tell('vpmon check, whole ladder', middle('ladder'), 'ms');
	tell('ssh-keyscan -t ed25519', middle('scan'), 'ms');
	tell('nc -z, then ssh, one by one', middle('byHand'), 'ms');
	tell('host keys alone, ssh2', middle('bare'), 'ms');
	const budgets = { scan: { atLeast: 4 }, byHand: { atLeast: 15 }, bare: { atMost: 1.5 } };
	tell(
		'ssh-keyscan, of the ladder',
		ratio(({ ladder, scan }) => scan / ladder),
		'×',
		budgets.scan,
	);
	tell(
		'nc and ssh, of the ladder',
		ratio(({ ladder, byHand }) => byHand / ladder),
		'×',
		budgets.byHand,
	);
	tell(
		'ladder, of host keys alone',
		ratio(({ ladder, bare }) => ladder / bare),
		'×',
		budgets.bare,
	);
} finally {
	await sshd.stop();
	network.stop();
	home.remove();
	rmSync(directory, { recursive: true, force: true });
}
