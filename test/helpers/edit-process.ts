import { type InventoryChange, makeEdit, planEdit } from '../../source/inventory/edit.ts';

// A vpmon process as far as the inventory is concerned: edits it again and again until it is killed.
const [file = '', from = '1'] = process.argv.slice(2);
const rename = (name: string, username: string): InventoryChange => ({
	kind: 'change-safe',
	name,
	fields: { username },
});
for (let count = Number(from); ; count++) {
	// One edit, so never one without the other.
	await makeEdit(planEdit(file, [rename('first', `u${count}`), rename('last', `u${count}`)]));
	process.stdout.write('edited');
}
