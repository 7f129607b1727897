import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * How long the screen needs to its first frame, as a ratio to a Node that does nothing: both started in the same tmux, watched every
 * 5 ms, in turn, so that the machine's mood falls on both alike. Budget: 4.5 (design, section 10).
 *
 *     npm run build && node bench/first-frame.ts [runs]
 */

const runs = Number(process.argv[2] ?? 15);
const pollMs = 5;
const giveUpMs = 10_000;
const budget = 4.5;

const directory = mkdtempSync(join(tmpdir(), 'vpmon-bench-'));
const socket = join(directory, 'tmux.sock');
const tmux = (...args: string[]) =>
	execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });

const inventory = join(directory, 'vpmon.yaml');
const safes = Array.from(
	{ length: 20 },
	(_, index) => `  - {name: safe-${index}, host: 127.0.0.1, port: ${index + 1}, username: deploy}`,
);
writeFileSync(inventory, `version: 1\nconnectors:\n  - {name: here}\nsafes:\n${safes.join('\n')}\n`, { mode: 0o600 });

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Milliseconds from starting a command in a pane until the pane shows what it should. */
function time(command: string, isThere: () => boolean): number {
	const started = performance.now();
	tmux('respawn-pane', '-k', '-t', 'bench', command);
	while (performance.now() - started < giveUpMs) {
		if (isThere()) return performance.now() - started;
		Atomics.wait(pause, 0, 0, pollMs);
	}
	throw new Error(`${command} showed nothing within ${giveUpMs} ms:\n${tmux('capture-pane', '-p', '-t', 'bench')}`);
}

function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

try {
	tmux('new-session', '-d', '-s', 'bench', '-x', '120', '-y', '36', 'sleep 1000');
	tmux('set-option', '-g', 'remain-on-exit', 'on');
	const node = process.execPath;
	const environment = `VPMON_RUNTIME_DIR=${directory} XDG_CONFIG_HOME=${directory} TERM=screen-256color`;
	const screen = () =>
		time(`${environment} ${node} dist/cli.js --inventory ${inventory}`, () =>
			tmux('capture-pane', '-p', '-t', 'bench').includes('q quit'),
		);
	const bare = () =>
		time(`${node} -e 0`, () => tmux('list-panes', '-t', 'bench', '-F', '#{pane_dead}').startsWith('1'));
	screen();
	const times = Array.from({ length: runs }, () => ({ screen: screen(), bare: bare() }));
	const ratio = median(times.map((pair) => pair.screen / pair.bare));
	console.log(`first frame  ${median(times.map((pair) => pair.screen)).toFixed(0)} ms (median of ${runs})`);
	console.log(`node -e 0    ${median(times.map((pair) => pair.bare)).toFixed(0)} ms`);
	console.log(`ratio        ${ratio.toFixed(2)} (pair by pair, median), budget ${budget}`);
	if (ratio > budget) process.exitCode = 1;
} finally {
	tmux('kill-server');
	rmSync(directory, { recursive: true, force: true });
}
