import type { Measurement } from '../../domain/measurement.ts';
import { resultCode } from './file-problem.ts';
import { writeMeasurement } from './measurement-writing.ts';
import { rowKey } from './part-name.ts';
import type { SiteFile } from './site-file.ts';

export type MeasurementQueue = {
	put(measurements: readonly Measurement[]): Promise<void>;
	/** Tries what could not be written before. */
	retry(): void;
	/** Drops what would be written of these. */
	drop(isDropped: (measurement: Measurement) => boolean): void;
	/** Writes what it can without giving others a turn, for at most so long. */
	finish(withinMs: number): void;
};

type Waiting = { readonly upTo: number; readonly resolve: () => void };

const gatherMs = 50;
const sliceMs = 4;
const patienceMs = 2000;
/** What a long full disk may make us keep: newest first it would be measured again anyway. */
const maxPending = 20_000;

/**
 * Writes measurements in transactions of a few milliseconds each: the thread answers keys in between, and other programs get their
 * turn. What cannot be written is kept for later, but nobody waits for that.
 */
export function createMeasurementQueue(file: SiteFile, instance: number, clock: () => number): MeasurementQueue {
	const pending = new Map<string, { readonly measurement: Measurement; readonly order: number }>();
	let waiting: Waiting[] = [];
	let order = 0;
	let busySince: number | null = null;
	let timer: NodeJS.Timeout | null = null;
	let isFailing = false;

	const schedule = (ms: number) => {
		timer ??= setTimeout(flush, ms);
	};

	const settle = (upTo: number) => {
		const done = waiting.filter((one) => one.upTo < upTo);
		waiting = waiting.filter((one) => one.upTo >= upTo);
		for (const { resolve } of done) resolve();
	};

	/** One transaction. */
	const writeSlice = (waitMs = 0) =>
		file.write((transaction) => {
			const startedAt = performance.now();
			const now = clock();
			const written: string[] = [];
			for (const [key, { measurement }] of pending) {
				try {
					writeMeasurement(transaction, measurement, instance, now);
				} catch (error) {
					// One that no column takes, such as a time that is no number, must not keep the others out.
					if (![0, 19, 20].includes(resultCode(error))) throw error;
				}
				written.push(key);
				if (performance.now() - startedAt > sliceMs) break;
			}
			return written;
		}, waitMs);

	const flush = () => {
		timer = null;
		if (pending.size === 0) return settle(Number.POSITIVE_INFINITY);
		const outcome = writeSlice();
		if (outcome.ok) {
			isFailing = false;
			busySince = null;
			for (const key of outcome.value) pending.delete(key);
			const [first] = pending.values();
			settle(first?.order ?? Number.POSITIVE_INFINITY);
			if (first !== undefined) schedule(0);
			return;
		}
		busySince ??= performance.now();
		if (outcome.isBusy && performance.now() - busySince < patienceMs) return schedule(2 + Math.random() * 10);
		busySince = null;
		isFailing = true;
		settle(Number.POSITIVE_INFINITY);
	};

	return {
		put(measurements) {
			if (measurements.length === 0) return Promise.resolve();
			for (const measurement of measurements) {
				const key = rowKey(measurement);
				const before = pending.get(key);
				if (before !== undefined && before.measurement.beganAt > measurement.beganAt) continue;
				// Deleted first, so that it goes to the end of the order.
				pending.delete(key);
				pending.set(key, { measurement, order: order++ });
			}
			for (const key of pending.keys()) {
				if (pending.size <= maxPending) break;
				pending.delete(key);
			}
			if (isFailing) return Promise.resolve();
			const { promise, resolve } = Promise.withResolvers<void>();
			waiting.push({ upTo: order - 1, resolve });
			schedule(gatherMs);
			return promise;
		},
		retry() {
			if (isFailing && pending.size > 0) flush();
		},
		drop(isDropped) {
			for (const [key, { measurement }] of pending) if (isDropped(measurement)) pending.delete(key);
		},
		finish(withinMs) {
			if (timer !== null) clearTimeout(timer);
			const startedAt = performance.now();
			while (pending.size > 0 && performance.now() - startedAt < withinMs) {
				const outcome = writeSlice(20);
				if (!outcome.ok && !outcome.isBusy) break;
				if (outcome.ok) for (const key of outcome.value) pending.delete(key);
			}
			settle(Number.POSITIVE_INFINITY);
		},
	};
}
