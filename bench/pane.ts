import { execFileSync } from 'node:child_process';

const pollMs = 5;
const giveUpMs = 20_000;
const pause = new Int32Array(new SharedArrayBuffer(4));

export type Pane = {
	/** Milliseconds from starting a command in the pane until it shows what it should. */
	time(command: string, isThere: (pane: Pane) => boolean): number;
	text(): string;
	hasEnded(): boolean;
	close(): void;
};

/** One pane of a tmux of its own, watched every 5 ms: programs are started in it one after the other. */
export function openPane(socket: string): Pane {
	const tmux = (...args: string[]) =>
		execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
	tmux('-u', 'new-session', '-d', '-s', 'bench', '-x', '120', '-y', '36', 'sleep 1000');
	tmux('set-option', '-g', 'remain-on-exit', 'on');
	const pane: Pane = {
		time(command, isThere) {
			const started = performance.now();
			tmux('respawn-pane', '-k', '-t', 'bench', command);
			while (performance.now() - started < giveUpMs) {
				if (isThere(pane)) return performance.now() - started;
				Atomics.wait(pause, 0, 0, pollMs);
			}
			throw new Error(`${command} showed nothing within ${giveUpMs} ms:\n${pane.text()}`);
		},
		text: () => tmux('capture-pane', '-p', '-t', 'bench'),
		hasEnded: () => tmux('list-panes', '-t', 'bench', '-F', '#{pane_dead}').startsWith('1'),
		close: () => tmux('kill-server'),
	};
	return pane;
}
