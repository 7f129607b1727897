import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';
import { cleanLine } from '../domain/clean.ts';
import type { Inventory, Safe } from '../domain/inventory.ts';
import { UserError } from '../domain/user-error.ts';
import { collectReport, type PreparedReport, type ReportFormat, writePrepared } from '../engine/collect-report.ts';
import type { PartState } from '../engine/report-parts.ts';
import { notice } from '../own-words.ts';
import { describeMasking, describeSize } from '../report/describe-report.ts';
import type { MaskMode } from '../report/report-data.ts';
import { auditReport } from '../storage/audit-deeds.ts';
import { refuseOpenReports, reportsDirectory, stateDirectory } from '../storage/directories.ts';
import { openPseudonyms } from '../storage/pseudonyms.ts';
import { wholeInventory } from './choose-inventory.ts';
import { type FreshnessFlags, measuringOf } from './freshness-flags.ts';
import { engineMask, inventoryMask, isMaskWanted } from './output-mask.ts';
import { resolvePseudonyms } from './pseudonym-names.ts';
import type { TargetFlags } from './single-target.ts';
import { startEngine } from './start-engine.ts';

export type ReportFlags = TargetFlags &
	FreshnessFlags & {
		out?: string;
		/** Undefined: neither flag was given. */
		mask?: boolean;
		yes?: boolean;
		error?: string;
		format?: ReportFormat;
	};

/** After the Safes themselves were measured. */
const listedMs = 1000;
const toStdout = '-';

/** `vpmon report`: measures the Safes, writes one report about them, prints its path; progress goes to stderr. */
export async function report(given: readonly string[], flags: ReportFlags): Promise<void> {
	const names = await resolvePseudonyms(given, flags.inventory);
	// All of it, because the log of a connector speaks of its other Safes too, which may have to be masked.
	const inventory = wholeInventory(names, flags);
	const safes = safesOf(inventory, names);
	const hides = await chooseMask(safes, { ...flags, mask: maskFlagOf(inventory, flags) });
	const measuring = measuringOf(flags, 'report', true);
	// The start of this process, unless a person was waited for.
	const startedAt = process.stdin.isTTY ? performance.now() : 0;
	if (flags.out === undefined) refuseOpenReports();
	if (hides === 'all') await inventoryMask(inventory, true);
	const { engine, dispose } = await startEngine(inventory, { program: 'report' });
	const pseudonyms = await openPseudonyms(stateDirectory);
	try {
		if (hides === 'all') await engineMask(engine, true);
		const listed = engine.readCoverage();
		const prepared = await collectReport(engine, safes, {
			hides,
			format: flags.format ?? 'md',
			sessionError: flags.error ?? null,
			numbering: pseudonyms,
			startedAt,
			measure: async () => {
				await engine.run(
					safes.map(({ name }) => name),
					measuring,
				);
				// The log may name Safes that VaultPAM alone knows. A control plane that is slow holds no report up.
				await Promise.race([listed, setTimeout(listedMs, null, { ref: false })]);
				// A line of the target's log decides rows, here as on the screen.
				if (flags.error !== undefined)
					for (const safe of safes) engine.session.learn({ kind: 'error reported', safe, text: flags.error });
			},
			onProgress: createProgress(notice),
		});
		if (prepared.notice !== null) notice(prepared.notice);
		const path = await put(prepared, flags.out ?? reportsDirectory);
		const about = safes.map(({ name }) => name);
		const notAudited = await auditReport({ action: 'report', hides, path, safes: about });
		if (notAudited !== null) notice(`not told in the audit file: ${notAudited}`);
		notice(describeMasking(prepared.data.masking));
	} finally {
		pseudonyms.close();
		await dispose();
	}
}

/** Returns where it was written; null for standard output. */
async function put(prepared: PreparedReport, out: string): Promise<string | null> {
	if (out === toStdout) {
		process.stdout.write(prepared.text);
		return null;
	}
	const { path, bytes } = await writePrepared(out, prepared);
	process.stdout.write(`${cleanLine(path)}\n`);
	notice(`written, ${describeSize(bytes)}, readable by you only`);
	return path;
}

function safesOf(inventory: Inventory, names: readonly string[]): readonly Safe[] {
	if (inventory.file === null) return inventory.safes;
	return [...new Set(names)].flatMap((name) => inventory.safes.find((safe) => safe.name === name) ?? []);
}

/** A report that has to be masked by the inventory is masked whole. */
function maskFlagOf(inventory: Inventory, { mask }: ReportFlags): boolean | undefined {
	return isMaskWanted(inventory, mask) ? true : mask;
}

/** Without a flag all but the Safes themselves is masked; one that is sensitive masks all. */
async function chooseMask(
	safes: readonly Safe[],
	{ mask, yes }: { mask: boolean | undefined; yes?: boolean },
): Promise<MaskMode> {
	const sensitive = safes.filter((safe) => safe.sensitive);
	if (mask !== false) return mask === true || sensitive.length > 0 ? 'all' : 'others';
	if (sensitive.length > 0) {
		throw new UserError(
			`--no-mask does not go with ${sensitive.map(({ name }) => name).join(', ')}: marked as sensitive in the inventory.`,
			'Leave it out: the report is masked then.',
		);
	}
	if (yes || (await agrees())) return 'sensitive';
	throw new UserError('Nothing was written: --no-mask needs a yes.', 'Answer yes, give --yes, or leave --no-mask out.');
}

async function agrees(): Promise<boolean> {
	if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
	const question = createInterface({ input: process.stdin, output: process.stderr });
	try {
		const answer = await question.question(
			'Names and addresses of other Safes, as the log has them, will stand in the report. Write it so? [y/N] ',
		);
		return /^y(?:es)?$/i.test(answer.trim());
	} catch {
		// Ctrl-D
		return false;
	} finally {
		question.close();
	}
}

/** A line for each part that begins, ends or fails. */
function createProgress(say: (line: string) => void): (states: readonly PartState[]) => void {
	const said = new Set<string>();
	return (states) => {
		for (const { name, state, reason, ms } of states) {
			if (state === 'waiting' || said.has(`${name} ${state}`)) continue;
			said.add(`${name} ${state}`);
			const end = ms === null ? '' : ` (${(ms / 1000).toFixed(1)} s)`;
			say(`${name}: ${state}${reason === null ? '' : `, ${reason}`}${end}`);
		}
	};
}
