import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { bundle, written } from '../.config/bundle.ts';
import { createHome } from '../test/helpers/cli.ts';
import { keyFile } from '../test/helpers/keys.ts';
import { startNetwork } from '../test/helpers/loopback-network.ts';
import { settingsForMany, startSshd, targetUser } from '../test/helpers/sshd.ts';
import { requireProgram } from '../test/helpers/system.ts';
import { setAside } from './aside.ts';
import { quantile, tell } from './figures.ts';
import { writeSample } from './log-samples.ts';
import { openPane } from './pane.ts';

/**
 * What the screen costs, and how soon it answers: the first frame against a Node that does nothing, lnav and htop; a key press to its
 * paint, idle, with four more programs on the same inventory, and under 10,000 log lines a second and a sweep of 1,000 Safes on a real sshd; what is written and used while nothing
 * changes; memory, beside that of a bare Ink screen, and over the sweeps of ten hours. Budgets: design, section 10. Needs root, and
 * python3 for a terminal.
 *
 *     npm run build && node bench/screen.ts [runs] [minutes idle] [simulated hours] [frames|idle|beside|scroll|load|memory...]
 */

const runs = Number(process.argv[2] ?? 15);
const idleMinutes = Number(process.argv[3] ?? 2);
const hours = Number(process.argv[4] ?? 10);
const parts = {
	frames: timeFrames,
	idle: timeIdle,
	beside: timeBeside,
	scroll: timeScrolling,
	load: timeLoad,
	memory: watchMemory,
};
const chosen = process.argv.slice(5);
const keys = 200;
/** As long as the keys under load take. */
const bareSeconds = 40;
const sweepsPerHour = 12;
const programsBeside = 4;
const budgets = {
	frameRatio: 4.5,
	idle: { p50: 10, p99: 25 },
	beside: { p50: 5, p99: 15, cpuPercent: 0.1 },
	load: { p50: 12, p99: 33 },
	bytesPerMinute: 0,
	cpuPercent: 0.3,
	idleMb: 95,
	loadMb: 170,
};

type Memory = { readonly rss: number; readonly anonymous: number };
type Pressed = {
	readonly latencies: readonly number[];
	readonly memoryFirst: Memory;
	readonly memoryAfterKeys: Memory;
	readonly quiet?: { readonly bytesPerMinute: number; readonly cpuPercent: number; readonly memory: Memory };
	readonly memorySweeps: readonly Memory[];
};

const noKeys = { ready: 'swept', keys: 0, scrolls: 0, sweeps: false, quietSeconds: 0, memorySweeps: 0 };

const directory = mkdtempSync(join(tmpdir(), 'vpmon-bench-'));
const home = createHome();
mkdirSync(join(home.path, 'run'), { mode: 0o700 });
const network = await startNetwork();
const sshd = await startSshd({ listen: ['0.0.0.0'], through: network.enter, extra: settingsForMany() });
// It stands for a thousand other machines.
const stopSettingAside = setAside(sshd.pid);
const pane = openPane(join(directory, 'tmux.sock'));
const vpmon = [process.execPath, 'dist/cli.js', '--inventory'];

/** Safes on a real sshd, and for the rest on ports where nobody listens. */
function inventory(name: string, answering: number, refusing: number, logFile: string, settings = ''): string {
	const file = join(directory, name);
	const safes = Array.from({ length: answering + refusing }, (_, index) => {
		const address = `127.1.${Math.floor(index / 200)}.${(index % 200) + 1}`;
		const port = index < answering ? sshd.port : 1;
		return `  - {name: safe-${index}, host: ${address}, port: ${port}, username: ${targetUser}, hostKey: '${sshd.hostKey}', credential: {type: ssh-key, publicKey: ${keyFile('user-a.pub')}}, exempt: true}`;
	});
	const connector = `{name: here, runtime: none, logFile: ${logFile}}`;
	writeFileSync(file, `version: 1\n${settings}connectors: [${connector}]\nsafes:\n${safes.join('\n')}\n`, {
		mode: 0o600,
	});
	return file;
}

function press(command: readonly string[], asked: Partial<typeof noKeys>): Pressed {
	const [program = '', ...enter] = network.enter;
	const script = new URL('press-keys.py', import.meta.url).pathname;
	const output = execFileSync(
		program,
		[...enter, requireProgram('python3', 'python3'), script, JSON.stringify({ ...noKeys, ...asked }), ...command],
		{
			encoding: 'utf8',
			env: {
				...process.env,
				...home.environment,
				TERM: 'xterm-256color',
				LANG: 'C.UTF-8',
				NO_COLOR: '',
				FORCE_COLOR: '',
			},
			maxBuffer: 64 * 1024 * 1024,
		},
	);
	return JSON.parse(output) as Pressed;
}

/** What the same Ink takes that shows lines, and nothing else. */
async function bareScreen(): Promise<string[]> {
	const file = join(directory, 'bare-screen.mjs');
	const built = await rolldown({ ...bundle, input: new URL('bare-screen.tsx', import.meta.url).pathname });
	await built.write({ ...written, file, codeSplitting: false });
	await built.close();
	return [process.execPath, file];
}

function judgeMemory(what: string, found: Memory | undefined, bare: Memory | undefined, budget: number): void {
	judge(`memory ${what}, resident`, found?.rss ?? Number.NaN, budget, 'MB');
	tell(`that of a bare Ink screen ${what}`, bare?.rss ?? Number.NaN, 'MB');
}

function judge(what: string, value: number, budget: number, unit: string): void {
	tell(what, value, unit === '' ? '×' : unit, { atMost: budget });
}

function judgeKeys(what: string, { latencies }: Pressed, { p50, p99 }: { p50: number; p99: number }): void {
	judge(`key to paint, ${what}, p50`, quantile(latencies, 0.5), p50, 'ms');
	judge(`key to paint, ${what}, p99`, quantile(latencies, 0.99), p99, 'ms');
	console.log(
		`${''.padEnd(44)} ${Math.min(...latencies)
			.toFixed(2)
			.padStart(8)} ms   at best`,
	);
}

function timeFrames(): void {
	const log = join(directory, 'large.log');
	writeSample(log, 'file', 200_000);
	const file = inventory('first.yaml', 20, 0, log);
	const set = Object.entries(home.environment).map(([name, value]) => `${name}='${value}'`);
	const start = ['env', ...set, ...network.enter];
	const contestants: Record<string, () => number> = {
		vpmon: () => pane.time([...start, ...vpmon, file].join(' '), ({ text }) => text().includes('q quit')),
		'node -e 0': () => pane.time([...start, process.execPath, '-e 0'].join(' '), ({ hasEnded }) => hasEnded()),
	};
	for (const [program, command, seen] of [
		['lnav', `lnav -N ${log}`, 'took=12ms'],
		['htop', 'htop', 'F10Quit'],
	] as const) {
		if (['/usr/bin', '/usr/local/bin'].some((path) => existsSync(join(path, program))))
			contestants[program] = () => pane.time(command, ({ text }) => text().includes(seen));
		else console.log(`${program} is missing here and left out: apt-get install ${program}`);
	}
	const names = Object.keys(contestants);
	const round = () => Object.fromEntries(names.map((name) => [name, contestants[name]?.() ?? Number.NaN]));
	round();
	const rounds = Array.from({ length: runs }, round);
	for (const name of names) {
		const times = rounds.map((each) => each[name] ?? Number.NaN);
		console.log(
			`first frame of ${name.padEnd(29)} ${quantile(times, 0.5).toFixed(0).padStart(8)} ms   at best ${Math.min(...times).toFixed(0)}`,
		);
	}
	const ratio = (name: string) =>
		quantile(
			rounds.map((each) => (each.vpmon ?? 0) / (each[name] ?? 1)),
			0.5,
		);
	judge('first frame, ratio to node -e 0', ratio('node -e 0'), budgets.frameRatio, '');
	if (names.includes('lnav')) judge('first frame, ratio to lnav', ratio('lnav'), 1, '');
}

function timeIdle(): void {
	const log = join(directory, 'quiet.log');
	writeSample(log, 'file', 500);
	const pressed = press([...vpmon, inventory('idle.yaml', 20, 0, log)], { keys, quietSeconds: idleMinutes * 60 });
	judgeKeys('idle', pressed, budgets.idle);
	judge(
		'written while nothing changes, a minute',
		pressed.quiet?.bytesPerMinute ?? Number.NaN,
		budgets.bytesPerMinute,
		'B',
	);
	judge('CPU while nothing changes', pressed.quiet?.cpuPercent ?? Number.NaN, budgets.cpuPercent, '%');
	const { quiet } = press(bare, { ready: 'bare screen', quietSeconds: idleMinutes * 60 });
	judgeMemory('idle', pressed.quiet?.memory, quiet?.memory, budgets.idleMb);
	console.log(
		`${''.padEnd(44)} ${String(pressed.quiet?.memory.anonymous).padStart(8)} MB   of them its own, the rest pages of files`,
	);
}

/** One of five programs of a host that share what they measure. */
async function timeBeside(): Promise<void> {
	const log = join(directory, 'beside.log');
	writeSample(log, 'file', 500);
	const file = inventory('beside.yaml', 200, 0, log);
	const [program = '', ...enter] = network.enter;
	const exporter = [...enter, process.execPath, 'dist/cli.js', 'exporter', '-i', file, '--listen', '127.0.0.1:0'];
	const others = Array.from({ length: programsBeside }, () =>
		spawn(program, exporter, { env: { ...process.env, ...home.environment }, stdio: ['ignore', 'ignore', 'pipe'] }),
	);
	try {
		await Promise.all(others.map(({ stderr }) => once(stderr, 'data')));
		const pressed = press([...vpmon, file], { keys, quietSeconds: idleMinutes * 60 });
		judgeKeys(`${programsBeside} more programs`, pressed, budgets.beside);
		judge('the same, written a minute', pressed.quiet?.bytesPerMinute ?? Number.NaN, budgets.bytesPerMinute, 'B');
		judge('the same, CPU', pressed.quiet?.cpuPercent ?? Number.NaN, budgets.beside.cpuPercent, '%');
	} finally {
		await Promise.all(others.map((child) => child.kill() && once(child, 'exit')));
	}
}

/** A frame of the budget is one of 60 a second. */
function timeScrolling(): void {
	const file = inventory('scroll.yaml', 0, 10_000, '/dev/null', 'settings: {probe: on-demand}\n');
	const pressed = press([...vpmon, file], { ready: 'quit', scrolls: keys });
	judgeKeys('down among 10,000 Safes', pressed, { p50: 10, p99: 1000 / 60 });
}

function timeLoad(): void {
	const sample = join(directory, 'sample.log');
	const log = join(directory, 'busy.log');
	writeSample(sample, 'file', 3_000_000);
	writeFileSync(log, '');
	const writer = spawn('sh', ['-c', `exec ${process.execPath} bench/log-writer.ts ${sample} 10000 >> ${log}`]);
	try {
		const pressed = press([...vpmon, inventory('load.yaml', 1000, 0, log)], { keys, sweeps: true });
		judgeKeys('10,000 lines/s and 1,000 Safes', pressed, budgets.load);
		const { quiet } = press([...bare, log], { ready: 'bare screen', quietSeconds: bareSeconds });
		judgeMemory('under load', pressed.memoryAfterKeys, quiet?.memory, budgets.loadMb);
	} finally {
		writer.kill();
	}
}

function watchMemory(): void {
	const log = join(directory, 'hours.log');
	writeSample(log, 'file', 500);
	const { memoryFirst, memorySweeps } = press([...vpmon, inventory('hours.yaml', 20, 180, log)], {
		memorySweeps: hours * sweepsPerHour,
	});
	const series = [memoryFirst, ...memorySweeps].map(({ rss }) => rss);
	console.log(`memory over ${hours} h of sweeps, 200 Safes ${series.join(' ')} MB`);
	const half = series[Math.floor(series.length / 2)] ?? Number.NaN;
	judge('growth in the second half of them', Math.max(0, (series.at(-1) ?? Number.NaN) - half), 5, 'MB');
}

const bare = await bareScreen();

try {
	if (stopSettingAside === null) console.log('no control groups here: the sshd takes its share of this machine too');
	for (const [name, measure] of Object.entries(parts))
		if (chosen.length === 0 || chosen.includes(name)) await measure();
} finally {
	pane.close();
	await sshd.stop();
	stopSettingAside?.();
	await network.stop();
	home.remove();
	rmSync(directory, { recursive: true, force: true });
}
