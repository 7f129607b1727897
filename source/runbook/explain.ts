import type { Cause } from '../domain/cause.ts';
import type { CheckId } from '../domain/check.ts';
import type { Connector } from '../domain/inventory.ts';
import { causeTexts } from './causes.ts';
import { findMessage } from './find-message.ts';
import { emptyFixContext } from './fix-context.ts';
import { stepsFor } from './fixes.ts';
import type { Message } from './messages.ts';
import { resolutionSteps } from './resolution.ts';
import { stages } from './stages.ts';
import { readTargetLines } from './target-lines.ts';

/** What a text stands for, without any Safe at hand. */
export type Explanation = {
	/** The words in the text that tell. */
	readonly quote: string;
	readonly source: string;
	readonly check: CheckId;
	/** It fits all five rows; `check` is where the runbook begins. */
	readonly isSymptom: boolean;
	/** The users that lines of the target's log name. */
	readonly users: readonly string[];
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
const context = emptyFixContext(someConnector);

/** A tidy text (`normalizeError`) by the runbook; null when it holds none of its messages. Pure. */
export function explain(text: string): Explanation | null {
	const found = findMessage(text);
	if (found === null) return null;
	const { message, quote } = found;
	const stage = stages[message.stage];
	const base = {
		quote,
		source: message.source,
		check: message.check,
		isSymptom: message.stage === 'symptom',
		users:
			message.stage === 'target-log' ? readTargetLines(text, '').named.filter((name) => !name.startsWith('/')) : [],
	};
	const open = { proves: stage.proves, leavesOpen: message.leavesOpen ?? stage.leavesOpen };
	const causes = message.causes.map((cause, index) => {
		const { headline, why } = causeTexts[cause];
		const texts = { cause, headline, why, steps: stepsFor(cause, context) };
		return index === 0 ? { ...texts, ...ownTexts(message) } : texts;
	});
	if (causes.length > 0) return { ...base, ...open, causes };
	return {
		...base,
		...open,
		causes: [{ cause: null, headline: '', why: '', steps: resolutionSteps, ...ownTexts(message) }],
	};
}

/** What the message itself says, where it does. */
function ownTexts({ headline, why, steps }: Message) {
	return {
		...(headline === undefined ? {} : { headline }),
		...(why === undefined ? {} : { why }),
		...(steps === undefined ? {} : { steps }),
	};
}
