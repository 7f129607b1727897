import stringWidth from 'string-width';
import type { SafeResult } from '../domain/check.ts';
import { causeTexts } from '../runbook/causes.ts';
import { checks } from '../runbook/checks.ts';
import type { FixContext } from '../runbook/fix-context.ts';
import { stepsFor } from '../runbook/fixes.ts';
import type { CheckReport } from './check-report.ts';
import { countSafes, formatSummary } from './check-report.ts';
import { verdictGlyphs } from './glyphs.ts';
import { rowDetails } from './row-details.ts';

const widestName = 32; // Columns.

/** The sweep as a table for people: a line for each Safe, then for each failing one its rows, why and what to do. */
export function formatCheckTable(report: CheckReport, contextOf: (safe: SafeResult) => FixContext): string {
	const lines = [
		`measured from ${report.measuredFrom} · ${countSafes(report.summary.safes)}: ${formatSummary(report.summary)}`,
		'',
	];
	for (const { name, verdict, summary } of report.connectors) {
		const word = verdict === 'unknown' || verdict === 'untested' ? `${verdict}: ` : '';
		lines.push(`${verdictGlyphs[verdict]} connector ${name}: ${word}${summary}`);
	}
	const nameWidth = Math.min(widestName, Math.max(4, ...report.safes.map(({ name }) => stringWidth(name))));
	const targetWidth = Math.min(widestName, Math.max(6, ...report.safes.map(({ target }) => stringWidth(target))));
	lines.push(
		'',
		`  ${pad('SAFE', nameWidth)}  ${pad('TARGET', targetWidth)}  ${checks.map(({ number }) => number).join('')}  WHY`,
	);
	for (const safe of report.safes) {
		const rows = safe.checks.map(({ verdict }) => verdictGlyphs[verdict]).join('');
		lines.push(
			`${verdictGlyphs[safe.verdict]} ${pad(safe.name, nameWidth)}  ${pad(safe.target, targetWidth)}  ${rows}  ${safe.headline}`,
		);
	}
	const failing = report.safes.filter(({ verdict, cause }) => verdict === 'fail' && cause !== null);
	for (const safe of failing) lines.push('', ...explain(safe, contextOf(safe)));
	return `${lines.join('\n')}\n`;
}

function explain(safe: SafeResult, context: FixContext): string[] {
	const { cause } = safe;
	if (cause === null) return [];
	const rows = safe.checks.flatMap((row, index) => {
		const title = checks[index]?.title ?? row.id;
		const details = rowDetails(row).map(([label, value]) => `    ${pad(label, 8)}${value}`);
		return [`  ${index + 1} ${pad(title, 9)} ${verdictGlyphs[row.verdict]} ${row.summary}`, ...details];
	});
	const steps = stepsFor(cause, context).map((step, index) => `  ${index === 0 ? 'Do ' : '   '} ${index + 1} ${step}`);
	return [`${verdictGlyphs.fail} ${safe.name} (${cause})`, ...rows, `  Why  ${causeTexts[cause].why}`, ...steps];
}

function pad(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}
