import * as v from 'valibot';
import { causes } from '../domain/cause.ts';
import { checkIds } from '../domain/check.ts';
import type { SessionEvent } from '../domain/event.ts';
import { parseJson } from '../domain/json.ts';
import { verdictsWorstFirst } from '../domain/verdict.ts';

/** Of the lines that this vpmon writes. */
const lineVersion = 1;

const verdict = v.picklist([...verdictsWorstFirst, 'skip'] as const);
const cause = v.nullable(v.picklist(causes));
const standing = v.object({ verdict: v.picklist(verdictsWorstFirst), cause });
const status = v.picklist(['online', 'degraded', 'offline', 'needs-recovery', 'unknown'] as const);
/** The same in all programs that tell of it. */
const id = v.optional(v.pipe(v.string(), v.maxLength(100)));
const at = v.pipe(v.string(), v.isoTimestamp());
const row = v.object({ check: v.picklist(checkIds), from: verdict, to: verdict, cause, summary: v.string() });

export const eventSchema = v.variant('kind', [
	v.object({
		kind: v.literal('safes'),
		id,
		at,
		connector: v.string(),
		safes: v.array(v.string()),
		from: v.nullable(standing),
		to: standing,
		rows: v.array(row),
		summary: v.string(),
	}),
	v.object({
		kind: v.literal('connector'),
		id,
		at,
		connector: v.string(),
		from: v.nullable(status),
		to: status,
		summary: v.string(),
	}),
	v.object({ kind: v.literal('sweep'), at, done: v.number(), total: v.number() }),
	v.object({ kind: v.literal('watch'), at, begun: v.boolean() }),
]);

/** What every line of this version has, also one with a kind or a cause that only a later vpmon knows. */
const anySchema = v.object({ v: v.number(), inventory: v.string(), kind: v.string(), at });

export function formatLine(inventory: string, event: SessionEvent): string {
	return JSON.stringify({ v: lineVersion, inventory, ...event });
}

/** Whether a line of the text is of a version that this vpmon does not know. */
export function isNewer(text: string): boolean {
	return [...text.matchAll(/^\{"v":(\d+)[,}]/gm)].some(([, version]) => Number(version) > lineVersion);
}

/**
 * Reads lines of one inventory, given as latin1: a character a byte. Those of others are looked at from outside only: there may be
 * many, and who watches them reads them.
 *
 * @returns for each line its event; null for what is another's or not understood here; `damaged` for what no vpmon wrote so.
 */
export function createLineReader(inventory: string): (line: string) => SessionEvent | null | 'damaged' {
	const mark = Buffer.from(`"inventory":${JSON.stringify(inventory)}`).toString('latin1');
	return (line) => {
		if (!line.includes(mark)) return line.startsWith('{"v":') && line.endsWith('}') ? null : 'damaged';
		const known = parseJson(Buffer.from(line, 'latin1').toString());
		if (!v.is(anySchema, known)) return 'damaged';
		const parsed = v.safeParse(eventSchema, known);
		return parsed.success && known.inventory === inventory ? parsed.output : null;
	};
}
