import { parentPort, workerData } from 'node:worker_threads';
import type { Inventory } from '../domain/inventory.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import { type InventoryChange, type PlannedEdit, planEdit } from '../inventory/edit.ts';
import { loadInventory } from '../inventory/file.ts';
import { InventoryError, type Problem } from '../inventory/problems.ts';
import { keepSecret } from '../redact/secrets/own-secrets.ts';

/** The program of the thread that reads a large inventory: one question, one answer. */
export type InventoryOrder =
	| { readonly kind: 'load'; readonly file: string }
	| { readonly kind: 'plan edit'; readonly file: string; readonly changes: readonly InventoryChange[] };
/** Errors are told as data: their class does not go from thread to thread. */
export type InventoryAnswer =
	| { readonly kind: 'loaded'; readonly inventory: Inventory }
	| { readonly kind: 'planned'; readonly edit: PlannedEdit }
	| {
			readonly kind: 'refused';
			readonly message: string;
			readonly nextStep: string;
			readonly problems: readonly Problem[] | null;
			readonly count: number;
	  }
	| { readonly kind: 'bug'; readonly message: string };
export type InventoryThreadData = { readonly token: string | undefined; readonly order: InventoryOrder };

function answerTo(order: InventoryOrder): InventoryAnswer {
	try {
		if (order.kind === 'load') return { kind: 'loaded', inventory: loadInventory(order.file) };
		return { kind: 'planned', edit: planEdit(order.file, order.changes) };
	} catch (error) {
		if (!(error instanceof UserError)) return { kind: 'bug', message: messageOf(error) };
		const { message, nextStep } = error;
		const isList = error instanceof InventoryError;
		return {
			kind: 'refused',
			message,
			nextStep,
			problems: isList ? error.problems : null,
			count: isList ? error.count : 1,
		};
	}
}

const { token, order } = workerData as InventoryThreadData;
// What it hides from foreign text, each thread knows for itself.
keepSecret(token);
parentPort?.postMessage(answerTo(order));
