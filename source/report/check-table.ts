import stringWidth from 'string-width';
import { type Group, rowsOf, type SafeResult } from '../domain/check.ts';
import { type Coverage, describeCoverage } from '../domain/coverage.ts';
import { formatClock } from '../domain/time.ts';
import { causeTexts } from '../runbook/causes.ts';
import { checkById, checks } from '../runbook/checks.ts';
import type { FixContext } from '../runbook/fix-context.ts';
import { toldCause } from '../runbook/fix-result.ts';
import { stepsFor } from '../runbook/fixes.ts';
import { formatContrast, formatExplained, formatShared, isOneTrouble } from '../runbook/group-words.ts';
import { notVisible } from '../runbook/not-visible.ts';
import type { CheckFindings } from './check-report.ts';
import { countSafes, formatSummary } from './check-report.ts';
import { verdictGlyphs } from './glyphs.ts';
import { comparedKeys, rowDetails } from './row-details.ts';

const widestName = 32; // Columns.
const mostNames = 8;
const withoutSafes = [
	'There are no Safes in the inventory yet. One of VaultPAM has a name, a host and a username there:',
	'  add it under "safes:", press a on the screen, or take a list: vpmon import safes.csv',
];

/** The sweep as a table for people: a line for each Safe, then the causes that explain several, then what to do about each cause. */
export function formatCheckTable(report: CheckFindings, contextOf: (safe: SafeResult) => FixContext): string {
	const explained = formatExplained(report.groups);
	const lines = [
		`measured from ${report.measuredFrom} · ${countSafes(report.summary.safes)}: ${formatSummary(report.summary)}${explained === null ? '' : ` · ${explained}`}`,
		'',
	];
	for (const connector of report.connectors) {
		const { name, verdict, summary } = connector;
		const word = verdict === 'unknown' || verdict === 'untested' ? `${verdict}: ` : '';
		lines.push(`${verdictGlyphs[verdict]} connector ${name}: ${word}${summary}${seenBy(connector)}`);
		const remedy = remedyOf(connector);
		if (remedy !== null) lines.push(`  Do   ${remedy}`);
	}
	if (report.coverage !== undefined) lines.push(...coverageLines(report.coverage));
	if (report.safes.length === 0) return `${[...lines, '', ...withoutSafes].join('\n')}\n`;
	lines.push('', ...safeLines(report.safes), ...causeLines(report.groups));
	const byName = new Map(report.safes.map((safe) => [safe.name, safe]));
	const [only] = report.safes;
	if (report.safes.length === 1 && report.groups.length === 0 && only !== undefined)
		lines.push('', ...explain(only, contextOf(only)));
	for (const group of report.groups) {
		const members = group.safes.flatMap((name) => byName.get(name) ?? []);
		const shown = standsForAll(group) ? members.slice(0, 1) : members;
		for (const safe of shown) lines.push('', ...explain(safe, contextOf(safe)));
		lines.push(...namesOf(members.slice(shown.length)));
	}
	return `${lines.join('\n')}\n`;
}

/** What lets a runtime be asked that could not be, or a host be reached. */
function remedyOf({ evidence }: CheckFindings['connectors'][number]): string | null {
	if (!('runtime' in evidence)) return null;
	return evidence.runtime.kind === 'unreadable' ? evidence.runtime.remedy : (evidence.hostNextStep ?? null);
}

/** Rows of Safes tell it themselves. */
function seenBy({ measuredAt, measuredBy }: CheckFindings['connectors'][number]): string {
	if (measuredAt === null || measuredBy === null || measuredBy === 'check') return '';
	return `; ${formatClock(Date.parse(measuredAt))} by ${measuredBy}`;
}

/** What VaultPAM has and this table has not. */
function coverageLines(coverage: Coverage): string[] {
	const { withoutTarget, problem } = coverage;
	const names = withoutTarget.slice(0, mostNames).map(({ id, name }) => name ?? id);
	const more = withoutTarget.length > names.length ? `, and ${withoutTarget.length - names.length} more` : '';
	const isSound = withoutTarget.length === 0 && problem === null;
	const line = `${verdictGlyphs[isSound ? 'pass' : 'unknown']} ${describeCoverage(coverage)}`;
	return [names.length === 0 ? line : `${line}: ${names.join(', ')}${more}`];
}

function safeLines(safes: readonly SafeResult[]): string[] {
	const width = (least: number, texts: readonly string[]) =>
		Math.min(
			widestName,
			texts.reduce((widest, text) => Math.max(widest, stringWidth(text)), least),
		);
	const nameWidth = width(
		4,
		safes.map(({ name }) => name),
	);
	const targetWidth = width(
		6,
		safes.map(({ target }) => target),
	);
	const numbers = checks.map(({ number }) => number).join('');
	return [
		`  ${pad('SAFE', nameWidth)}  ${pad('TARGET', targetWidth)}  ${numbers}  WHY`,
		...safes.map((safe) => {
			const rows = rowsOf(safe)
				.map(({ verdict }) => verdictGlyphs[verdict])
				.join('');
			return `${verdictGlyphs[safe.verdict]} ${pad(safe.name, nameWidth)}  ${pad(safe.target, targetWidth)}  ${rows}  ${safe.headline}`;
		}),
	];
}

/** A line for each group of several Safes: `✖ 60 port timeout  10.20.4.0/24 via dmz  60 of 62 there, 0 of 340 elsewhere`. */
function causeLines(groups: readonly Group[]): string[] {
	const several = groups.filter(({ safes }) => safes.length > 1);
	if (several.length === 0) return [];
	const rows = several.map((group) => [
		String(group.safes.length),
		causeTexts[group.cause].label,
		formatShared(group),
		formatContrast(group.contrast),
	]);
	const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
	return [
		'',
		'  CAUSES',
		...rows.map(
			([count = '', label = '', shared = '', contrast = '']) =>
				`${verdictGlyphs.fail} ${count.padStart(widths[0] ?? 0)} ${pad(label, widths[1] ?? 0)}  ${pad(shared, widths[2] ?? 0)}  ${contrast}`,
		),
	];
}

/** One of a group is explained for all; but what its steps name has to be the same for all. */
function standsForAll(group: Group): boolean {
	return isOneTrouble(group) && (group.safes.length === 1 || sharesWhatStepsName(group));
}

function sharesWhatStepsName({ cause, shared }: Group): boolean {
	switch (causeTexts[cause].check) {
		case 'username':
			return shared.username !== undefined;
		case 'host-key':
			return shared.hostKey !== undefined;
		case 'ssh-key':
			return shared.key !== undefined || shared.username !== undefined;
		default:
			return true;
	}
}

function namesOf(safes: readonly SafeResult[]): string[] {
	if (safes.length === 0) return [];
	const names = safes.slice(0, mostNames).map(({ name }) => name);
	const more = safes.length > mostNames ? `, … and ${safes.length - mostNames} more` : '';
	return [`  Also ${names.join(', ')}${more}`];
}

function explain(safe: SafeResult, context: FixContext): string[] {
	const cause = toldCause(safe);
	const rows = rowsOf(safe).flatMap((row) => {
		const { number, title } = checkById[row.id];
		const found = rowDetails(row);
		const details = (found.length > 0 ? found : comparedKeys(row)).map(
			([label, value]) => `    ${pad(label, 8)}${value}`,
		);
		return [`  ${number} ${pad(title, 9)} ${verdictGlyphs[row.verdict]} ${row.summary}`, ...details];
	});
	const title = `${verdictGlyphs[safe.verdict]} ${safe.name}`;
	if (cause === null) return [title, ...rows, ...withoutCause(safe)];
	const steps = stepsFor(cause, context);
	return [`${title} (${cause})`, ...rows, `  Why  ${causeTexts[cause].why}`, ...stepLines(steps)];
}

/** What to do where no cause says it. */
function withoutCause(safe: SafeResult): string[] {
	const rows = rowsOf(safe);
	if (rows.every(({ verdict }) => verdict === 'pass' || verdict === 'untested'))
		return [`  Still failing? ${notVisible} vpmon report writes it down.`];
	return stepLines([...new Set(rows.flatMap(({ action }) => action ?? []))]);
}

function stepLines(steps: readonly string[]): string[] {
	return steps.map((step, index) => `  ${index === 0 ? 'Do ' : '   '} ${index + 1} ${step}`);
}

function pad(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}
