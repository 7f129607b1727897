import { checkById } from '../runbook/checks.ts';
import { describeLinesLeftOut } from './describe-report.ts';
import { verdictGlyphs } from './glyphs.ts';
import type { ErrorSection, Part, ReportData } from './report-data.ts';
import { storedAndOffered } from './row-details.ts';
import type { RowJson } from './row-json.ts';

/** Ours, so that no Safe's name is looked for in it: one may be called "near". */
const about =
	'VaultPAM opens SSH sessions to servers for people: a Safe holds where and as whom, a connector near the server makes the connection.';

/** The runbook's escalation path as Markdown: its five items first, then the ladder in words, the raw evidence last and folded. Pure. */
export function formatReportMarkdown(data: ReportData): string {
	const { safes, connectors } = data;
	const lines = [
		'# VaultPAM escalation report: SSH session fails to launch',
		'',
		`${about} ${data.summary}`,
		'',
		`Written ${data.writtenAt} (time zone ${data.timeZone}) by ${data.writtenBy} on ${data.measuredFrom}. ${maskNote(data)}${leftOutNote(data)}`,
		'',
		`## 1. Connector`,
		'',
		...connectors.map(
			({ name, summary, status, measuredAt, measuredBy }) =>
				`- ${name}: ${summary} (${status}; ${measuredWhen(measuredAt)}${byWhom(measuredBy)})`,
		),
		'',
		`## 2. Target`,
		'',
		...(data.group === null ? [] : [...groupLines(data), '']),
		...targetTable(safes),
		'',
		'## 3. Error message',
		'',
		...errorLines(data.error),
		'',
		'## 4. Connector log, last 100 lines',
		'',
		...data.logs.flatMap(({ connector, log }) => [
			...(data.logs.length > 1 ? [`Connector ${connector}:`, ''] : []),
			...partLines(log, ({ command, lines: read }) => [
				`\`${command}\``,
				'',
				...fence(read.length === 0 ? ['(the log is empty)'] : read),
			]),
			'',
		]),
		'## 5. Port from the connector host',
		'',
		...partLines(data.nc, ({ command, output, flavour, measuredAt, measuredBy, notRunNow }) => [
			`\`${command}\` (${flavour})`,
			'',
			...fence(output.split('\n')),
			...(notRunNow === null
				? []
				: ['', `The last result, of ${measuredAt}${byWhom(measuredBy)}. Not run for this report: ${notRunNow}.`]),
		]),
		'',
		`Our own socket: ${data.ownSocket}`,
		'',
		`## Checks${safes.length > 1 ? ` of ${safes[0]?.name}, which stands for all` : ''}, in the order of the runbook`,
		'',
		...data.checks.flatMap((row) => rowLines(row)),
		'## History',
		'',
		...data.history.map((line) => `- ${line}`),
		'',
		'## Fixes tried',
		'',
		...data.fixesTried.map((line) => `- ${line}`),
		'',
		'## What the runbook says to do',
		'',
		...data.steps.map((step, index) => `${index + 1}. ${step}`),
		'',
		'## Versions',
		'',
		...partLines(data.versions, (versions) => versions.map(({ of, version }) => `- ${of}: ${version}`)),
		'',
		'## Clock',
		'',
		...partLines(data.clock, (clock) => clock.map((line) => `- ${line}`)),
		'',
		...(data.notCollected.length === 0
			? []
			: [
					'## Could not be collected',
					'',
					...data.notCollected.map(({ part, reason }) => `- ${titles[part]}: ${reason}`),
					'',
				]),
		...evidenceLines(data),
	];
	return `${lines.join('\n').trimEnd()}\n`;
}

const titles = {
	checks: 'checks',
	log: 'connector log',
	nc: 'nc result',
	versions: 'versions',
	clock: 'clock',
} as const;

function maskNote({ masking }: ReportData): string {
	const pseudonyms =
		'Pseudonyms such as HOST-1 are the same in every report of this host; IP-2.1 and IP-2.7 are addresses of one network (NET-2: a /24, with IPv6 a /64).';
	switch (masking.hides) {
		case 'all':
			return `Names, users, addresses and key fingerprints are masked. ${pseudonyms}`;
		case 'others':
			return `Names, users, addresses and key fingerprints of other Safes are masked. ${pseudonyms}`;
		case 'sensitive':
			return 'Only what belongs to sensitive Safes is masked.';
	}
}

function leftOutNote({ masking: { linesLeftOut } }: ReportData): string {
	if (linesLeftOut === 0) return '';
	return ` ${describeLinesLeftOut(linesLeftOut)}: what stood there may tell a name or a secret.`;
}

function measuredWhen(measuredAt: string | null): string {
	return measuredAt === null ? 'not measured' : `measured ${measuredAt}`;
}

function byWhom(name: string | null): string {
	return name === null ? '' : ` by ${name}`;
}

function groupLines({ group, safes }: ReportData): string[] {
	if (group === null) return [];
	const { headline, contrast } = group;
	const count = `${safes.length} Safes`;
	const lead = headline.startsWith(`${count} `) ? '' : `${count}. `;
	return [`${lead}${headline}${contrast === null || headline.includes(contrast) ? '' : ` ${contrast}.`}`];
}

function targetTable(safes: ReportData['safes']): string[] {
	const [first] = safes;
	if (first === undefined) return [];
	if (safes.length === 1) {
		const since = first.since === null ? '' : ` So since ${first.since}.`;
		return [`${first.target}, user ${first.username}, Safe ${first.name}, credential ${first.credential}.${since}`];
	}
	const cell = (text: string) => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
	const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
	return [
		'| Safe | connector | target | user | credential | rows 1 to 5 | cause | since |',
		'|---|---|---|---|---|---|---|---|',
		...safes.map(({ name, connector, target, username, credential, rows, cause, since }) =>
			row([
				name,
				connector,
				target,
				username,
				credential,
				rows.map(({ verdict }) => verdictGlyphs[verdict]).join(''),
				cause ?? '',
				since ?? '',
			]),
		),
	];
}

function errorLines({ from, text, givenAt, givenBy, held }: ErrorSection): string[] {
	const none = 'The text of the session banner was not given (`--error`, or `!` on the screen).';
	if (text === null) return [none];
	if (from === 'probe') return [none, 'What the probe of vpmon was told instead:', '', ...fence(text.split('\n'))];
	const lead = from === 'session' ? 'From the session banner:' : "Lines of the target's log:";
	return [
		lead,
		'',
		...fence(text.split('\n')),
		'',
		`${held ?? ''} It was given to vpmon${byWhom(givenBy)} at ${givenAt}.`.trim(),
	];
}

function rowLines(row: RowJson): string[] {
	const { number, title } = checkById[row.id];
	const compared = row.comparedWith === null ? '' : `, compared with ${row.comparedWith}`;
	const took = row.durationMs === null ? '' : `, took ${Math.round(row.durationMs)} ms`;
	return [
		`### ${number}. ${title}: ${verdictGlyphs[row.verdict]} ${row.verdict}${row.cause === null ? '' : ` (${row.cause})`}`,
		'',
		`${row.summary} (${measuredWhen(row.measuredAt)} from ${row.measuredFrom}${byWhom(row.measuredBy)}${took}${compared})`,
		...comparedLines(row),
		'',
	];
}

/** Whole and one above the other: what a person compares stands in no folded part. */
function comparedLines({ evidence }: RowJson): string[] {
	if (!('offered' in evidence && 'stored' in evidence) || evidence.offered.length === 0) return [];
	const { stored, offered, notes } = evidence;
	const lines = storedAndOffered({ stored, offered, notes }, null).map(([label, value]) =>
		`${label.padEnd(8)}${value}`.trim(),
	);
	return lines.length === 0 ? [] : ['', ...fence(lines)];
}

/** For whoever reads on: trackers show the part in `<details>` only when it is opened. */
function evidenceLines({ checks }: ReportData): string[] {
	const known = checks.filter(({ evidence }) => Object.keys(evidence).length > 0);
	if (known.length === 0) return [];
	return [
		'## Evidence',
		'',
		'<details>',
		'<summary>What came back, row by row, as JSON</summary>',
		'',
		...known.flatMap((row) => {
			const { number, title } = checkById[row.id];
			const text = JSON.stringify(row.evidence, withoutAlgorithms(row), 2);
			return [`### Evidence of row ${number}, ${title}`, '', ...fence(text.split('\n'), 'json'), ''];
		}),
		'</details>',
		'',
	];
}

/** Long lists of what a server can decide nothing, unless it and we have nothing in common; those of its host keys are always told. */
function withoutAlgorithms({ cause }: RowJson): (key: string, value: unknown) => unknown {
	const folded: readonly string[] = ['kex', 'cipher', 'mac'];
	return (key, value) => (cause !== 'no-common-algorithm' && folded.includes(key) ? undefined : value);
}

function partLines<Value>(part: Part<Value>, format: (value: Value) => readonly string[]): readonly string[] {
	return part.ok ? format(part.value) : [`Could not be collected: ${part.reason}`];
}

/** A code block that nothing inside can end. */
function fence(lines: readonly string[], language = 'text'): string[] {
	const longest = Math.max(2, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map((ticks) => ticks.length));
	const ticks = '`'.repeat(longest + 1);
	return [`${ticks}${language}`, ...lines, ticks];
}
