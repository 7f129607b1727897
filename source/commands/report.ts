import { join } from 'node:path';
import { writeEscalationReport } from '../engine/collect-report.ts';
import { describeReport } from '../report/escalation-report.ts';
import { stateDirectory } from '../settings/directories.ts';
import { chooseInventory, type TargetFlags } from './choose-inventory.ts';
import { startEngine } from './start-engine.ts';

export type ReportFlags = TargetFlags & { out?: string; mask?: boolean; error?: string };

export const reportsDirectory = join(stateDirectory, 'reports');

/** `vpmon report`: measures the Safe, writes the report, prints its path. */
export async function report(name: string, flags: ReportFlags): Promise<void> {
	const inventory = chooseInventory([name], flags);
	const [safe] = inventory.safes;
	if (safe === undefined) throw new Error('a chosen inventory has its Safe');
	const { engine, dispose } = await startEngine(inventory);
	try {
		process.stderr.write(`vpmon: measuring ${safe.name}\n`);
		await engine.run(null, { trigger: 'command', budgetWaitMs: 5000 });
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
