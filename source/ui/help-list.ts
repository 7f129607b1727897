import { type KeyBinding, keyGroups, placesOf, shownKeys } from './key-binding.ts';
import { keymap } from './keymap.ts';

/** What the help and the palette list: all keys by group, or those that a search finds. Pure. */
export function listKeys(query: string): readonly KeyBinding[] {
	const wanted = query.trim();
	if (wanted === '') return keyGroups.flatMap((group) => keymap.filter((binding) => binding.group === group));
	const ranked = keymap.map((binding) => ({ binding, rank: rankOf(binding, wanted) }));
	return ranked
		.filter(({ rank }) => rank !== null)
		.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
		.map(({ binding }) => binding);
}

/** A key that is typed as it is pressed comes first, then names, then all that is said; null for none of them. */
function rankOf(binding: KeyBinding, wanted: string): number | null {
	// `Esc`, but not `R` for r.
	const pressed = wanted.length === 1 ? wanted : wanted.toLowerCase();
	if (binding.keys.includes(pressed)) return 0;
	const words = wanted.toLowerCase().split(/\s+/);
	const isIn = (text: string) => {
		const parts = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
		return words.every(
			(word) => parts.some((part) => part.startsWith(word)) || text.toLowerCase().includes(` ${word}`),
		);
	};
	if (isIn(binding.title)) return 1;
	const { title, help, group, keys } = binding;
	return isIn(`${title} ${shownKeys(keys)} ${placesOf(binding) ?? ''} ${help} ${group}`) ? 2 : null;
}
