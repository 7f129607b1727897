import type { CheckId } from '../domain/check.ts';
import { visibleJson } from '../domain/visible-json.ts';
import type { Engine } from '../engine/engine.ts';
import { saveMemory } from '../engine/heap.ts';
import { factsOf, fixContextFor } from '../engine/session/read.ts';
import { notice } from '../own-words.ts';
import { formatCheckJson } from '../report/check-json.ts';
import { buildCheckFindings, type CheckFindings, exitCodeOf } from '../report/check-report.ts';
import { formatCheckTable } from '../report/check-table.ts';
import { provenancePhrase } from '../runbook/judgement.ts';
import { chooseInventory, type TargetFlags } from './choose-inventory.ts';
import { type FreshnessFlags, measuringOf } from './freshness-flags.ts';
import { startEngine } from './start-engine.ts';

export type CheckFlags = TargetFlags &
	FreshnessFlags & {
		json?: boolean;
		only?: readonly CheckId[];
		timeout?: number;
		concurrency: number;
		strict?: boolean;
	};

/** `vpmon check`: one sweep to stdout, notices to stderr, the verdict in the exit code. */
export async function check(names: readonly string[], flags: CheckFlags): Promise<void> {
	saveMemory();
	const inventory = chooseInventory(names, flags);
	const measuring = measuringOf(flags, 'command', names.length > 0);
	const { engine, dispose } = await startEngine(inventory, {
		...(flags.timeout === undefined ? {} : { checkTimeoutMs: flags.timeout * 1000 }),
		concurrency: flags.concurrency,
		program: 'check',
	});
	try {
		// Held against all that the file holds, or not at all.
		const coverage = names.length === 0 ? engine.readCoverage() : null;
		await engine.run(null, {
			...measuring,
			only: flags.only === undefined ? null : new Set(flags.only),
			onWait: (safe, until) => {
				const wait = Math.ceil((until - Date.now()) / 1000);
				notice(`${safe.name} waits ${wait} s for its turn in the probe budget`);
			},
		});
		await coverage;
		tellOlder(engine);
		const report = reportOf(engine);
		// Before anything is written: a reader that closes the pipe does not change what was found.
		process.exitCode = exitCodeOf(report, flags.strict ?? false);
		if (!flags.json) process.stdout.write(tableOf(engine, report));
		else
			for (const piece of formatCheckJson(report, process.getuid?.() ?? -1)) process.stdout.write(visibleJson(piece));
	} finally {
		await dispose();
	}
}

const mostTold = 5;

/** What the budget did not let be measured may pass, and then no row of the table says how old that is. */
function tellOlder({ session }: Engine): void {
	const older = session.get().inventory.safes.flatMap((safe) => {
		const { target, targetBy: writer, refusal } = factsOf(session, safe);
		if (target === null || refusal === null || session.safe(safe.name)?.result.verdict === 'unknown') return [];
		const { measuredAt } = target;
		return `${safe.name}: ${provenancePhrase({ measuredAt, writer, refusal }, session.facts.self).replace('; ', '')}`;
	});
	for (const line of older.slice(0, mostTold)) notice(line);
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

export function tableOf(engine: Engine, report: CheckFindings): string {
	const { inventory } = engine.session.get();
	const byName = new Map(inventory.safes.map((safe) => [safe.name, safe]));
	return formatCheckTable(report, ({ name }) => {
		const safe = byName.get(name);
		if (safe === undefined) throw new Error(`no Safe ${name}`);
		return fixContextFor(engine.session, safe);
	});
}
