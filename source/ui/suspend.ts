import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../engine/store.ts';
import { continueGroups, stopGroups } from '../hosts/process-groups.ts';
import type { View } from './view.ts';

/** The terminal given to whoever started vpmon, until it is taken back. */
export type Lent = { resume(): Promise<void> };

/** What the screen does with its terminal beside drawing on it. */
export type TerminalControl = {
	/** Called by the screen once it can lend its terminal. */
	arm(lend: () => Promise<Lent>): void;
	/** ctrl-z: to the shell, until `fg`. */
	suspend(): Promise<void>;
	/** ctrl-l: draws everything anew. */
	redraw(): Promise<void>;
	/** Whoever started vpmon has it now. */
	isLent(): boolean;
	/** From now on signals to stop do what they do by default. */
	release(): void;
};

/** Longer than Ink waits after an Esc, in milliseconds. */
const escapeMs = 30;
/** Longer than a stop takes to come, in milliseconds. Who still runs then was not stopped. */
const stopMs = 200;

/**
 * Stops the whole foreground group, so that a wrapper such as npm stops too, and the programs that follow logs, which are groups of their
 * own. Where no shell could continue it (the kernel ignores the stop in an orphaned group, as of a tmux pane that runs vpmon itself), it
 * goes on at once.
 */
export function controlTerminal(view: Store<View>): TerminalControl {
	let lend: (() => Promise<Lent>) | null = null;
	let isLent = false;
	/** What was asked for while the terminal was lent: dropped, a stop would never come, and a frame that was left out never be drawn. */
	let next: (() => Promise<void>) | null = null;
	const whileLent = async (work: () => Promise<void>): Promise<void> => {
		if (lend === null) return;
		if (isLent) {
			// After a stop everything is drawn anew too.
			if (next !== stopGroup) next = work;
			return;
		}
		isLent = true;
		// Ink waits so long whether an Esc begins a sequence, and forgets one that it waits about when the terminal is lent.
		await pause(escapeMs);
		const lent = await lend();
		await work();
		await lent.resume();
		isLent = false;
		const wanted = next;
		next = null;
		if (wanted !== null) await whileLent(wanted);
	};
	const stopGroup = async () => {
		// With its input given back nothing else may keep Node alive: it would end when it is continued.
		const keepAlive = setInterval(() => {}, 2 ** 30);
		process.off('SIGTSTP', onStop);
		const wasStopped = await new Promise<boolean>((resolve) => {
			const onContinue = () => {
				clearTimeout(timer);
				resolve(true);
			};
			// After a stop this may be due before the signal is told: that one comes in the same turn.
			const timer = setTimeout(() => setImmediate(() => setImmediate(() => resolve(false))), stopMs);
			process.once('SIGCONT', onContinue);
			stopGroups();
			process.kill(0, 'SIGTSTP');
		});
		continueGroups();
		process.on('SIGTSTP', onStop);
		clearInterval(keepAlive);
		if (!wasStopped) view.patch({ notice: 'there is no shell to go back to here' });
	};
	const suspend = () => whileLent(stopGroup);
	const onStop = () => void suspend();
	process.on('SIGTSTP', onStop);
	return {
		arm(given) {
			lend = given;
		},
		suspend,
		redraw: () => whileLent(async () => {}),
		isLent: () => isLent,
		release: () => process.off('SIGTSTP', onStop),
	};
}
