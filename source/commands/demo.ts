import { handleCrash, isScreen } from '../ending.ts';
import { loadInventory } from '../inventory/file.ts';
import { startLab } from '../lab/lab.ts';
import { reportsDirectory } from '../storage/directories.ts';
import { addTarget } from './add-target.ts';
import { startEngine } from './start-engine.ts';

export type DemoFlags = { ascii?: boolean; mask?: boolean };

/** `vpmon demo`: the built-in lab on the screen; without a terminal one sweep as a table, one report, and whether all came out as it should. */
export async function demo(flags: DemoFlags): Promise<void> {
	const starting = startLab();
	// Loaded while the lab comes up, which waits more than it works.
	const output = isScreen() ? import('../ui/show-screen.tsx') : import('./print-demo.ts');
	const lab = await starting;
	try {
		const { engine, dispose } = await startEngine(loadInventory(lab.inventory), {
			token: lab.token,
			program: 'demo',
			isWatched: isScreen(),
		});
		try {
			const to = await output;
			if ('showScreen' in to) {
				await to.showScreen(engine, {
					ascii: flags.ascii ?? false,
					isMasked: flags.mask ?? false,
					title: 'demo lab',
					reportsDirectory,
					addTarget: (typed, listed) => addTarget(engine.session.get().inventory, typed, listed),
					handleCrash,
				});
			} else {
				await to.printDemo(engine, lab);
			}
		} finally {
			await dispose();
		}
	} finally {
		await lab.close();
	}
}
