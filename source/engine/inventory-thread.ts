import { statSync } from 'node:fs';
import type { Inventory } from '../domain/inventory.ts';
import { ownToken } from '../domain/own-tokens.ts';
import { UserError } from '../domain/user-error.ts';
import { type InventoryChange, type PlannedEdit, planEdit } from '../inventory/edit.ts';
import { loadInventory } from '../inventory/file.ts';
import { InventoryError } from '../inventory/problems.ts';
import type { InventoryAnswer, InventoryOrder, InventoryThreadData } from './inventory-worker.ts';
import { type ThreadProgram, threadProgram } from './thread-program.ts';

/** Bytes: what is smaller is read within a frame, however bad it is, and a thread takes longer to start. */
const small = 32 * 1024;
const program = threadProgram('inventory-worker', import.meta.url);

/**
 * Reads an inventory while the screen is up: a large one in a thread of its own, since a bad one can take two seconds.
 *
 * @throws UserError as `loadInventory`.
 */
export async function loadInventoryApart(file: string): Promise<Inventory> {
	const answer = await ask({ kind: 'load', file });
	return answer?.kind === 'loaded' ? answer.inventory : loadInventory(file);
}

/**
 * The same for a planned edit, which reads the file in its slowest way.
 *
 * @throws UserError as `planEdit`.
 */
export async function planEditApart(file: string, changes: readonly InventoryChange[]): Promise<PlannedEdit> {
	const answer = await ask({ kind: 'plan edit', file, changes });
	return answer?.kind === 'planned' ? answer.edit : planEdit(file, changes);
}

/** Null where it is to be done here: a small file, or no thread to be had. */
async function ask(order: InventoryOrder): Promise<InventoryAnswer | null> {
	if (sizeOf(order.file) <= small || !program.isThere()) return null;
	const answer = await answerOf(program, order);
	if (answer?.kind !== 'refused') return answer;
	const { message, nextStep, problems, count } = answer;
	throw problems === null ? new UserError(message, nextStep) : new InventoryError(message, nextStep, problems, count);
}

/** Null when the thread failed. */
function answerOf({ start }: ThreadProgram, order: InventoryOrder): Promise<InventoryAnswer | null> {
	const { promise, resolve } = Promise.withResolvers<InventoryAnswer | null>();
	const workerData: InventoryThreadData = { token: ownToken('VAULTPAM_TOKEN'), order };
	// Its own output would be written over the screen.
	const worker = start({ stdout: true, stderr: true, workerData });
	worker.once('message', (answer: InventoryAnswer) => resolve(answer));
	worker.once('error', () => resolve(null));
	worker.once('exit', () => resolve(null));
	return promise;
}

/** What cannot be looked at is told by who reads it. */
function sizeOf(file: string): number {
	try {
		return statSync(file).size;
	} catch {
		return 0;
	}
}
