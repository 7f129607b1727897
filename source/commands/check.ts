import type { CheckId } from '../domain/check.ts';
import { visibleJson } from '../domain/visible-json.ts';
import type { Engine } from '../engine/engine.ts';
import { saveMemory } from '../engine/heap.ts';
import { factsOf, fixContextFor } from '../engine/session/read.ts';
import { notice } from '../own-words.ts';
import { formatCheckJson } from '../report/check-json.ts';
import { buildCheckFindings, type CheckFindings, exitCodeOf } from '../report/check-report.ts';
import { formatCheckTable } from '../report/check-table.ts';
import { mapTexts } from '../report/map-texts.ts';
import { provenancePhrase } from '../runbook/judgement.ts';
import { stateDirectory } from '../storage/directories.ts';
import { takeNew } from './check-new.ts';
import { chooseInventory } from './choose-inventory.ts';
import { type FreshnessFlags, measuringOf } from './freshness-flags.ts';
import { engineMask, inventoryMask, type OutputMask, unmasked } from './output-mask.ts';
import { resolvePseudonyms } from './pseudonym-names.ts';
import type { TargetFlags } from './single-target.ts';
import { startEngine } from './start-engine.ts';

export type CheckFlags = TargetFlags &
	FreshnessFlags & {
		json?: boolean;
		only?: readonly CheckId[];
		timeout?: number;
		concurrency: number;
		strict?: boolean;
		/** Only what began to fail since the last such run; nothing else is said. */
		new?: boolean;
		/** Undefined: as the inventory says. */
		mask?: boolean;
	};

/** `vpmon check`: one sweep to stdout, notices to stderr, the verdict in the exit code. */
export async function check(given: readonly string[], flags: CheckFlags): Promise<void> {
	saveMemory();
	const names = await resolvePseudonyms(given, flags.inventory);
	const inventory = chooseInventory(names, flags);
	const measuring = measuringOf(flags, 'command', names.length > 0);
	await inventoryMask(inventory, flags.mask);
	const { engine, dispose } = await startEngine(inventory, {
		...(flags.timeout === undefined ? {} : { checkTimeoutMs: flags.timeout * 1000 }),
		concurrency: flags.concurrency,
		program: 'check',
	});
	try {
		const mask = await engineMask(engine, flags.mask);
		// Held against all that the file holds, or not at all.
		const coverage = names.length === 0 ? engine.readCoverage() : null;
		await engine.run(null, {
			...measuring,
			only: flags.only === undefined ? null : new Set(flags.only),
			onWait: (safe, until) => {
				if (flags.new) return;
				const wait = Math.ceil((until - Date.now()) / 1000);
				notice(`${mask(safe.name)} waits ${wait} s for its turn in the probe budget`);
			},
		});
		await coverage;
		if (!flags.new) tellOlder(engine, mask);
		const { report, keep } = flags.new
			? await onlyNew(engine, names.length === 0)
			: { report: reportOf(engine), keep: async () => {} };
		if (flags.new && report.safes.length === 0) return await keep();
		// Before anything is written: a reader that closes the pipe does not change what was found.
		process.exitCode = exitCodeOf(report, flags.strict ?? false);
		const uid = process.getuid?.() ?? -1;
		const change = mask === unmasked ? undefined : mask;
		if (!flags.json) process.stdout.write(tableOf(engine, report, mask));
		else for (const piece of formatCheckJson(report, uid, change)) process.stdout.write(visibleJson(piece));
		// What is new is told also where it cannot be kept.
		await keep();
	} finally {
		await dispose();
	}
}

/** What began to fail since the last run, with the connectors of those Safes. */
async function onlyNew(
	{ session }: Engine,
	isWhole: boolean,
): Promise<{ report: CheckFindings; keep: () => Promise<void> }> {
	const { safes, connectors, inventory, measuredFrom } = session.get();
	const last = { directory: stateDirectory, inventory: inventory.file ?? typedTargets };
	const { fresh, keep } = await takeNew(
		last,
		[...safes.values()].map(({ result }) => result),
		isWhole && inventory.file !== null,
	);
	const concerned = new Set(fresh.map(({ connector }) => connector));
	const report = buildCheckFindings(
		fresh,
		[...connectors.values()].filter(({ name }) => concerned.has(name)),
		measuredFrom,
		new Date(),
		null,
		process.getuid?.() ?? -1,
	);
	return { report, keep };
}

/** In place of the inventory file of targets that were typed. */
const typedTargets = 'user@host:port';

const mostTold = 5;

/** What the budget did not let be measured may pass, and then no row of the table says how old that is. */
function tellOlder({ session }: Engine, mask: OutputMask): void {
	const older = session.get().inventory.safes.flatMap((safe) => {
		const { target, targetBy: writer, refusal } = factsOf(session, safe);
		if (target === null || refusal === null || session.safe(safe.name)?.result.verdict === 'unknown') return [];
		const { measuredAt } = target;
		return `${safe.name}: ${provenancePhrase({ measuredAt, writer, refusal }, session.facts.self).replace('; ', '')}`;
	});
	for (const line of older.slice(0, mostTold)) notice(mask(line));
	if (older.length > mostTold) notice(`${older.length - mostTold} more Safes could not be measured now either`);
}

export function reportOf({ session }: Engine): CheckFindings {
	const { safes, connectors, inventory, measuredFrom, coverage } = session.get();
	return buildCheckFindings(
		[...safes.values()].map(({ result }) => result),
		// As the inventory has them, not as they answered.
		inventory.connectors.flatMap(({ name }) => connectors.get(name) ?? []),
		measuredFrom,
		new Date(),
		coverage,
		process.getuid?.() ?? -1,
	);
}

/** With a mask its columns fit the pseudonyms. */
export function tableOf(engine: Engine, report: CheckFindings, mask: OutputMask = unmasked): string {
	const { inventory } = engine.session.get();
	const byName = new Map(inventory.safes.map((safe) => [mask(safe.name), safe]));
	const shown = mask === unmasked ? report : mapTexts(report, mask);
	const table = formatCheckTable(shown, ({ name }) => {
		const safe = byName.get(name);
		if (safe === undefined) throw new Error(`no Safe ${name}`);
		return fixContextFor(engine.session, safe);
	});
	return mask(table);
}
