import { setTimeout as pause } from 'node:timers/promises';
import type { SiteFile } from '../site-file.ts';
import type { Outcome } from '../transaction.ts';
import { keptRecentS, recentBlockS, startOf } from './blocks.ts';
import { codeOf, type PackedSample, type Samples, type SampleToKeep, scaleMs } from './sample.ts';
import { readSamples, toldSamples } from './sample-reading.ts';
import { findSafe, readRecentBlock } from './sample-rows.ts';
import { writeSamples } from './sample-writing.ts';

export type SampleQueue = {
	put(samples: readonly SampleToKeep[]): void;
	/** What is kept of a Safe, with what is still to be written. */
	of(safe: string, since: number): Samples;
	/** Writes what is due: of other programs' measurements what they had a turn to write themselves. `isForced` writes everything. */
	flush(isForced?: boolean): Promise<void>;
	/** Takes away what would be written of these. */
	drop(safes: readonly string[]): void;
};

type Pending = PackedSample & { readonly dueAt: number };
type Due = {
	readonly safe: string;
	/** Null of a Safe that is not in the file yet. */
	readonly id: number | null;
	readonly all: readonly Pending[];
	/** Those that are not in the file, oldest first. */
	readonly missing: readonly PackedSample[];
};

const sliceMs = 3;
/** Between two slices: keys and other programs have their turn. */
const restMs = 4;
const patienceMs = 2000;
/** What a long full disk may make us keep. */
const maxPending = 50_000;

/**
 * Samples wait in memory and are written together every 5 min, in transactions of a few milliseconds: a kill -9 loses no more than
 * that. Who comes first writes a sample, all others find it there.
 */
export function createSampleQueue(file: SiteFile, clock: () => number): SampleQueue {
	const pending = new Map<string, Map<number, Pending>>();
	let count = 0;
	let turn = 0;
	let flushing: Promise<void> | null = null;
	const nowS = () => Math.floor(clock() / 1000);

	const remove = (safe: string, samples: readonly Pending[]) => {
		const its = pending.get(safe);
		if (its === undefined) return;
		for (const sample of samples) {
			// Another one of that second may have been put meanwhile.
			if (its.get(sample.at) === sample && its.delete(sample.at)) count--;
		}
		if (its.size === 0) pending.delete(safe);
	};
	const removeAll = (safe: string) => remove(safe, [...(pending.get(safe)?.values() ?? [])]);

	/** What is to be written, in the order of the file's rows. */
	const findDue = async (isForced: boolean): Promise<Due[] | null> => {
		const everything: Due[] = [];
		const safes = [...pending.keys()];
		for (let next = 0; next < safes.length; ) {
			const from = next;
			const found = await inTurn(() =>
				file.read((sql) => {
					const some: Due[] = [];
					const startedAt = performance.now();
					for (next = from; next < safes.length && performance.now() - startedAt < sliceMs; next++) {
						const safe = safes[next] ?? '';
						const all = [...(pending.get(safe)?.values() ?? [])].filter(({ dueAt }) => isForced || dueAt <= turn);
						if (all.length === 0) continue;
						const id = findSafe(sql, safe);
						const isKept = id === null ? () => false : createLookup((start) => readRecentBlock(sql, id, start));
						const missing = all.filter(({ at }) => !isKept(at)).sort((a, b) => a.at - b.at);
						some.push({ safe, id, all, missing });
					}
					return some;
				}),
			);
			if (found === null) return null;
			everything.push(...found);
		}
		return everything.sort((a, b) => (a.id ?? Number.POSITIVE_INFINITY) - (b.id ?? Number.POSITIVE_INFINITY));
	};

	const write = async (isForced: boolean) => {
		turn++;
		const due = await findDue(isForced);
		for (let next = 0; due !== null && next < due.length; ) {
			const from = next;
			const isWritten = await inTurn(() =>
				file.write((transaction) => {
					const startedAt = performance.now();
					for (next = from; next < due.length && performance.now() - startedAt < sliceMs; next++) {
						const { safe, missing } = due[next] as Due;
						// What is not pending any more was forgotten meanwhile.
						if (pending.has(safe)) writeSamples(transaction, safe, missing);
					}
					return true;
				}),
			);
			if (isWritten === null) return;
			for (const { safe, all } of due.slice(from, next)) remove(safe, all);
		}
	};

	return {
		put(samples) {
			const oldest = nowS() - keptRecentS;
			for (const sample of samples) {
				const at = Math.floor(sample.at / 1000);
				const code = codeOf(sample);
				if (!(at > oldest) || code === 0) continue;
				const its = pending.get(sample.safe) ?? new Map<number, Pending>();
				if (!its.has(at)) count++;
				// Put in again, it stands for what is known of that measurement by now.
				its.set(at, { at, code, scaledMs: scaleMs(sample.ms), dueAt: turn + (sample.isOwn ? 1 : 2) });
				pending.set(sample.safe, its);
			}
			for (const safe of pending.keys()) {
				if (count <= maxPending) break;
				removeAll(safe);
			}
		},
		of(safe, since) {
			const [from, now] = [Math.floor(since / 1000), nowS()];
			const outcome = file.read((sql) => readSamples(sql, safe, from, now));
			const stored = outcome.ok ? outcome.value : { recent: [], hours: [] };
			return toldSamples(stored, [...(pending.get(safe)?.values() ?? [])], from, now);
		},
		async flush(isForced = false) {
			await flushing;
			if (pending.size === 0) return;
			flushing = write(isForced).finally(() => {
				flushing = null;
			});
			await flushing;
		},
		drop(safes) {
			for (const safe of safes) removeAll(safe);
		},
	};
}

/** Whether a block of the file has a sample of that second. */
function createLookup(read: (start: number) => readonly PackedSample[]): (at: number) => boolean {
	const blocks = new Map<number, ReadonlySet<number>>();
	return (at) => {
		const start = startOf(at, recentBlockS);
		const block = blocks.get(start) ?? new Set(read(start).map((sample) => sample.at));
		blocks.set(start, block);
		return block.has(at);
	};
}

/** Does one slice once others had their turn; null where it cannot be done. */
async function inTurn<Value>(work: () => Outcome<Value>): Promise<Value | null> {
	const giveUpAt = performance.now() + patienceMs;
	do {
		await pause(restMs);
		const outcome = work();
		if (outcome.ok) return outcome.value;
		if (!outcome.isBusy) return null;
	} while (performance.now() < giveUpAt);
	return null;
}
