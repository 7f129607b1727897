import { collectReport, writePrepared } from '../engine/collect-report.ts';
import type { Engine } from '../engine/engine.ts';
import type { Lab } from '../lab/lab.ts';
import { notice } from '../own-words.ts';
import { describeMasking, describeSize } from '../report/describe-report.ts';
import { reportsDirectory, stateDirectory } from '../storage/directories.ts';
import { openPseudonyms } from '../storage/pseudonyms.ts';
import { reportOf, tableOf } from './check.ts';

/** `vpmon demo` without a terminal: one sweep as a table, one report. Exit code 1 where the lab does not show what it should. */
export async function printDemo(engine: Engine, lab: Lab): Promise<void> {
	notice('the lab is up, measuring its Safes; one of them never answers, which takes 5 s');
	await engine.run(null, { trigger: 'command' });
	const report = reportOf(engine);
	process.stdout.write(tableOf(engine, report));
	const { inventory } = engine.session.get();
	const safe = inventory.safes.find(
		({ name }) => report.safes.find((result) => result.name === name)?.cause === 'host-key-mismatch',
	);
	if (safe !== undefined) {
		const pseudonyms = await openPseudonyms(stateDirectory);
		const prepared = await collectReport(engine, [safe], {
			hides: 'others',
			sessionError: null,
			numbering: pseudonyms,
		});
		pseudonyms.close();
		const { path, bytes } = await writePrepared(reportsDirectory, prepared);
		const detail = `${describeSize(bytes)}, ${describeMasking(prepared.data.masking)}`;
		process.stdout.write(`\nreport of ${safe.name}: ${path} (${detail})\n`);
	}
	const wrong = lab.expectations.filter((expected) => {
		const found = report.safes.find(({ name }) => name === expected.safe);
		return found?.verdict !== expected.verdict || found.cause !== expected.cause;
	});
	for (const { safe: name, verdict, cause } of wrong) {
		process.stderr.write(
			`vpmon: the lab does not show what it should: ${name} must be ${verdict}${cause === null ? '' : `, ${cause}`}\n`,
		);
	}
	process.exitCode = wrong.length === 0 && safe !== undefined ? 0 : 1;
}
