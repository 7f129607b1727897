import * as v from 'valibot';
import { cleanLine } from '../../domain/clean.ts';
import type { SessionEvent } from '../../domain/event.ts';
import { parseJson } from '../../domain/json.ts';
import { eventSchema } from '../history-line.ts';

const maxText = 1000;

/** An event as another program stored it, or null for one that is not known here. */
export function readEvent(json: string, now: number): SessionEvent | null {
	const parsed = v.safeParse(eventSchema, parseJson(json));
	if (!parsed.success) return null;
	const event = cleanStrings(parsed.output) as SessionEvent;
	// Written before the clock was set back.
	return Date.parse(event.at) > now ? { ...event, at: new Date(now).toISOString() } : event;
}

/** The schema has bounded the depth. */
function cleanStrings(value: unknown): unknown {
	if (typeof value === 'string') return cleanLine(value.slice(0, maxText));
	if (Array.isArray(value)) return value.map(cleanStrings);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleanStrings(inner)]));
}
