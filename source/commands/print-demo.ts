import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectReport, writePrepared } from '../engine/collect-report.ts';
import type { Engine } from '../engine/engine.ts';
import type { Lab } from '../lab/lab.ts';
import { notice } from '../own-words.ts';
import { createNumbering } from '../redact/names/pseudonym.ts';
import { describeMasking, describeSize } from '../report/describe-report.ts';
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
		const prepared = await collectReport(engine, [safe], {
			hides: 'others',
			sessionError: null,
			numbering: createNumbering(),
		});
		// A try leaves nothing in the state of whoever tries.
		const directory = await mkdtemp(join(tmpdir(), 'vpmon-demo-'));
		const { path, bytes } = await writePrepared(directory, prepared);
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
