import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { livesOf } from '../helpers/sequences.ts';
import { atRest, goToLog, shownLog } from './look.ts';
import type { Soak } from './step.ts';

/**
 * Every line that is written into the log of `dc1` while it is paused is counted.
 *
 * @returns whether the log could be paused: it may have no room.
 */
export async function countLines({ site, terminal, random }: Soak): Promise<boolean> {
	if (!(await goToLog(terminal, 'dc1'))) return false;
	terminal.press('Space');
	// A log that was rotated is found again after a second or two, with what came meanwhile.
	await pause(3000);
	await atRest(terminal);
	const counted = () => {
		const screen = terminal.screen();
		const found = /─ Logs ─ PAUSED, (\d[\d,]*) new/.exec(screen)?.[1];
		return found === undefined || shownLog(screen) !== 'dc1' ? null : Number(found.replaceAll(',', ''));
	};
	const before = counted();
	if (before === null) return false;
	const lines = 1 + random.below(700);
	site.log(lines);
	for (let tries = 0; tries < 40; tries++) {
		await pause(250);
		if (counted() !== before + lines) continue;
		terminal.press('G');
		return true;
	}
	throw new Error(`${lines} lines came while the log was paused with ${before} new; it says:\n${terminal.screen()}`);
}

/** As `<life> <number>`. */
const numbersOf = (lines: readonly string[]) =>
	[...livesOf(lines)].flatMap(([life, numbers]) => numbers.map((number) => `${life} ${number}`));

/**
 * What the screen has of the log of `dc2` is, each line once and in order, what the engine has of the container.
 *
 * @param reports where the screen saves logs.
 * @returns how many lines were compared; 0 where the log could not be saved, or has none.
 */
export async function compareLogs({ container, terminal }: Soak, reports: string): Promise<number> {
	if (!(await goToLog(terminal, 'dc2'))) return 0;
	container.write(false);
	try {
		let differs = '';
		for (let tries = 0; tries < 20; tries++) {
			await pause(1000);
			const saved = await save(terminal, reports);
			const told = numbersOf(await container.told());
			const got = saved === null ? [] : numbersOf(saved);
			const length = Math.min(got.length, told.length);
			if (saved === null || told.length === 0) continue;
			const [last, lastTold] = [got.slice(-length), told.slice(-length)];
			const at = lastTold.findIndex((number, index) => last[index] !== number);
			if (length > 0 && at === -1) return length;
			differs = `the screen has ${got.length} lines of the container, the last ${got.at(-1)}, the engine ${told.length}, the last ${told.at(-1)}; the newest ${length} differ from ${lastTold[at]} on, where the screen has ${last[at]}`;
		}
		if (differs === '') return 0;
		throw new Error(`${differs}:\n${terminal.screen()}`);
	} finally {
		container.write(true);
	}
}

/** Null where nothing was saved. */
async function save(terminal: Soak['terminal'], reports: string): Promise<string[] | null> {
	const list = () => (existsSync(reports) ? readdirSync(reports).filter((name) => /-log-.*\.log$/.test(name)) : []);
	for (const old of list()) rmSync(join(reports, old));
	terminal.press('s');
	for (let tries = 0; tries < 10; tries++) {
		await pause(200);
		const [made] = list();
		if (made !== undefined) return readFileSync(join(reports, made), 'utf8').split('\n');
	}
	return null;
}
