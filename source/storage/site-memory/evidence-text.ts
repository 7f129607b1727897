import { cleanText } from '../../domain/clean.ts';

/** Whether text of one line has nothing in it that would have to be cleaned. What names something is taken as it is or not at all. */
export function isVerbatim(value: string): boolean {
	return !value.includes('\n') && cleanText(value) === value;
}
