import type { Cause } from '../domain/cause.ts';
import type { CheckId } from '../domain/check.ts';
import type { Connector } from '../domain/inventory.ts';
import { causeTexts } from './causes.ts';
import { findMessage } from './find-message.ts';
import { type FixContext, stepsFor } from './fixes.ts';
import { resolutionSteps } from './resolution.ts';
import { stages } from './stages.ts';

/** What a text stands for, without any Safe at hand. */
export type Explanation = {
	/** The words in the text that tell. */
	readonly quote: string;
	readonly source: string;
	readonly check: CheckId;
	readonly causes: ReadonlyArray<{
		readonly cause: Cause | null;
		readonly headline: string;
		readonly why: string;
		readonly steps: readonly string[];
	}>;
	readonly proves: string;
	readonly leavesOpen: string;
};

const someConnector: Connector = {
	name: 'the connector',
	host: 'local',
	runtime: 'none',
	container: null,
	unit: null,
	journalDirectory: null,
	logFile: null,
	place: null,
};
const context: FixContext = { connector: someConnector, safe: null, sourceAddress: null, hostKeyType: null };

/** A tidy text (`tidyWords`) by the runbook; null when it holds none of its messages. Pure. */
export function explain(text: string): Explanation | null {
	const found = findMessage(text);
	if (found === null) return null;
	const { message, quote } = found;
	const stage = stages[message.stage];
	const base = { quote, source: message.source, check: message.check };
	const open = { proves: stage.proves, leavesOpen: message.leavesOpen ?? stage.leavesOpen };
	const causes = message.causes.map((cause, index) => ({
		cause,
		headline: causeTexts[cause].headline,
		// Words of the message's own are about its first cause.
		why: (index === 0 ? message.why : undefined) ?? causeTexts[cause].why,
		steps: (index === 0 ? message.steps : undefined) ?? stepsFor(cause, context),
	}));
	if (causes.length > 0) return { ...base, ...open, causes };
	const { why = '', steps = resolutionSteps } = message;
	return { ...base, ...open, causes: [{ cause: null, headline: '', why, steps }] };
}
