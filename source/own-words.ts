import { normalize } from 'node:path';
import { cleanLine, cleanText } from './domain/clean.ts';

let hide = (text: string): string => text;

/** From now on nothing that vpmon says beside its answer, errors included, shows what this hides. */
export function hideInOwnWords(mask: (text: string) => string): void {
	hide = mask;
}

/**
 * What vpmon says for people, without anything that drives a terminal or hides from the reader. The words of the command line and of the
 * environment that stand in it, and the current directory, become one line each: somebody else may have written them, as in a script or
 * a file name.
 */
export function printable(text: string): string {
	const given = [...process.argv.slice(2).flatMap(withValue), ...Object.values(process.env), currentDirectory()];
	let result = text;
	for (const word of given) {
		if (word === undefined || word.trim() === '' || !word.includes('\n')) continue;
		for (const written of [word, normalize(word)]) result = result.replaceAll(written, cleanLine(written));
	}
	return cleanText(hide(result));
}

function currentDirectory(): string | undefined {
	try {
		return process.cwd();
	} catch {
		return undefined;
	}
}

/** An argument, and the value in `--flag=value`. */
function withValue(argument: string): string[] {
	const [, value] = /^--?[^=]+=(.*)$/s.exec(argument) ?? [];
	return value === undefined ? [argument] : [argument, value];
}

/** A line on stderr, where all goes that vpmon itself has to say beside its answer. */
export function notice(text: string): void {
	process.stderr.write(`vpmon: ${cleanLine(hide(text))}\n`);
}
