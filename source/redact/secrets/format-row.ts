import { isInnocentValue } from './innocent-values.ts';

/** What has to be in the text, in lower case; what stands before the secret and the secret; whether it is looked at first. */
export type FormatRow = {
	readonly needs: readonly string[];
	readonly expression: RegExp;
	readonly accept?: (value: string, before: string, after: string) => boolean;
};

/** For places where people write a value and nothing else. */
export const given = (value: string) => /[\p{L}\p{N}]/u.test(value) && !isInnocentValue(value);
