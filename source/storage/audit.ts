import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { parseJson } from '../domain/json.ts';
import { ownName } from '../domain/own-name.ts';
import { inOneSentence, messageOf, UserError } from '../domain/user-error.ts';
import { type AnyAuditEntry, type AuditEntry, entrySchema } from './audit-entry.ts';
import { stateDirectory } from './directories.ts';
import { explained } from './explain-file.ts';
import { readSharedText } from './read-shared.ts';
import { find, inspect } from './safe-directory.ts';
import { openForAppend } from './shared-files.ts';

export type { AnyAuditEntry, AuditEntry } from './audit-entry.ts';

const { W_OK, X_OK } = constants;
/** A folder of a group that an administrator has made for all of them: docs/prometheus/vpmon.tmpfiles.conf does. */
const sharedDirectory = '/var/log/vpmon';
const fileName = 'audit.jsonl';
/** Others may write the file too: its end is read, and no more of it. */
const mostRead = 64 * 1024 * 1024; // Bytes.

/** The shared file where the system has a folder for it that this user can write to; else the user's own. */
export function auditFile(): string {
	const given = process.env.VPMON_AUDIT_FILE;
	if (given !== undefined && given !== '') return given;
	return join(whyNotShared() === null && find(sharedDirectory) !== null ? sharedDirectory : stateDirectory, fileName);
}

/** Why the audit file of this user is not the one that the others on this host write; null where it is, or where there is none. */
export function auditProblem(): string | null {
	const given = process.env.VPMON_AUDIT_FILE;
	if ((given !== undefined && given !== '') || find(sharedDirectory) === null) return null;
	const why = whyNotShared();
	return why === null ? null : `This is your own audit file, not the one of all: ${inOneSentence(why)}`;
}

function whyNotShared(): UserError | null {
	try {
		inspect(sharedDirectory);
		explained(join(sharedDirectory, fileName), () => accessSync(sharedDirectory, W_OK | X_OK));
		return null;
	} catch (error) {
		return error instanceof UserError ? error : new UserError(messageOf(error), '');
	}
}

/** What every line has: a new id, the time, who, and on which host. Behind sudo it is the person, not root. */
export function newAuditLine() {
	return {
		version: 1,
		id: randomBytes(6).toString('hex'),
		at: new Date().toISOString(),
		user: process.env.SUDO_USER ?? ownName() ?? String(process.getuid?.() ?? 'unknown'),
		host: hostname(),
	} as const;
}

/**
 * Appends a line, whole (open(2), O_APPEND) and on the disk when this resolves. What was cut off before it, on a full disk or by a
 * kill, stays a line of its own.
 *
 * @throws UserError when it cannot be written: nothing is changed without its line.
 */
export async function appendAudit(file: string, entry: AnyAuditEntry): Promise<void> {
	try {
		const handle = await openForAppend(file);
		try {
			const lead = (await isCutOff(handle)) ? '\n' : '';
			await handle.appendFile(`${lead}${JSON.stringify(entry)}\n`);
			await handle.sync();
		} finally {
			await handle.close();
		}
	} catch (error) {
		const why = error instanceof UserError ? inOneSentence(error) : messageOf(error);
		throw new UserError(
			`The audit file ${file} cannot be written: ${why}`,
			'Nothing is changed without its line there. VPMON_AUDIT_FILE names another one.',
		);
	}
}

/** False where the file may be written to and not read. */
async function isCutOff(handle: FileHandle): Promise<boolean> {
	try {
		const { size } = await handle.stat();
		if (size === 0) return false;
		const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
		return buffer.toString() !== '\n';
	} catch {
		return false;
	}
}

/**
 * All lines that can be read, the oldest first; lines that were cut off or that another version wrote are left out.
 *
 * @throws UserError when the file is there and cannot be read.
 */
export function readAudit(file: string): AnyAuditEntry[] {
	try {
		return (readSharedText(file, mostRead) ?? '').split('\n').flatMap((line) => {
			const parsed = v.safeParse(entrySchema, parseJson(line));
			return parsed.success ? [parsed.output] : [];
		});
	} catch (error) {
		throw new UserError(`The audit file ${file} cannot be read: ${messageOf(error)}`, '');
	}
}

/** The lines of fixes alone. */
export function readFixes(file: string): AuditEntry[] {
	return readAudit(file).filter((entry) => 'fix' in entry);
}
