import { homedir } from 'node:os';
import { basename, dirname, resolve as resolvePath } from 'node:path';
import { cleanLine, cleanText } from '../domain/clean.ts';
import type { Safe } from '../domain/inventory.ts';
import { readPlainFileSync } from '../domain/plain-file.ts';
import { formatTarget } from '../domain/target.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import { makeAuditedEdit } from '../engine/audited-edit.ts';
import { describeBadLines } from '../inventory/bad-lines.ts';
import { readCsv } from '../inventory/csv.ts';
import { findColumns, parseColumnMap } from '../inventory/csv-columns.ts';
import {
	type ConnectorEntry,
	type CredentialEntry,
	type InventoryChange,
	planEdit,
	type SafeFields,
} from '../inventory/edit.ts';
import { parseInventory, parseRaw, readText } from '../inventory/file.ts';
import { inventoryToWrite } from '../inventory/find.ts';
import { type Defaults, type ImportPlan, planImport } from '../inventory/import-safes.ts';
import { notice } from '../own-words.ts';
import { configDirectory, systemInventory } from '../storage/directories.ts';
import { refuseReadOnly } from './refuse-read-only.ts';
import { singleConnector } from './single-target.ts';
import { readStandardInput } from './standard-input.ts';

export type ImportFlags = {
	inventory?: string;
	connector?: string;
	map?: string;
	dryRun?: boolean;
	readOnly?: boolean;
};

const mostBytes = 64 * 1024 * 1024;
const someBad = 1;
const csvStep = 'Give a CSV file, or - for standard input.';
const dryRunSays = '--dry-run says what would change.';

/** `vpmon import`: Safes of a CSV file into the inventory, as one edit. Lines that are bad are named, and are none of it; nothing is deleted. */
export async function importSafes(source: string, flags: ImportFlags): Promise<void> {
	if (!flags.dryRun) refuseReadOnly(flags.readOnly, null, dryRunSays);
	const file = resolvePath(inventoryToWrite(flags.inventory, configDirectory, systemInventory));
	const name = source === '-' ? 'standard input' : source;
	const { header, lines, notices } = readCsv(source === '-' ? await readInput() : readBytes(source), name);
	const { places, unused } = findColumns(header.cells, name, flags.map === undefined ? [] : parseColumnMap(flags.map));
	if (unused.length > 0) notices.push(`not used: ${unused.slice(0, 20).join(', ')}${unused.length > 20 ? ', …' : ''}`);
	const text = readText(file, { ifThere: true })?.text ?? 'version: 1';
	const inventory = parseInventory(text, file);
	if (!flags.dryRun) refuseReadOnly(false, inventory, dryRunSays);
	const { defaults, added } = defaultsOf(text, file, flags.connector);
	const connectors = [...inventory.connectors, ...added];
	if (connectors.length === 0) {
		throw new UserError(
			`${file} has no connector yet, so the Safes would be behind none.`,
			'Name one with --connector docker:NAME or systemd:UNIT, or begin with vpmon init.',
		);
	}
	const absolute = (path: string) => resolvePath(dirname(file), path.replace(/^~(?=\/)/, homedir()));
	const plan = planImport(lines, places, header.cells.length, { ...inventory, connectors }, defaults, absolute);
	const edit = planEdit(
		file,
		plan.added.length === 0 ? plan.changes : [...connectorChanges(text, file, added, plan), ...plan.changes],
	);
	for (const text of notices) notice(`${name}: ${text}`);
	process.exitCode = plan.bad.length === 0 ? 0 : someBad;
	process.stdout.write(cleanText(describePlan(plan, flags.dryRun ?? false, defaults.connector)));
	if (flags.dryRun) return notice(`nothing was written to ${file}`);
	if (plan.changes.length === 0) return notice(`${file} has all of it already`);
	const names = [...plan.added, ...plan.changed].map((safe) => safe.name);
	const { backup } = await makeAuditedEdit(edit, 'import', names);
	const kept = backup === null ? '' : `; what it was is kept in ${basename(backup)}`;
	notice(`written to ${file}${kept}`);
}

/** What Safes have that say nothing, and the connector that `--connector` adds to the inventory. */
function defaultsOf(
	text: string,
	file: string,
	flag: string | undefined,
): { defaults: Defaults; added: Array<ConnectorEntry & { host: 'local' }> } {
	const raw = parseRaw(text, file);
	const only = raw.connectors.length === 1 ? raw.connectors[0]?.name : undefined;
	const base = {
		port: raw.defaults.port ?? 22,
		credential: (raw.defaults.credential ?? { type: 'password' }) as CredentialEntry,
	};
	const implied = raw.defaults.connector ?? only ?? null;
	if (flag === undefined) return { defaults: { ...base, connector: implied, assumed: implied }, added: [] };
	if (raw.connectors.some(({ name }) => name === flag))
		return { defaults: { ...base, connector: flag, assumed: implied }, added: [] };
	if (!/^(?:docker|systemd):/.test(flag)) {
		const names = raw.connectors.map(({ name }) => name).slice(0, 8);
		throw new UserError(
			`There is no connector ${JSON.stringify(flag)} in ${file}.`,
			`${names.length === 0 ? '' : `It has ${names.join(', ')}. `}A new one is given as docker:NAME or systemd:UNIT.`,
		);
	}
	const { name, runtime, container, unit } = singleConnector(flag);
	if (raw.connectors.some((connector) => connector.name === name))
		return { defaults: { ...base, connector: name, assumed: implied }, added: [] };
	const entry = {
		name,
		host: 'local',
		runtime,
		...(container === null ? {} : { container }),
		...(unit === null ? {} : { unit }),
	} as const;
	// Only where it stays the only one it need not be named.
	const assumed = raw.connectors.length === 0 ? name : implied === only ? null : implied;
	return { defaults: { ...base, connector: name, assumed }, added: [entry] };
}

/** The new connector; Safes that named none, since there was one only, name it now. */
function connectorChanges(
	text: string,
	file: string,
	added: readonly ConnectorEntry[],
	{ changed }: ImportPlan,
): InventoryChange[] {
	const { connectors, defaults, safes } = parseRaw(text, file);
	const [only] = connectors;
	const additions = added.map((connector) => ({ kind: 'add-connector', connector }) as const);
	if (added.length === 0 || only === undefined || defaults.connector !== undefined) return additions;
	const named = new Set(changed.filter(({ fields }) => fields.connector !== undefined).map(({ name }) => name));
	const implied = safes.filter(({ name, connector }) => connector === undefined && !named.has(name));
	return [
		...additions,
		...implied.map(({ name }) => ({ kind: 'change-safe', name, fields: { connector: only.name } }) as const),
	];
}

/** What is imported, one Safe a line where a person has to look: what changes, what is bad, and with `--dry-run` what is new. */
export function describePlan(
	{ added, changed, unchanged, bad }: ImportPlan,
	isDryRun: boolean,
	connector: string | null,
): string {
	const counts = `${added.length} new, ${changed.length} changed, ${unchanged} unchanged, ${bad.length} bad\n`;
	const lines = [
		...describeBadLines(bad).map((line) => `bad      ${line}`),
		...changed.map(({ name, fields, before }) => `changed  ${cleanLine(name)}: ${describeFields(fields, before)}`),
		...(isDryRun ? added : []).map(
			({ name, username, host, port = 22, connector: own = connector }) =>
				`new      ${cleanLine(name)}: ${cleanLine(username)}@${formatTarget(host, port)} via ${own}`,
		),
	];
	return counts + lines.map((line) => `${line}\n`).join('');
}

function describeFields(fields: SafeFields, before: Safe): string {
	const texts = Object.entries(fields).map(([key, value]) => {
		const old = before[key as keyof Safe];
		if (key === 'credential' && typeof value === 'object' && value !== null && 'type' in value) {
			const same = before.credential.type === value.type;
			return same ? 'another public key' : `credential ${before.credential.type} → ${value.type}`;
		}
		if (key === 'hostKey') return `host key ${before.hostKey?.fingerprint ?? 'none'} → ${cleanLine(String(value))}`;
		return `${key} ${old === null || old === undefined ? 'none' : String(old)} → ${cleanLine(String(value))}`;
	});
	return texts.join(', ');
}

function readBytes(path: string): Buffer {
	try {
		return readPlainFileSync(path, mostBytes).bytes;
	} catch (error) {
		if (error instanceof UserError) throw new UserError(error.message, csvStep);
		throw new UserError(`${path} cannot be read: ${messageOf(error)}`, csvStep);
	}
}

async function readInput(): Promise<Buffer> {
	const bytes = await readStandardInput(mostBytes, 'CSV');
	if (bytes === null) throw new UserError('Standard input is larger than 64 MB.', 'Check that it is a CSV file.');
	return bytes;
}
