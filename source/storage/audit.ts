import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { cleanLine } from '../domain/clean.ts';
import { parseJson } from '../domain/json.ts';
import { makeDirectory } from '../domain/make-directory.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import { stateDirectory } from './directories.ts';

/** A folder that an administrator has made for all of them, as `install -d -m 2770 -g <group> /var/log/vpmon` does. */
const sharedDirectory = '/var/log/vpmon';
const ownerOnly = 0o600;
const groupToo = 0o660;

/** Others may write the file too: nothing in it drives a terminal. */
const text = v.pipe(v.string(), v.transform(cleanLine));

const entrySchema = v.object({
	version: v.literal(1),
	/** Of the fix that was made: its lines have the same. */
	id: text,
	/** ISO 8601. */
	at: text,
	user: text,
	host: text,
	/** `changing` stands before the inventory is replaced, so that an edit which was cut off is known. */
	phase: v.picklist(['changing', 'changed', 'ran', 'failed', 'undone']),
	fix: text,
	safe: v.nullable(text),
	connector: v.nullable(text),
	commands: v.array(text),
	/** Lines of the inventory that went and came, with - and + in front. */
	diff: v.array(text),
	file: v.nullable(text),
	/** The kept copy of the file as it was before. */
	backup: v.nullable(text),
	/** SHA-256 of the file as the fix leaves it, in hexadecimal. */
	leaves: v.nullable(text),
	/** A host key was taken that nobody compared. */
	unseen: v.boolean(),
	/** `fail, port-refused` */
	before: v.nullable(text),
	after: v.nullable(text),
});

/** One line of the audit file. */
export type AuditEntry = v.InferOutput<typeof entrySchema>;

/** The shared file where the system has a folder for it that this user can write to; else the user's own. */
export function auditFile(): string {
	const given = process.env.VPMON_AUDIT_FILE;
	if (given !== undefined && given !== '') return given;
	try {
		accessSync(sharedDirectory, constants.W_OK | constants.X_OK);
		return join(sharedDirectory, 'audit.jsonl');
	} catch {
		return join(stateDirectory, 'audit.jsonl');
	}
}

/**
 * Appends a line, whole (open(2), O_APPEND) and on the disk when this resolves. What was cut off before it, on a full disk or by a
 * kill, stays a line of its own.
 *
 * @throws UserError when it cannot be written: no fix is made without its line.
 */
export async function appendAudit(file: string, entry: AuditEntry): Promise<void> {
	try {
		makeDirectory(dirname(file), 0o700);
		const handle = await open(file, 'a', dirname(file) === sharedDirectory ? groupToo : ownerOnly);
		try {
			const lead = (await isCutOff(file)) ? '\n' : '';
			await handle.appendFile(`${lead}${JSON.stringify(entry)}\n`);
			await handle.sync();
		} finally {
			await handle.close();
		}
	} catch (error) {
		throw new UserError(
			`The audit file ${file} cannot be written: ${messageOf(error)}`,
			'No fix is made without its line there. VPMON_AUDIT_FILE names another one.',
		);
	}
}

/** False where the file may be written to and not read. */
async function isCutOff(file: string): Promise<boolean> {
	const handle = await open(file, 'r').catch(() => null);
	if (handle === null) return false;
	try {
		const { size } = await handle.stat();
		const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
		return size > 0 && buffer.toString() !== '\n';
	} finally {
		await handle.close();
	}
}

/**
 * All lines that can be read, the oldest first; lines that were cut off or that another version wrote are left out.
 *
 * @throws UserError when the file is there and cannot be read.
 */
export function readAudit(file: string): AuditEntry[] {
	if (!existsSync(file)) return [];
	try {
		return readFileSync(file, 'utf8')
			.split('\n')
			.flatMap((line) => {
				const parsed = v.safeParse(entrySchema, parseJson(line));
				return parsed.success ? [parsed.output] : [];
			});
	} catch (error) {
		throw new UserError(`The audit file ${file} cannot be read: ${messageOf(error)}`, '');
	}
}
