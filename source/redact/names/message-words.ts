import { causeTexts } from '../../runbook/causes.ts';
import { checks } from '../../runbook/checks.ts';
import { fixes } from '../../runbook/fixes.ts';
import { messages } from '../../runbook/messages.ts';

const tables = [
	...messages.map(({ pattern }) => pattern.source.replace(/\\[bdswDSW]/g, ' ')),
	...[messages, checks, fixes, causeTexts].map((table) => JSON.stringify(table)),
]
	.join(' ')
	.toLowerCase();

/** Each word of the messages that vpmon knows, and of what it says of causes, rows and fixes itself: in lower case. */
export const messageWords: ReadonlySet<string> = new Set(tables.match(/\p{L}{2,}/gu) ?? []);

/** Words that it joins to one, without what joins them: `hostkey` for host-key and host key. */
export const joinedMessageWords: ReadonlySet<string> = new Set(
	(tables.match(/\p{L}{2,}(?:[-_.]\p{L}{2,})+/gu) ?? []).map((word) => word.replace(/[-_.]/g, '')),
);
