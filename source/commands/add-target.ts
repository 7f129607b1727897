import type { Coverage } from '../domain/coverage.ts';
import type { Inventory } from '../domain/inventory.ts';
import { parseUserAtTarget, type TypedTarget } from '../domain/target.ts';
import { UserError } from '../domain/user-error.ts';
import { safeEntry, targetProblem } from './target-fields.ts';

type ListedSafe = Coverage['withoutTarget'][number];

export type AddedTarget = { readonly name: string; readonly file: string };

/**
 * Adds a Safe to the inventory's file, which a screen that runs follows.
 *
 * @param listed the Safe of VaultPAM that has this target: it gives its name and id.
 *
 * @throws UserError with what is wrong with what was typed, or with the file.
 */
export async function addTarget(
	{ file, connectors, safes }: Inventory,
	typed: TypedTarget,
	listed: ListedSafe | null = null,
): Promise<AddedTarget> {
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
	const plain = safeEntry(typed, connector.name);
	const safe = listed === null ? plain : { ...plain, name: listed.name ?? listed.id, id: listed.id };
	const parsed = parseUserAtTarget(typed.target.trim());
	const same = safes.find(
		({ host, port, username }) => host === parsed?.host && port === parsed.port && username === parsed.username,
	);
	// Two Safes of VaultPAM may well have one target, with a credential each.
	if (same !== undefined && listed === null) throw new UserError(`${same.name} is that target already.`, '');
	const [{ planEditApart }, { makeAuditedEdit }] = await Promise.all([
		import('../engine/inventory-thread.ts'),
		import('../engine/audited-edit.ts'),
	]);
	const edit = await planEditApart(file, [{ kind: 'add-safe', safe }]);
	await makeAuditedEdit(edit, 'add-target', [safe.name]);
	return { name: safe.name, file };
}
