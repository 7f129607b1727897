import { setTimeout as pause } from 'node:timers/promises';
import type { Terminal } from '../helpers/tmux.ts';

const settled = 400; // Milliseconds without another frame.

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
 * What stands there is what a redraw puts there.
 *
 * @returns whether the screen stood still, so that it could be looked at.
 */
export async function lookForTears(terminal: Terminal): Promise<boolean> {
	let torn: readonly [stood: string, drawn: string] | null = null;
	for (let tries = 0; tries < 4; tries++) {
		const stood = await atRest(terminal);
		if (stood === null) continue;
		terminal.press('C-l');
		await pause(settled);
		const drawn = await atRest(terminal);
		if (drawn === null) continue;
		// That a key was pressed is said in the footer, in the last rows.
		const body = (text: string) => text.split('\n').slice(0, -4).join('\n');
		if (body(stood) === body(drawn)) return true;
		torn = [stood, drawn];
	}
	if (torn === null) return false;
	throw new Error(`a frame is torn; it was:\n${torn[0]}\nand redrawn:\n${torn[1]}`);
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
