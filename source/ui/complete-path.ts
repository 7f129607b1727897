import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname } from 'node:path';

/** `~` as shells have it. */
export function expandHome(path: string): string {
	return path === '~' ? homedir() : path.replace(/^~(?=\/)/, homedir());
}

/**
 * A path as far as it can be said from its beginning, and what it may go on with: folders (with a slash) and public keys. The text as it
 * was where nothing begins so, or the folder cannot be read.
 */
export function completePath(text: string): { readonly text: string; readonly choices: readonly string[] } {
	const isFolder = text === '' || text.endsWith('/');
	const begun = isFolder ? '' : basename(text);
	const folder = isFolder ? text || '.' : dirname(text);
	let choices: string[];
	try {
		choices = readdirSync(expandHome(folder), { withFileTypes: true })
			.filter((entry) => entry.name.startsWith(begun) && (begun !== '' || !entry.name.startsWith('.')))
			.filter((entry) => !entry.isFile() || entry.name.endsWith('.pub'))
			.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
			.sort();
	} catch {
		return { text, choices: [] };
	}
	const [first] = choices;
	if (first === undefined) return { text, choices };
	let length = first.length;
	while (choices.some((choice) => !choice.startsWith(first.slice(0, length)))) length--;
	const lead = isFolder ? text : text.slice(0, text.length - begun.length);
	return { text: lead + first.slice(0, length), choices };
}
