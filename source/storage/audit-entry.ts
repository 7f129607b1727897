import * as v from 'valibot';
import { cleanLine } from '../domain/clean.ts';

/** What stands in a line of the audit file. Older lines have no `action`: they are of fixes. Fields are only ever added. */

/** Others may write the file too: nothing in it drives a terminal. */
const text = v.pipe(v.string(), v.transform(cleanLine));

const everyEntry = {
	version: v.literal(1),
	/** Of what was done: all its lines have the same. */
	id: text,
	/** ISO 8601. */
	at: text,
	user: text,
	host: text,
} as const;

/** What an edit made of an inventory. */
const edit = {
	/** Lines of the inventory that went and came, with - and + in front. */
	diff: v.array(text),
	file: v.nullable(text),
	/** The kept copy of the file as it was before. */
	backup: v.nullable(text),
	/** SHA-256 of the file as the edit leaves it, in hexadecimal. */
	leaves: v.nullable(text),
} as const;

const fixSchema = v.object({
	...everyEntry,
	...edit,
	action: v.optional(v.literal('fix')),
	/** `changing` stands before the inventory is replaced, so that an edit which was cut off is known. */
	phase: v.picklist(['changing', 'changed', 'ran', 'failed', 'undone']),
	fix: text,
	safe: v.nullable(text),
	connector: v.nullable(text),
	commands: v.array(text),
	/** A host key was taken that nobody compared. */
	unseen: v.boolean(),
	/** `fail, port-refused` */
	before: v.nullable(text),
	after: v.nullable(text),
});

/** The first names, where there are thousands, and how many there are. */
const someSafes = { safes: v.array(text), count: v.number() } as const;

const editSchema = v.object({
	...everyEntry,
	...edit,
	...someSafes,
	action: v.picklist(['init', 'import', 'add-target']),
	/** As of a fix. */
	phase: v.picklist(['changing', 'changed']),
});

const reportSchema = v.object({
	...everyEntry,
	...someSafes,
	/** Written to a file or to standard output, or copied to a clipboard. */
	action: v.picklist(['report', 'copy-report']),
	/** What is masked in it: all; all but these Safes; sensitive Safes only. */
	hides: v.picklist(['all', 'others', 'sensitive']),
	/** Where it was written; null for standard output and the clipboard. */
	path: v.nullable(text),
});

const noteSchema = v.object({
	...everyEntry,
	action: v.literal('note'),
	safe: text,
	/** Null where a note was taken away. */
	note: v.nullable(text),
	/** ISO 8601; null where it has no end. */
	until: v.nullable(text),
});

export const entrySchema = v.union([fixSchema, editSchema, reportSchema, noteSchema]);

/** One line of the audit file. */
export type AnyAuditEntry = v.InferOutput<typeof entrySchema>;

/** A line of a fix. */
export type AuditEntry = v.InferOutput<typeof fixSchema>;

export type EditEntry = v.InferOutput<typeof editSchema>;
export type ReportEntry = v.InferOutput<typeof reportSchema>;
export type NoteEntry = v.InferOutput<typeof noteSchema>;
