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

/** A schema issue as a problem with its place. */
export function problemOfIssue(document: Document, lines: LineCounter, issue: BaseIssue<unknown>): Problem {
	const path = (issue.path ?? []).map(({ key }) => key as string | number);
	const place = placeOf(document, lines, path);
	const field = formatField(path);
	if (issue.expected === 'never') {
		return { ...placeOfKey(document, lines, path), field, message: `not known here; expected ${issue.message}` };
	}
	return { ...place, field, message: describeIssue(issue) };
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

function shown(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (value === null) return 'nothing';
	if (typeof value === 'object') return 'a mapping';
	if (typeof value !== 'string') return String(value);
	// Whatever stands where a key or a password might is not repeated.
	if (/PRIVATE KEY/.test(value)) return 'a private key';
	const text = removeSecrets(value);
	return cleanLine(JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text));
}

/** A file that cannot be used as it is, with all its problems in the order of their lines. */
export class InventoryError extends UserError {
	readonly problems: readonly Problem[];

	constructor(message: string, nextStep: string, problems: readonly Problem[]) {
		super(message, nextStep);
		this.problems = problems;
	}
}

/** All problems of a file at once. */
export function inventoryError(file: string, problems: readonly Problem[]): InventoryError {
	const ordered = problems
		// The YAML library repeats characters of the file.
		.map((problem) => ({ ...problem, message: removeSecrets(cleanLine(problem.message)) }))
		.sort((a, b) => a.line - b.line || a.column - b.column);
	const lines = ordered.map(({ line, column, field, message }) => `  ${file}:${line}:${column}  ${field}: ${message}`);
	const count = lines.length === 1 ? 'one problem' : `${lines.length} problems`;
	return new InventoryError(
		`The inventory has ${count}:\n${lines.join('\n')}`,
		'Correct the file and start again; nothing was probed.',
		ordered,
	);
}
