import { removedKey, removedSecret } from '../secrets/spans.ts';

/** What stands in place of secrets: nobody's name, whatever a Safe is called. */
export const removedMarks = new RegExp(
	[removedSecret, removedKey].map((mark) => mark.replace(/[[\]]/g, String.raw`\$&`)).join('|'),
	'g',
);

export function countRemoved(text: string): number {
	return text.match(removedMarks)?.length ?? 0;
}
