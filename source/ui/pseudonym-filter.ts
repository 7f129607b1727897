import { parsePseudonym } from '../redact/names/pseudonym.ts';
import type { PseudonymFile } from '../storage/pseudonyms.ts';
import type { Screen } from './screen.ts';

/** `/SAFE-3` finds the Safe that reports and masked screens of this host call so. */

type NameOf = PseudonymFile['nameOf'];

const mentioned = /(?:^|\s)(?:safe|host|user|ip-\d+\.|net|key)-?\d/i;

/** There is one screen in a process. Loaded with the first pseudonym that is typed. */
let nameOf: NameOf | null = null;

/** The filter with names in place of pseudonyms; what is none, or not known yet, stays. */
export function withRealNames(filter: string): string {
	if (nameOf === null || !mentioned.test(filter)) return filter;
	const find = nameOf;
	return filter.replace(/\S+/g, (word) => {
		const parsed = parsePseudonym(word);
		return parsed === null ? word : (find(parsed.scope, parsed.number) ?? word);
	});
}

/** Once the list of pseudonyms is there, the filter is looked at anew. */
export function loadPseudonymsFor({ openPseudonyms, view }: Screen): void {
	if (nameOf !== null || !mentioned.test(view.get().filter)) return;
	void openPseudonyms().then((file) => {
		nameOf = file.nameOf ?? null;
		const { filter } = view.get();
		if (nameOf === null || withRealNames(filter) === filter) return;
		view.patch({ filter: '' });
		view.patch({ filter });
	});
}
