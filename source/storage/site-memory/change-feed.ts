import type { Measurement } from '../../domain/measurement.ts';
import { readMeasurement, selectChanged } from './measurement-reading.ts';
import type { SiteFile } from './site-file.ts';
import type { SiteChange, StoredTransition } from './site-memory.ts';
import { selectNewTransitions } from './transitions.ts';

export type ChangeFeed = {
	/** From where on changes are told,: what was read before is not told again. */
	beginAt(revision: number): void;
	/** Tells everything that is in the file once more. */
	restart(): void;
	hasBegun(): boolean;
	watch(listener: (change: SiteChange) => void): () => void;
	/** Reads what others wrote. After so many milliseconds the rest follows in turns of its own. */
	poll(budgetMs: number): void;
	/** Tells that notes, reported errors or claims of fixes are others now. */
	tellOther(): void;
};

type Head = { readonly version: number; readonly revision: number; readonly other: number };

const sliceMs = 3;
const smallestSlice = 5;
const largestSlice = 150;

/** @param onOther told before the listeners are that notes, reported errors or claims of fixes are others now. */
export function createChangeFeed(
	file: SiteFile,
	instance: number,
	clock: () => number,
	onOther: () => void,
): ChangeFeed {
	const listeners = new Set<(change: SiteChange) => void>();
	let position: number | null = null;
	let transitionsPosition = 0;
	let upTo = 0;
	let version: number | null = null;
	let connection = -1;
	let generation = -1;
	/** What the file's count of other changes was, less those of our own. */
	let foreignOther: number | null = null;
	let sliceRows = 50;
	let isContinuing = false;
	let hasBegun = false;

	const tell = (change: SiteChange) => {
		if (change.isOther) onOther();
		for (const listener of listeners) listener(change);
	};

	const readHead = (): Head | null => {
		const outcome = file.read((sql): Head | null => {
			const { data_version: current } = sql('PRAGMA data_version').get() as { data_version: number };
			if (current === version && file.connection() === connection) return null;
			const rows = sql("SELECT name, CAST(value AS REAL) AS value FROM site WHERE name IN ('revision', 'other')").all();
			const values = new Map((rows as Array<{ name: string; value: number }>).map(({ name, value }) => [name, value]));
			return { version: current, revision: values.get('revision') ?? 0, other: values.get('other') ?? 0 };
		});
		return outcome.ok ? outcome.value : null;
	};

	/** Takes in the state of the file. Returns whether other things than measurements changed. */
	const takeIn = (head: Head): boolean => {
		const isOtherFile = generation !== -1 && generation !== file.generation();
		// Another file, or an older copy of it that was put back, is read from its beginning.
		if (isOtherFile || (position !== null && head.revision < position)) {
			position = 0;
			transitionsPosition = 0;
		}
		position ??= head.revision;
		if (generation === -1) transitionsPosition = head.revision;
		({ version } = head);
		connection = file.connection();
		generation = file.generation();
		upTo = head.revision;
		const before = foreignOther;
		foreignOther = head.other - file.ownOther();
		return isOtherFile || (before !== null && before !== foreignOther);
	};

	/** @returns whether there is more; null where it could not be read just now. */
	const readSlice = (isOther: boolean): boolean | null => {
		const now = clock();
		const startedAt = performance.now();
		const outcome = file.read((sql) => {
			const transitions = upTo > transitionsPosition ? selectNewTransitions(sql, transitionsPosition, upTo, now) : [];
			const rows = upTo > (position ?? 0) ? selectChanged(sql, position ?? 0, upTo, sliceRows) : [];
			const others = rows.filter((row) => row.instance !== instance);
			const measurements = others.map((row) => readMeasurement(row, sql, now)).filter((read) => read !== null);
			return { rows, measurements, transitions: transitions.filter((one) => one.instance !== instance) };
		});
		if (!outcome.ok) return null;
		const { rows, measurements, transitions } = outcome.value;
		transitionsPosition = upTo;
		const isLast = rows.length < sliceRows;
		position = isLast ? upTo : (rows.at(-1)?.revision ?? upTo);
		announce(measurements, transitions, isOther);
		// With what the listeners did: it is one turn for whoever waits for a key.
		adapt(rows.length, performance.now() - startedAt);
		return !isLast;
	};

	const announce = (
		measurements: readonly Measurement[],
		transitions: ReadonlyArray<StoredTransition & { readonly instance: unknown }>,
		isOther: boolean,
	) => {
		if (measurements.length === 0 && transitions.length === 0 && !isOther) return;
		const told = transitions.map(({ id, inventory, event, by }) => ({ id, inventory, event, by }));
		tell({ measurements, isOther, transitions: told });
	};

	/** Rows differ in size and machines in speed: the next slice takes as many as fitted into the time. */
	const adapt = (rows: number, ms: number) => {
		if (rows < smallestSlice) return;
		const fitting = Math.floor((rows * sliceMs) / Math.max(ms, 0.01));
		sliceRows = Math.min(largestSlice, Math.max(smallestSlice, fitting), sliceRows * 2);
	};

	const readOn = (budgetMs: number, isOther: boolean) => {
		const startedAt = performance.now();
		for (let isFirst = true; ; isFirst = false) {
			const hasMore = readSlice(isOther && isFirst);
			if (hasMore === null) {
				// Read again at the next poll, also when nothing is written until then.
				version = null;
				if (isOther && isFirst) foreignOther = Number.NaN;
			}
			if (hasMore !== true) return;
			if (performance.now() - startedAt > budgetMs) break;
		}
		if (isContinuing) return;
		isContinuing = true;
		setImmediate(() => {
			isContinuing = false;
			readOn(0, false);
		});
	};

	return {
		beginAt(revision) {
			position = revision;
			hasBegun = true;
		},
		restart() {
			position = 0;
			version = null;
		},
		hasBegun: () => hasBegun,
		watch(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		poll(budgetMs) {
			const head = readHead();
			if (head === null) return;
			readOn(budgetMs, takeIn(head));
		},
		tellOther() {
			tell({ measurements: [], isOther: true, transitions: [] });
		},
	};
}
