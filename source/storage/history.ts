import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { SessionEvent } from '../domain/event.ts';
import { inOneSentence, messageOf, UserError } from '../domain/user-error.ts';
import { setLinesAside } from './damaged-lines.ts';
import { leaveOutEchoes } from './event-echoes.ts';
import { createLineReader, formatLine, isNewer } from './history-line.ts';
import { readBytesIfThere } from './read-shared.ts';
import { inspect } from './safe-directory.ts';
import { openForAppend } from './shared-files.ts';

/** What changed, kept over restarts: a file a day, a line an event, written by all vpmon processes of a user and only ever added to. */
export type History = {
	/** The newest events of this inventory, newest last. What cannot be read is left out, damaged lines are set aside; nothing is thrown. */
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
const fileName = /^events-(\d{4}-\d\d-\d\d)\.jsonl(\.damaged)?$/;
/** Much longer than any line takes. */
const writingMs = 100;
const dayMs = 86_400_000;

/**
 * @param inventory its absolute path: several may be watched by one user.
 * @param onDamaged told in words that damaged lines were found, and where they were set aside: once of each.
 */
export function openHistory(
	directory: string,
	inventory: string,
	onDamaged: (notice: string) => void = () => {},
): History {
	let why: string | null = null;
	/** Of which file it is known that it is none of a newer vpmon. */
	let own = '';
	let queue = Promise.resolve();
	const write = async (events: readonly SessionEvent[]) => {
		try {
			const file = join(directory, `events-${dayOf(Date.now())}.jsonl`);
			if (file !== own && isNewer(await readBytesIfThere(file))) {
				why = `${file} is of a newer vpmon`;
				return;
			}
			own = file;
			const size = await stat(file).then(
				(found) => found.size,
				() => 0,
			);
			if (size > mostBytes) {
				why = `${file} is full for today`;
				return;
			}
			const lines = events.map((event) => formatLine(inventory, event));
			// One write of a file that is opened for appending: lines of other processes stay whole. A line of one that was killed, or
			// for which the disk had no room, may have no end; ours must not become a part of it.
			const handle = await openForAppend(file, 'owner');
			await handle.appendFile(`\n${lines.join('\n')}\n`).finally(() => handle.close());
			why = null;
		} catch (error) {
			why = error instanceof UserError ? inOneSentence(error) : messageOf(error);
		}
	};
	return {
		read: () => readEvents(directory, inventory, onDamaged),
		append(events) {
			if (events.length > 0) queue = queue.then(() => write(events));
			return queue;
		},
		problem: () => why,
	};
}

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

async function readEvents(
	directory: string,
	inventory: string,
	onDamaged: (notice: string) => void,
): Promise<readonly SessionEvent[]> {
	const names = isOurs(directory) ? await readdir(directory).catch((): string[] => []) : [];
	const oldest = dayOf(Date.now() - keptDays * dayMs);
	const dated = names.filter((name) => dayIn(name) !== '');
	for (const name of await outdated(directory, dated, oldest)) await unlink(join(directory, name)).catch(() => {});
	// What is from tomorrow was written while the clock was ahead.
	const latest = dayOf(Date.now() + dayMs);
	const isRead = (name: string) => name.endsWith('.jsonl') && dayIn(name) >= oldest && dayIn(name) <= latest;
	const kept = dated.filter(isRead).map((name) => join(directory, name));
	const readLine = createLineReader(inventory);
	const damaged = new Map<string, readonly string[]>();
	let events: SessionEvent[] = [];
	for (const file of kept.toSorted().reverse()) {
		const text = await readSettled(file);
		const lines = text.split('\n');
		const read = lines.map((line) => (line === '' ? null : readLine(line)));
		events = [...read.flatMap((event) => (event === null || event === 'damaged' ? [] : event)), ...events];
		const bad = lines.filter((_, index) => read[index] === 'damaged');
		// Nobody here knows how a newer one writes.
		if (bad.length > 0 && !isNewer(text)) damaged.set(file, bad);
		if (events.length >= mostRead) break;
	}
	const notice = await setLinesAside(damaged);
	if (notice !== null) onDamaged(notice);
	return leaveOutEchoes(events).slice(-mostRead);
}

/**
 * The files that are too old: by the clock, and by thirty newer days that have files of their own. By the clock alone all files are old
 * when it is a year ahead. One that was put there later than its day has no such doubt.
 */
async function outdated(directory: string, names: readonly string[], oldest: string): Promise<readonly string[]> {
	const days = [...new Set(names.map(dayIn))].toSorted();
	const firstKept = days.at(-keptDays) ?? '';
	const old: string[] = [];
	for (const name of names.filter((one) => dayIn(one) < oldest)) {
		const writtenAt = await stat(join(directory, name)).then(
			({ mtimeMs }) => dayOf(mtimeMs - dayMs),
			() => '',
		);
		if (dayIn(name) < firstKept || dayIn(name) < writtenAt) old.push(name);
	}
	return old;
}

/** Where somebody else laid the directory out, neither its lines are ours nor what would be taken away. */
function isOurs(directory: string): boolean {
	try {
		inspect(directory);
		return true;
	} catch {
		return false;
	}
}

/** A last line without an end may be one that another process is just writing. */
async function readSettled(file: string): Promise<string> {
	const text = await readBytesIfThere(file);
	if (text === '' || text.endsWith('\n')) return text;
	await setTimeout(writingMs);
	return readBytesIfThere(file);
}

const dayIn = (name: string) => fileName.exec(name)?.[1] ?? '';
