import { setTimeout as pause } from 'node:timers/promises';
import type { Terminal } from '../helpers/tmux.ts';

const settled = 400; // Milliseconds without another frame.
const redrawn = 150; // Milliseconds that a redraw may take.

/** The pane once nothing has changed in it for a while; null when it never rests. */
export async function atRest(terminal: Terminal): Promise<string | null> {
	let before = terminal.screen();
	for (let tries = 0; tries < 25; tries++) {
		await pause(settled);
		const now = terminal.screen();
		if (now === before) return now;
		before = now;
	}
	return null;
}

/**
 * Whether what stands there is what a redraw puts there; null where the screen never stood still. The redraw mends a torn frame, so that
 * it is seen once only; and now and then the world changes in the moment between.
 *
 * @returns what stood there and what was drawn, where they differ.
 */
export async function lookForTears(terminal: Terminal): Promise<'whole' | string | null> {
	const stood = await atRest(terminal);
	if (stood === null) return null;
	terminal.press('C-l');
	await pause(redrawn);
	const drawn = terminal.screen();
	// That a key was pressed is said in the footer, in the last rows.
	const body = (text: string) => text.split('\n').slice(0, -4).join('\n');
	return body(stood) === body(drawn) ? 'whole' : `it was:\n${stood}\nand redrawn:\n${drawn}`;
}

/** The connector whose log is shown, as far as the title of Logs says so. */
export function shownLog(screen: string): string | null {
	return /─ Logs ─ .*?· (dc\d)\b/.exec(screen)?.[1] ?? null;
}

/**
 * Goes to the log of a connector, and follows it.
 *
 * @returns whether it is shown.
 */
export async function goToLog(terminal: Terminal, connector: string): Promise<boolean> {
	terminal.resize(120, 36);
	for (let tries = 0; tries < 8; tries++) {
		// One level back each, to the Safes; Logs are two panes on.
		terminal.press('Escape', 'Escape', 'Escape', 'Escape');
		await pause(300);
		terminal.press('Tab', 'Tab');
		await pause(300);
		// Where the footer names no key of Logs they are hidden.
		if (!/space (?:pause|follow)/.test(terminal.screen())) {
			terminal.press('L');
			continue;
		}
		for (let others = 0; others < 3; others++) {
			if (shownLog(terminal.screen()) === connector) return true;
			terminal.press('o');
			await pause(500);
		}
	}
	return false;
}
