import { expect } from 'vitest';
import { LineCounter } from 'yaml';
import { readPlainYaml } from '../../source/inventory/plain-yaml.ts';
import { placesIn } from '../../source/inventory/problems.ts';
import { contentOf, readDocument } from '../../source/inventory/yaml-document.ts';

/** What the whole library reads; null when it refuses it. */
export function wholly(text: string) {
	const lines = new LineCounter();
	const document = readDocument(text, lines);
	if (document.errors.length > 0) return null;
	let value: unknown;
	try {
		value = contentOf(document);
	} catch {
		// What is merged or pointed at is only looked for here.
		return null;
	}
	return {
		value,
		placeOf: placesIn(document, lines).placeOf,
	};
}

function pathsOf(value: unknown, path: Array<string | number> = []): Array<Array<string | number>> {
	// Where nothing stands is only asked for by a problem, and problems are found the other way.
	if (value === null) return [];
	if (typeof value !== 'object') return [path];
	const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
	return [path, ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...path, key]))];
}

/** Both read the same, at the same places, or the quick one does not read it. Tells whether it did. */
export function agree(text: string): boolean {
	const quick = readPlainYaml(text);
	if (quick === null) return false;
	const whole = wholly(text);
	expect(whole, `only the quick way reads ${JSON.stringify(text)}`).not.toBeNull();
	expect(quick.value, text).toEqual(whole?.value);
	for (const path of pathsOf(quick.value).slice(1))
		expect([text, path, quick.placeOf(path)]).toEqual([text, path, whole?.placeOf(path)]);
	return true;
}
