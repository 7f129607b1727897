import { appendFile, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { causes } from '../domain/cause.ts';
import { checkIds } from '../domain/check.ts';
import type { SessionEvent } from '../domain/event.ts';
import { makeDirectory } from '../domain/make-directory.ts';
import { messageOf } from '../domain/user-error.ts';
import { verdictsWorstFirst } from '../domain/verdict.ts';

/** What changed, kept over restarts: a file a day, a line an event, written by all vpmon processes of a user and only ever added to. */
export type History = {
	/** The newest events of this inventory, newest last. What cannot be read is left out; nothing is thrown. */
	read(): Promise<readonly SessionEvent[]>;
	/** Adds events, in their order. Resolves once they are on the disk or cannot be kept. */
	append(events: readonly SessionEvent[]): Promise<void>;
	/** Why events are not kept, or null. */
	problem(): string | null;
};

const keptDays = 30;
/** More in a day is a fault somewhere, and must not fill a disk. */
const mostBytes = 4 * 1024 * 1024;
const mostRead = 2000;
const fileName = /^events-(\d{4}-\d\d-\d\d)\.jsonl$/;
const dayMs = 86_400_000;

/** @param inventory its absolute path: several may be watched by one user. */
export function openHistory(directory: string, inventory: string): History {
	let why: string | null = null;
	// A line of a process that was killed may have no end; ours must not become a part of it.
	let lead = '\n';
	let queue = Promise.resolve();
	const write = async (events: readonly SessionEvent[]) => {
		try {
			makeDirectory(directory, 0o700);
			const file = join(directory, `events-${dayOf(Date.now())}.jsonl`);
			const size = await stat(file).then(
				(found) => found.size,
				() => 0,
			);
			if (size > mostBytes) {
				why = `${file} is full for today`;
				return;
			}
			const lines = events.map((event) => JSON.stringify({ v: 1, inventory, ...event }));
			// One write of a file that is opened for appending: lines of other processes stay whole.
			await appendFile(file, `${lead}${lines.join('\n')}\n`, { mode: 0o600 });
			lead = '';
			why = null;
		} catch (error) {
			why = messageOf(error);
		}
	};
	return {
		read: () => readEvents(directory, inventory),
		append(events) {
			if (events.length > 0) queue = queue.then(() => write(events));
			return queue;
		},
		problem: () => why,
	};
}

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

async function readEvents(directory: string, inventory: string): Promise<readonly SessionEvent[]> {
	const names = await readdir(directory).catch((): string[] => []);
	const oldest = dayOf(Date.now() - keptDays * dayMs);
	const dated = names.filter((name) => fileName.test(name));
	const [kept, old] = [dated.filter((name) => dayIn(name) >= oldest), dated.filter((name) => dayIn(name) < oldest)];
	for (const name of old) await unlink(join(directory, name)).catch(() => {});
	const mark = `"inventory":${JSON.stringify(inventory)}`;
	let events: SessionEvent[] = [];
	for (const name of kept.toSorted().reverse()) {
		const text = await readFile(join(directory, name), 'utf8').catch(() => '');
		const found = text.split('\n').flatMap((line) => (line.includes(mark) ? (parseEvent(line, inventory) ?? []) : []));
		events = [...found, ...events];
		if (events.length >= mostRead) break;
	}
	return leaveOutEchoes(events).slice(-mostRead);
}

const dayIn = (name: string) => fileName.exec(name)?.[1] ?? '';

/** Two processes that watch one inventory both tell of what happens to a Safe; the same change cannot come twice in a row. */
function leaveOutEchoes(events: readonly SessionEvent[]): SessionEvent[] {
	const last = new Map<string, string>();
	const isEcho = (who: string, what: unknown) => {
		const said = JSON.stringify(what);
		if (last.get(who) === said) return true;
		last.set(who, said);
		return false;
	};
	return events.flatMap((event): SessionEvent[] => {
		if (event.kind === 'connector') return isEcho(`c ${event.connector}`, [event.from, event.to]) ? [] : [event];
		if (event.kind !== 'safes') return [event];
		const rows = event.rows.map(({ check, from, to }) => [check, from, to]);
		const safes = event.safes.filter((name) => !isEcho(`s ${name}`, [event.from, event.to, rows]));
		return safes.length === 0 ? [] : [{ ...event, safes }];
	});
}

const verdict = v.picklist([...verdictsWorstFirst, 'skip'] as const);
const cause = v.nullable(v.picklist(causes));
const standing = v.object({ verdict: v.picklist(verdictsWorstFirst), cause });
const status = v.picklist(['online', 'degraded', 'offline', 'needs-recovery', 'unknown'] as const);
const at = v.pipe(v.string(), v.isoTimestamp());
const row = v.object({ check: v.picklist(checkIds), from: verdict, to: verdict, cause, summary: v.string() });

const eventSchema = v.variant('kind', [
	v.object({
		kind: v.literal('safes'),
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
		at,
		connector: v.string(),
		from: v.nullable(status),
		to: status,
		summary: v.string(),
	}),
	v.object({ kind: v.literal('sweep'), at, done: v.number(), total: v.number() }),
	v.object({ kind: v.literal('watch'), at, begun: v.boolean() }),
]);

const lineSchema = v.intersect([v.object({ inventory: v.string() }), eventSchema]);

/** Half a line, a line of a newer vpmon, or anything else that is none of ours: null. */
function parseEvent(line: string, inventory: string): SessionEvent | null {
	try {
		const parsed = v.safeParse(lineSchema, JSON.parse(line));
		if (!parsed.success || parsed.output.inventory !== inventory) return null;
		const { inventory: _, ...event } = parsed.output;
		return event;
	} catch {
		return null;
	}
}
