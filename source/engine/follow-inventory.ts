import { type Stats, statSync } from 'node:fs';
import { messageOf, UserError } from '../domain/user-error.ts';
import { InventoryError } from '../inventory/problems.ts';
import { watchFile } from '../inventory/watch.ts';
import type { Engine } from './engine.ts';
import type { InventoryChanges } from './inventory-changes.ts';
import { loadInventoryApart } from './inventory-thread.ts';
import type { InventoryProblem } from './session/session.ts';

/**
 * Takes each change of the inventory file into the running engine. One that cannot be used leaves the last good inventory in place;
 * the session says so until it can. Key files that change make their Safes be measured again. Returns its own end.
 *
 * @param onChange what changed; the names of Safes alone where only their key files did.
 */
export function followInventory(
	engine: Engine,
	onChange: (changes: InventoryChanges) => void,
	onProblem: (problem: InventoryProblem) => void = () => {},
): () => void {
	const { file } = engine.session.get().inventory;
	if (file === null) return () => {};
	// A reading that another one overtook says nothing new.
	let reading = 0;
	const read = async () => {
		const mine = ++reading;
		try {
			const inventory = await loadInventoryApart(file);
			if (mine !== reading) return;
			const changes = await engine.replaceInventory(inventory);
			if (mine !== reading) return;
			engine.session.learn({ kind: 'inventory problem', problem: null });
			watch.alsoWatch(keyFilesOf(engine));
			onChange(changes);
		} catch (error) {
			if (!(error instanceof UserError)) throw error;
			if (mine !== reading) return;
			const problem = problemOf(error, engine.session.get().inventoryProblem?.since ?? Date.now());
			engine.session.learn({ kind: 'inventory problem', problem });
			onProblem(problem);
		}
	};
	const watch = watchFile(file, (changed) => {
		if (changed.includes(file)) void read();
		const keys = new Set(changed);
		const safes = engine.session.get().inventory.safes.filter(({ credential }) => {
			const key = credential.type === 'ssh-key' ? credential.publicKey : null;
			return key?.kind === 'file' && keys.has(key.path);
		});
		const keysChangedAt = Math.max(0, ...changed.map(changedOnDiskAt));
		if (safes.length > 0) onChange({ ...noChanges, keysChangedAt, toMeasure: safes.map(({ name }) => name) });
	});
	watch.alsoWatch(keyFilesOf(engine));
	// What changed between the first reading and the watch.
	if (engine.session.get().inventory.changedAt !== changedAtOf(file)) void read();
	return watch.stop;
}

const noChanges: InventoryChanges = {
	keysChangedAt: null,
	added: [],
	changed: [],
	removed: [],
	toMeasure: [],
	connectors: false,
	settings: false,
};

/** Also of a file that was moved there with the time it had (stat(2), st_ctime). */
function changedOnDiskAt(file: string): number {
	return Math.min(Date.now(), statsOf(file)?.ctimeMs ?? Date.now());
}

function changedAtOf(file: string): number | null {
	return statsOf(file)?.mtimeMs ?? null;
}

/** Null where it cannot be looked at for any reason, such as links in a circle; who reads the file says why. */
function statsOf(file: string): Stats | null {
	try {
		return statSync(file);
	} catch {
		return null;
	}
}

/** More than these are read again with the next sweep only. */
const mostKeyFiles = 1000;

function keyFilesOf({ session }: Engine): string[] {
	const paths = session.get().inventory.safes.flatMap(({ credential }) => {
		const key = credential.type === 'ssh-key' ? credential.publicKey : null;
		return key?.kind === 'file' ? [key.path] : [];
	});
	return [...new Set(paths)].slice(0, mostKeyFiles);
}

function problemOf(error: UserError, since: number): InventoryProblem {
	if (!(error instanceof InventoryError))
		return { summary: messageOf(error), detail: `${error.message}\n${error.nextStep}`, since };
	const [first] = error.problems;
	const more = error.count > 1 ? ` (and ${error.count - 1} more)` : '';
	const summary =
		first === undefined ? error.message : `line ${first.line}:${first.column} ${first.field}: ${first.message}${more}`;
	return { summary, detail: error.message, since };
}
