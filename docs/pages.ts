import { readdirSync } from 'node:fs';

/** The README and all pages beside it, as files. */
export function pages(): URL[] {
	const own = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.md'));
	return [new URL('../README.md', import.meta.url), ...own.map((name) => new URL(name, import.meta.url))];
}
