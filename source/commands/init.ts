import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { cleanLine } from '../domain/clean.ts';
import { UserError } from '../domain/user-error.ts';
import { makeAuditedEdit } from '../engine/audited-edit.ts';
import { createLocalHost } from '../hosts/local-host.ts';
import { discover } from '../inventory/discover.ts';
import { parseInventory } from '../inventory/file.ts';
import { inventoryToWrite } from '../inventory/find.ts';
import { writeFirstFile } from '../inventory/first-file.ts';
import { inventorySchemaFile, schemaModeline } from '../inventory/schema-file.ts';
import { notice } from '../own-words.ts';
import { configDirectory, systemInventory } from '../storage/directories.ts';
import { refuseReadOnly } from './refuse-read-only.ts';

export type InitFlags = { inventory?: string; dryRun?: boolean; yes?: boolean; readOnly?: boolean };

const lookMs = 5000;

/** `vpmon init`: a first inventory from what this host shows. On a terminal it is shown and asked about; nothing is ever overwritten. */
export async function init(flags: InitFlags): Promise<void> {
	if (!flags.dryRun) refuseReadOnly(flags.readOnly, null, 'vpmon init --dry-run prints it.');
	const file = resolve(inventoryToWrite(flags.inventory, configDirectory, systemInventory));
	if (existsSync(file) && !flags.dryRun) {
		throw new UserError(
			`There is an inventory at ${file} already, and it is left as it is.`,
			'vpmon import adds Safes to it; vpmon init --dry-run shows what this host would give.',
		);
	}
	const host = createLocalHost();
	try {
		const found = await discover(host, { timeoutMs: lookMs });
		const schema = inventorySchemaFile();
		const text = `${schema === null ? '' : schemaModeline(schema)}${writeFirstFile(found, hostname())}`;
		const { connectors, safes } = parseInventory(text, file);
		for (const text of found.notices) notice(text);
		const isAsked = process.stdin.isTTY && process.stdout.isTTY && !flags.yes;
		if (flags.dryRun || isAsked) process.stdout.write(text);
		if (flags.dryRun) return;
		if (isAsked && !(await ask(`Write this to ${file}? [y/N] `))) {
			notice('nothing was written');
			return;
		}
		const edit = { file, before: null, after: text };
		await makeAuditedEdit(
			edit,
			'init',
			safes.map(({ name }) => name),
		);
		process.stdout.write(`${cleanLine(file)}\n`);
		notice(
			`written: ${count(connectors.length, 'connector')}, ${count(safes.length, 'Safe')}; look it over, then: vpmon`,
		);
	} finally {
		await host.dispose();
	}
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;

async function ask(question: string): Promise<boolean> {
	const reader = createInterface({ input: process.stdin, output: process.stderr });
	try {
		return /^y(?:es)?$/i.test((await reader.question(question)).trim());
	} catch {
		// ctrl-d is no yes.
		return false;
	} finally {
		reader.close();
	}
}
