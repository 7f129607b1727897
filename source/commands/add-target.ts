import type { Inventory } from '../domain/inventory.ts';
import { parseUserAtTarget, type TypedTarget } from '../domain/target.ts';
import { UserError } from '../domain/user-error.ts';
import { safeEntry, targetProblem } from './target-fields.ts';

export type AddedTarget = { readonly name: string; readonly file: string };

/**
 * Adds a Safe to the inventory's file, which a screen that runs follows.
 *
 * @throws UserError with what is wrong with what was typed, or with the file.
 */
export async function addTarget({ file, connectors, safes }: Inventory, typed: TypedTarget): Promise<AddedTarget> {
	if (file === null) throw new UserError('There is no inventory file to add it to.', '');
	const problem = targetProblem(typed);
	if (problem !== null) throw new UserError(problem, '');
	const connector = connectors.find(({ name }) => name === typed.connector.trim());
	if (connector === undefined) {
		const names = connectors.map(({ name }) => name);
		throw new UserError(
			`There is no connector named ${JSON.stringify(typed.connector.trim())}.`,
			names.length === 0 ? 'The inventory has none yet.' : `The inventory has ${names.slice(0, 10).join(', ')}.`,
		);
	}
	const safe = safeEntry(typed, connector.name);
	const parsed = parseUserAtTarget(typed.target.trim());
	const same = safes.find(
		({ host, port, username }) => host === parsed?.host && port === parsed.port && username === parsed.username,
	);
	if (same !== undefined) throw new UserError(`${same.name} is that target already.`, '');
	const { makeEdit, planEdit } = await import('../inventory/edit.ts');
	await makeEdit(planEdit(file, [{ kind: 'add-safe', safe }]));
	return { name: safe.name, file };
}
