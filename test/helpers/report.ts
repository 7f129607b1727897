import { readFileSync } from 'node:fs';
import type { Safe } from '../../source/domain/inventory.ts';
import { collectReport, type ReportOptions, writePrepared } from '../../source/engine/collect-report.ts';
import type { Engine } from '../../source/engine/engine.ts';

/** Collects a report and writes it, as the command and the screen do one after the other. */
export async function writeReportOf(
	engine: Engine,
	safes: readonly Safe[],
	directory: string,
	options: Partial<ReportOptions> = {},
) {
	const prepared = await collectReport(engine, safes, { hides: 'others', sessionError: null, ...options });
	const written = await writePrepared(directory, prepared);
	return { ...prepared, ...written, text: readFileSync(written.path, 'utf8') };
}
