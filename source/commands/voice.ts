import { cleanText } from '../domain/clean.ts';
import { notice } from '../own-words.ts';
import type { OutputMask } from './output-mask.ts';

/** How a command speaks: its answer on stdout, what it is doing on stderr, both without names that are to be hidden. */
export type Voice = {
	readonly say: (line: string) => void;
	readonly tell: (line: string) => void;
	readonly mask: OutputMask;
};

/** Names in an inventory that was imported are foreign text too. */
export function voiceWith(mask: OutputMask): Voice {
	return {
		mask,
		say: (line) => void process.stdout.write(`${mask(cleanText(line))}\n`),
		tell: (line) => notice(mask(line)),
	};
}
