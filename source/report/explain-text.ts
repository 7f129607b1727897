import type { Cause } from '../domain/cause.ts';
import type { CheckId } from '../domain/check.ts';
import { checkById } from '../runbook/checks.ts';
import type { Explanation } from '../runbook/explain.ts';
import { escalationSteps, resolutionSteps } from '../runbook/resolution.ts';

/** The JSON contract of `vpmon explain --json`: fields are added, never changed or removed, within a schemaVersion. */
export type ExplainReport = {
	readonly schemaVersion: 1;
	/** Cleaned, without secrets. */
	readonly text: string;
	/** False for a text that is none of the runbook's messages. */
	readonly known: boolean;
	readonly check: CheckId | null;
	/** In the runbook's order. */
	readonly causes: readonly Cause[];
	readonly proves: string | null;
	readonly doesNotProve: string | null;
	readonly steps: readonly string[];
};

export function buildExplainReport(text: string, explanation: Explanation | null): ExplainReport {
	if (explanation === null) {
		const none = { check: null, causes: [], proves: null, doesNotProve: null };
		return { schemaVersion: 1, text, known: false, ...none, steps: resolutionSteps };
	}
	const { check, causes, proves, leavesOpen } = explanation;
	return {
		schemaVersion: 1,
		text,
		known: true,
		check,
		causes: causes.flatMap(({ cause }) => cause ?? []),
		proves,
		doesNotProve: leavesOpen,
		steps: [...new Set(causes.flatMap(({ steps }) => steps))],
	};
}

/** The same for people. */
export function formatExplanation(text: string, explanation: Explanation | null): string {
	const lines = explanation === null ? unknownLines(text) : knownLines(explanation);
	return `${lines.join('\n')}\n`;
}

const longestEcho = 200;

function unknownLines(text: string): string[] {
	const [first = ''] = text.split('\n');
	const shown = first.length <= longestEcho ? first : `${first.slice(0, longestEcho - 1)}…`;
	return [
		`"${shown}" is not one of the runbook's messages.`,
		'',
		'What the runbook says to do where no message tells the cause:',
		...numbered(resolutionSteps),
		'',
		'Where all of this leads nowhere, it escalates with:',
		...numbered(escalationSteps),
	];
}

function knownLines({ quote, source, check, isSymptom, users, causes, proves, leavesOpen }: Explanation): string[] {
	const row = checkById[check];
	const several = causes.length > 1;
	return [
		`"${quote}"`,
		isSymptom
			? `is a symptom of all five rows of the runbook; it begins with row ${row.number}, ${row.title}: ${row.question}`
			: `belongs to row ${row.number} of the runbook, ${row.title}: ${row.question}`,
		`Said by: ${source}`,
		'',
		`Proves       ${proves}.`,
		`Leaves open  ${leavesOpen}.`,
		...(users.length === 0 ? [] : [`Names user   ${users.join(', ')}`]),
		...(several ? ['', "The likely causes, in the runbook's order:"] : []),
		...causes.flatMap(({ cause, headline, why, steps }) => [
			'',
			cause === null ? headline : `${headline} (${cause})`,
			`  Why  ${why}`,
			...steps.map(
				(step, index) => `  ${index === 0 ? 'Do ' : '   '}  ${steps.length === 1 ? '' : `${index + 1} `}${step}`,
			),
		]),
	];
}

function numbered(steps: readonly string[]): string[] {
	return steps.map((step, index) => `  ${index + 1}. ${step}`);
}
