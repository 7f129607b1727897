import { UserError } from '../domain/user-error.ts';
import { handleCrash, isScreen } from '../ending.ts';
import { keepYoungSmall } from '../engine/heap.ts';
import { keepHistory } from '../engine/history/keep-history.ts';
import { isWithoutInventory } from '../inventory/find.ts';
import { configDirectory, reportsDirectory, systemInventory } from '../storage/directories.ts';
import { addTarget } from './add-target.ts';
import { chooseInventory } from './choose-inventory.ts';
import { openHistoryOf } from './open-history.ts';
import { isMaskWanted } from './output-mask.ts';
import { startEngine } from './start-engine.ts';
import { whoseInventory } from './whose-inventory.ts';

export type MonitorFlags = { inventory?: string; ascii?: boolean; mask?: boolean; readOnly?: boolean };

/** `vpmon`: the screen; without a terminal one sweep as a table, as `vpmon check` prints it. */
export async function monitor(flags: MonitorFlags): Promise<void> {
	if (!isScreen()) {
		if (flags.mask) {
			throw new UserError(
				'--mask hides names on the screen, and there is no terminal for it.',
				'vpmon report --mask writes a masked report.',
			);
		}
		const { check } = await import('./check.ts');
		return check([], { ...flags, concurrency: 32, budgetWait: 60 });
	}
	keepYoungSmall();
	const isFirst = isWithoutInventory(flags.inventory, configDirectory, systemInventory);
	const inventory = isFirst ? await startFirst(flags) : chooseInventory([], flags);
	if (inventory === 'quit') return;
	if (inventory === 'demo') return (await import('./demo.ts')).demo(flags);
	const { promise: firstFrame, resolve: onFirstFrame } = Promise.withResolvers<void>();
	const { engine, dispose } = await startEngine(inventory, { program: 'screen', isWatched: true, firstFrame });
	const { file } = inventory;
	const sayOnScreen = (setAside: string) => engine.session.learn({ kind: 'history damaged', setAside });
	const openHistory = (path: string) => firstFrame.then(() => openHistoryOf(path, sayOnScreen));
	const history = file === null ? null : keepHistory(engine.session, () => openHistory(file), engine.sharing);
	const recall = history?.recall ?? null;
	try {
		const { showScreen } = await import('../ui/show-screen.tsx');
		await showScreen(engine, {
			ascii: flags.ascii ?? false,
			isMasked: isMaskWanted(inventory, flags.mask),
			isMaskLifted: flags.mask === false,
			isReadOnly: flags.readOnly ?? false,
			title: '',
			reportsDirectory,
			addTarget: (typed, listed) => addTarget(engine.session.get().inventory, typed, listed),
			handleCrash,
			onFirstFrame,
			recall,
			warning: file === null ? null : whoseInventory(file),
		});
	} finally {
		onFirstFrame();
		await dispose(history?.end);
	}
}

async function startFirst(flags: MonitorFlags) {
	const { startWithoutInventory } = await import('./first-start.ts');
	return startWithoutInventory(flags.ascii ?? false, flags.readOnly ?? false);
}
