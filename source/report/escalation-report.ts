import type { ConnectorResult, SafeResult, SessionWordsResult } from '../domain/check.ts';
import type { Safe } from '../domain/inventory.ts';
import { removeSecrets } from '../domain/secret-lines.ts';
import { formatTarget } from '../domain/target.ts';
import { version } from '../domain/version.ts';
import { causeTexts } from '../runbook/causes.ts';
import { checks } from '../runbook/checks.ts';
import { verdictGlyphs } from './glyphs.ts';

/** A part of the report, or why it could not be had. */
export type Part<Value> =
	| { readonly ok: true; readonly value: Value }
	| { readonly ok: false; readonly reason: string };

/** Everything the report says, collected by the engine. Foreign text in it is already cleaned and without secrets. */
export type ReportParts = {
	readonly safe: Safe;
	readonly result: SafeResult;
	readonly connector: ConnectorResult;
	/** From the session banner, as the person read it, held against the rows; null when nobody gave it. */
	readonly sessionWords: SessionWordsResult | null;
	/** What our own probe was told, where it was told anything. */
	readonly probeError: string | null;
	readonly log: Part<{ readonly command: string; readonly lines: readonly string[] }>;
	readonly netcat: Part<{ readonly command: string; readonly output: string; readonly flavour: string }>;
	/** Steps of the runbook for the cause. */
	readonly steps: readonly string[];
	readonly system: Part<readonly string[]>;
	readonly measuredFrom: string;
	readonly at: Date;
	readonly timeZone: string;
};

/**
 * The runbook's escalation path as Markdown: its five items first, then the ladder with its evidence. Pure.
 *
 * @param clean for each text of the evidence, before JSON's escapes hide where a word begins.
 */
export function formatEscalationReport(
	parts: ReportParts,
	masked: boolean,
	clean: (text: string) => string = removeSecrets,
): string {
	const { safe, result, connector } = parts;
	const lines = [
		'# VaultPAM escalation report: SSH session fails to launch',
		'',
		summarySentence(parts),
		'',
		`Written ${parts.at.toISOString()} (time zone ${parts.timeZone}) by vpmon ${version} on ${parts.measuredFrom}${masked ? '; names and addresses are masked' : ''}.`,
		'',
		'## 1. Connector',
		'',
		`${connector.name}: ${connector.check.summary}`,
		'',
		'## 2. Target',
		'',
		`${formatTarget(safe.host, safe.port)}, user ${safe.username}, Safe ${safe.name}, credential ${safe.credential.type}`,
		'',
		'## 3. Error message',
		'',
		...errorMessage(parts),
		'',
		'## 4. Connector log, last 100 lines',
		'',
		...partLines(parts.log, ({ command, lines: log }) => [
			`\`${command}\``,
			'',
			...fence(log.length === 0 ? ['(the log is empty)'] : log),
		]),
		'',
		'## 5. Port from the connector host',
		'',
		...partLines(parts.netcat, ({ command, output, flavour }) => [
			`\`${command}\` (${flavour})`,
			'',
			...fence(output.split('\n')),
		]),
		'',
		`Our own socket: ${result.checks.find(({ id }) => id === 'port')?.summary ?? 'not measured'}`,
		'',
		'## Checks, in the order of the runbook',
		'',
		...ladder(result, clean),
		'',
		'## What the runbook says to do',
		'',
		...(parts.steps.length === 0
			? [
					'Nothing fails from here. Not visible to vpmon: the secret itself, policy, approval, a sealed vault, a second factor, a forced command or an expired account on the target.',
				]
			: parts.steps.map((step, index) => `${index + 1}. ${step}`)),
		'',
		'## Versions',
		'',
		...partLines(parts.system, (system) => system.map((line) => `- ${line}`)),
		'',
		...missing(parts),
	];
	return `${lines.join('\n').trimEnd()}\n`;
}

function summarySentence({ safe, result, connector, measuredFrom }: ReportParts): string {
	const cause = result.cause === null ? '' : ` (${result.cause})`;
	const why = result.cause === null ? '' : ` ${causeTexts[result.cause].why}`;
	return `An SSH session through Safe ${safe.name} (${formatTarget(safe.host, safe.port)}, connector ${connector.name}) was checked from ${measuredFrom}. Result: ${result.verdict}${cause}. ${result.headline}${why}`;
}

function errorMessage({ sessionWords, probeError }: ReportParts): string[] {
	if (sessionWords !== null) {
		const { text, from, givenAt, known, summary } = sessionWords;
		const held = known ? `Held against the checks: ${summary}.` : `This text ${summary}.`;
		return [
			from === 'session' ? 'From the session banner:' : "Lines of the target's log:",
			'',
			...fence(text.split('\n')),
			'',
			`${held} It was given to vpmon at ${givenAt}.`,
		];
	}
	const none = 'The text of the session banner was not given (`--error`, or `!` on the screen).';
	return probeError === null ? [none] : [none, 'What the probe of vpmon was told instead:', '', ...fence([probeError])];
}

function ladder(result: SafeResult, clean: (text: string) => string): string[] {
	return result.checks.flatMap((row, index) => {
		const title = checks[index]?.title ?? row.id;
		const when = row.measuredAt === null ? 'not measured' : `measured ${row.measuredAt}`;
		const compared = row.comparedWith === null ? '' : `, compared with ${row.comparedWith}`;
		const evidence =
			Object.keys(row.evidence).length === 0 ? [] : ['', ...fence(jsonOf(row.evidence, clean).split('\n'), 'json')];
		return [
			`### ${index + 1}. ${title}: ${verdictGlyphs[row.verdict]} ${row.verdict}${row.cause === null ? '' : ` (${row.cause})`}`,
			'',
			`${row.summary} (${when} from ${row.measuredFrom}${compared})`,
			...evidence,
			'',
		];
	});
}

function jsonOf(evidence: unknown, clean: (text: string) => string): string {
	return JSON.stringify(evidence, (_, value) => (typeof value === 'string' ? clean(value) : value), 2);
}

function missing({ log, netcat, system }: ReportParts): string[] {
	const parts = { 'connector log': log, 'nc result': netcat, versions: system };
	const reasons = Object.entries(parts).flatMap(([name, part]) => (part.ok ? [] : [`- ${name}: ${part.reason}`]));
	return reasons.length === 0 ? [] : ['## Could not be collected', '', ...reasons, ''];
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

/** `4,711 bytes, masked: 2 HOST, 1 USER` */
export function describeReport({
	bytes,
	masked,
}: {
	bytes: number;
	masked: Readonly<Record<string, number>> | null;
}): string {
	const counts = Object.entries(masked ?? {}).map(([kind, number]) => `${number} ${kind}`);
	const mask = masked === null ? 'not masked' : `masked: ${counts.join(', ') || 'nothing to mask'}`;
	return `${bytes.toLocaleString('en')} bytes, ${mask}`;
}
