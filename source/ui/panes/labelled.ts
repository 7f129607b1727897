import { paint, type Theme } from '../theme.ts';
import { wrap } from '../width.ts';

const labelColumns = 9;

/** ` Since    02:03:10`: a word in a column of its own, the text beside it. */
export function labelled(theme: Theme, label: string, text: string, columns: number): string[] {
	const [first = '', ...rest] = wrap(text, columns - labelColumns - 1, 2);
	const lead = ' '.repeat(labelColumns + 1);
	return [` ${paint(theme, 'bold', label.padEnd(labelColumns))}${first}`, ...rest.map((line) => lead + line)];
}
