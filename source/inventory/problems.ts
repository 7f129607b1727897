import type { BaseIssue } from 'valibot';
import { type Document, isMap, isNode, type LineCounter } from 'yaml';
import { cleanLine } from '../domain/clean.ts';
import { UserError } from '../domain/user-error.ts';
import { removeSecrets } from '../redact/secrets/secret-lines.ts';

/** Line and column count from 1. */
export type Spot = { readonly line: number; readonly column: number };

/** Something wrong in the inventory file; line and column count from 1. */
export type Problem = {
	readonly line: number;
	readonly column: number;
	readonly field: string;
	readonly message: string;
};

type Path = ReadonlyArray<string | number>;

/** Where the parts of a file stand. */
export type Places = {
	/** Where a value stands, or where the nearest thing around it does when it is missing. */
	readonly placeOf: (path: Path) => Spot;
	/** Where the name of a field stands. */
	readonly placeOfKey: (path: Path) => Spot;
};

/** More are counted, and not told: who has that many has them for one reason. */
export const maxShown = 50;

export function placesIn(document: Document, lines: LineCounter): Places {
	return {
		placeOf: (path) => placeOf(document, lines, path),
		placeOfKey: (path) => placeOfKey(document, lines, path),
	};
}

/** Where a field's value stands, or where the nearest thing around it does when it is missing. */
export function placeOf(document: Document, lines: LineCounter, path: Path): { line: number; column: number } {
	for (let length = path.length; length > 0; length--) {
		const node = document.getIn(path.slice(0, length), true);
		if (isNode(node) && node.range) return at(lines, node.range[0]);
	}
	return { line: 1, column: 1 };
}

/** Where a field's name stands. */
function placeOfKey(document: Document, lines: LineCounter, path: Path): { line: number; column: number } {
	const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
	const pair = isMap(parent)
		? parent.items.find(({ key }) => isNode(key) && String(key) === String(path.at(-1)))
		: undefined;
	const range = isNode(pair?.key) ? pair.key.range : undefined;
	return range ? at(lines, range[0]) : placeOf(document, lines, path);
}

function at(lines: LineCounter, offset: number): { line: number; column: number } {
	const { line, col } = lines.linePos(offset);
	return { line, column: col };
}

export function formatField(path: Path): string {
	return cleanLine(
		path
			.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
			.join('')
			.replace(/^\./, '') || 'the file',
	);
}

/** More are not looked up: they come in the order of the file, but for its sections. */
const maxPlaced = 10_000;

/** What the schema says of a file, as an error with the place of each problem. Only what is shown is put into words. */
export function issuesError(file: string, issues: ReadonlyArray<BaseIssue<unknown>>, places: Places): InventoryError {
	const found = issues.slice(0, maxPlaced).map((issue) => {
		const path = (issue.path ?? []).map(({ key }) => key as string | number);
		return { issue, path, ...(issue.expected === 'never' ? places.placeOfKey(path) : places.placeOf(path)) };
	});
	const problems = found
		.toSorted(byPlace)
		.slice(0, maxShown)
		.map(({ issue, path, line, column }) => ({
			line,
			column,
			field: formatField(path),
			message: issue.expected === 'never' ? `not known here; expected ${issue.message}` : describeIssue(issue),
		}));
	return inventoryError(file, problems, issues.length);
}

/** What is given and what is expected. */
export function describeIssue(issue: BaseIssue<unknown>): string {
	if (issue.input === undefined) return missing(issue);
	return `${shown(issue.input)} given, expected ${issue.message}`;
}

/** The message of a missing field is that of the object around it, which lists all its fields. */
function missing(issue: BaseIssue<unknown>): string {
	return issue.kind === 'schema' && issue.type.endsWith('object') ? 'missing' : `missing, expected ${issue.message}`;
}

/** Characters of a value in a message. */
const maxQuoted = 60;

function shown(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (value === null) return 'nothing';
	if (typeof value === 'object') return 'a mapping';
	if (typeof value !== 'string') return String(value);
	// Whatever stands where a key or a password might is not repeated.
	if (/PRIVATE KEY/.test(value)) return 'a private key';
	// The search for secrets is not made for megabytes.
	const text = removeSecrets(value.slice(0, 4 * maxQuoted));
	return cleanLine(JSON.stringify(value.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text));
}

/** A file that cannot be used as it is, with the first of its problems in the order of their lines. */
export class InventoryError extends UserError {
	readonly problems: readonly Problem[];
	/** Of all problems, those that are not shown too. */
	readonly count: number;

	constructor(message: string, nextStep: string, problems: readonly Problem[], count: number) {
		super(message, nextStep);
		this.problems = problems;
		this.count = count;
	}
}

const byPlace = (a: Spot, b: Spot) => a.line - b.line || a.column - b.column;

/** The problems of a file at once, the first of them in words. */
export function inventoryError(file: string, problems: readonly Problem[], count = problems.length): InventoryError {
	const shown = problems
		.toSorted(byPlace)
		.slice(0, maxShown)
		// The YAML library repeats characters of the file.
		.map((problem) => ({ ...problem, message: removeSecrets(cleanLine(problem.message)) }));
	const lines = shown.map(({ line, column, field, message }) => `  ${file}:${line}:${column}  ${field}: ${message}`);
	if (count > shown.length) lines.push(`  and ${count - shown.length} more`);
	return new InventoryError(
		`The inventory has ${count === 1 ? 'one problem' : `${count} problems`}:\n${lines.join('\n')}`,
		'Correct the file and start again; nothing was probed.',
		shown,
		count,
	);
}
