import { join } from 'node:path';
import type { Inventory } from '../domain/inventory.ts';
import { makeDirectory } from '../domain/make-directory.ts';
import { loadInventory } from '../inventory/file.ts';
import { usualPlaces } from '../inventory/find.ts';
import { configDirectory, systemInventory } from '../storage/directories.ts';
import { wholeInventory } from './choose-inventory.ts';
import { entriesOf, keyPath, problemOfFields } from './target-fields.ts';

/** Without an inventory the screen begins with what can be done: the inventory that comes of it, the demo, or nothing. */
export async function startWithoutInventory(ascii: boolean, isReadOnly: boolean): Promise<Inventory | 'demo' | 'quit'> {
	const [{ showStartPage }, { themeOf }] = await Promise.all([
		import('../ui/start-page.tsx'),
		import('../ui/theme.ts'),
	]);
	const file = join(configDirectory, 'vpmon.yaml');
	const choice = await showStartPage({
		theme: themeOf(process.env, { ascii }),
		lookedFor: usualPlaces(configDirectory, systemInventory),
		file,
		problemOf: problemOfFields,
		mayKeep: !isReadOnly,
	});
	if (choice.kind !== 'target') return choice.kind;
	const { fields } = choice;
	if (choice.keep) {
		const [{ planEdit }, { makeAuditedEdit }] = await Promise.all([
			import('../inventory/edit.ts'),
			import('../engine/audited-edit.ts'),
		]);
		const { connector, safe } = entriesOf(fields);
		makeDirectory(configDirectory, 0o700);
		await makeAuditedEdit(
			planEdit(file, [
				{ kind: 'add-connector', connector },
				{ kind: 'add-safe', safe },
			]),
			'add-target',
			[safe.name],
		);
		return loadInventory(file);
	}
	return wholeInventory([fields.target.trim()], {
		...(fields.key.trim() === '' ? {} : { key: keyPath(fields.key) }),
		...(fields.connector.trim() === '' ? {} : { connector: fields.connector.trim() }),
	});
}
