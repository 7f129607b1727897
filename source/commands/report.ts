import { join } from 'node:path';
import { writeEscalationReport } from '../engine/collect-report.ts';
import { describeReport } from '../report/escalation-report.ts';
import { stateDirectory } from '../settings/directories.ts';
import { type TargetFlags, wholeInventory } from './choose-inventory.ts';
import { startEngine } from './start-engine.ts';

export type ReportFlags = TargetFlags & { out?: string; mask?: boolean; error?: string };

export const reportsDirectory = join(stateDirectory, 'reports');

/** `vpmon report`: measures the Safe, writes the report, prints its path. */
export async function report(name: string, flags: ReportFlags): Promise<void> {
	// All of it, because the log of a connector speaks of its other Safes too, which may have to be masked.
	const inventory = wholeInventory([name], flags);
	const safe = inventory.safes.find((candidate) => candidate.name === name || inventory.file === null);
	if (safe === undefined) throw new Error('an inventory has the Safes it was chosen for');
	const { engine, dispose } = await startEngine(inventory);
	try {
		process.stderr.write(`vpmon: measuring ${safe.name}\n`);
		await engine.run([safe.name], { trigger: 'command', budgetWaitMs: 5000 });
		// A line of the target's log decides rows, here as on the screen.
		if (flags.error !== undefined) engine.knowledge.keepWords(safe, flags.error);
		process.stderr.write('vpmon: collecting log, nc and versions\n');
		const written = await writeEscalationReport(engine, safe, {
			directory: flags.out ?? reportsDirectory,
			mask: flags.mask ?? false,
			sessionError: flags.error ?? null,
		});
		process.stdout.write(`${written.path}\n`);
		process.stderr.write(`vpmon: ${describeReport(written)}\n`);
	} finally {
		await dispose();
	}
}
