import { join } from 'node:path';
import { handleCrash, isScreen } from '../ending.ts';
import { keepHistory } from '../engine/keep-history.ts';
import { stateDirectory } from '../settings/directories.ts';
import { chooseInventory } from './choose-inventory.ts';
import { reportsDirectory } from './report.ts';
import { startEngine } from './start-engine.ts';

export type MonitorFlags = { inventory?: string; ascii?: boolean };

/** `vpmon`: the screen; without a terminal one sweep as a table, as `vpmon check` prints it. */
export async function monitor(flags: MonitorFlags): Promise<void> {
	if (!isScreen()) {
		const { check } = await import('./check.ts');
		return check([], { ...flags, concurrency: 32, budgetWait: 60 });
	}
	const inventory = chooseInventory([], flags);
	const { engine, dispose } = await startEngine(inventory);
	const { file } = inventory;
	const history = file === null ? null : keepHistory(engine.session, () => openHistory(file));
	const recall = history?.recall ?? null;
	try {
		const { showScreen } = await import('../ui/show-screen.tsx');
		await showScreen(engine, { ascii: flags.ascii ?? false, title: '', reportsDirectory, handleCrash, recall });
	} finally {
		await dispose();
		await history?.end();
	}
}

/** Loaded behind the first frame. */
async function openHistory(inventory: string) {
	const { openHistory } = await import('../settings/history.ts');
	return openHistory(join(stateDirectory, 'history'), inventory);
}
