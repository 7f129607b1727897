import { cleanText } from '../../domain/clean.ts';
import type { Writer } from '../../domain/measurement.ts';
import type { DeferredWrites } from './deferred-writes.ts';
import { notAfter, readWriter, writerColumns } from './foreign-writer.ts';
import type { SiteFile } from './site-file.ts';
import type { Transaction } from './transaction.ts';

/** What a person wrote of a Safe: a note, or the error that a session showed. One a Safe. */
export type SafeText = {
	readonly text: string;
	readonly at: number;
	readonly until: number | null;
	readonly by: Writer;
};

export type SafeTexts = {
	put(safe: string, text: SafeText | null): void;
	/** The same map until something changes. */
	all(): ReadonlyMap<string, SafeText>;
	/** The next `all` reads the file again. */
	invalidate(): void;
	/** The file is another one: puts in what is known from the one before. */
	restore(): void;
};

const maxText = 4000;
const columnsOf = {
	note: `t.safe, t.text, CAST(t.at AS REAL) AS at, CAST(t.until AS REAL) AS until, ${writerColumns}`,
	reported_error: `t.safe, t.text, CAST(t.at AS REAL) AS at, NULL AS until, ${writerColumns}`,
};

export function createSafeTexts(
	file: SiteFile,
	deferred: DeferredWrites,
	table: keyof typeof columnsOf,
	isKept: (text: SafeText, now: number) => boolean,
	clock: () => number,
): SafeTexts {
	const selection = `SELECT ${columnsOf[table]} FROM ${table} t JOIN writer w ON w.id = t.writer
		WHERE octet_length(t.safe) <= 2000 AND octet_length(t.text) <= ${maxText * 4} LIMIT 20000`;
	let known: ReadonlyMap<string, SafeText> = new Map();
	let isStale = true;
	/** Put here and not in the file yet. */
	const unwritten = new Map<string, SafeText | null>();

	const insert = ({ sql, writerId }: Transaction, safe: string, text: SafeText, isReplacing: boolean) => {
		const verb = isReplacing ? 'INSERT OR REPLACE' : 'INSERT OR IGNORE';
		const values = [safe, text.text, Math.round(text.at), writerId(text.by)];
		if (table === 'reported_error') {
			sql(`${verb} INTO reported_error (safe, text, at, writer) VALUES (?, ?, ?, ?)`).run(...values);
			return;
		}
		const until = text.until === null ? null : Math.round(text.until);
		sql(`${verb} INTO note (safe, text, at, writer, until) VALUES (?, ?, ?, ?, ?)`).run(...values, until);
	};

	const read = (): ReadonlyMap<string, SafeText> | null => {
		const outcome = file.read((sql) => sql(selection).all());
		if (!outcome.ok) return null;
		const now = clock();
		const rows = outcome.value.flatMap((row): Array<[string, SafeText]> => {
			const by = readWriter(row);
			if (by === null) return [];
			const until = typeof row.until === 'number' && Number.isFinite(row.until) ? row.until : null;
			const text = cleanText(String(row.text).slice(0, maxText));
			return [[String(row.safe), { text, at: notAfter(now, row.at), until, by }]];
		});
		return new Map(rows);
	};

	/** What was put here stands, whether it could be written or not. */
	const merged = (stored: ReadonlyMap<string, SafeText>): ReadonlyMap<string, SafeText> => {
		const texts = new Map(stored);
		for (const [safe, text] of unwritten) {
			if (text === null) texts.delete(safe);
			else texts.set(safe, text);
		}
		return texts;
	};

	/** Without those whose time is over; the same map where there are none. */
	const withoutOld = (texts: ReadonlyMap<string, SafeText>): ReadonlyMap<string, SafeText> => {
		const now = clock();
		const current = [...texts].filter(([, text]) => isKept(text, now));
		return current.length === texts.size ? texts : new Map(current);
	};

	return {
		put(safe, text) {
			unwritten.set(safe, text);
			deferred.run((transaction) => {
				if (text === null) transaction.sql(`DELETE FROM ${table} WHERE safe = ?`).run(safe);
				else insert(transaction, safe, { ...text, text: text.text.slice(0, maxText) }, true);
				transaction.markOther();
			});
			known = merged(known);
			isStale = true;
		},
		all() {
			if (!deferred.isPending()) unwritten.clear();
			if (isStale) {
				const stored = read();
				isStale = stored === null;
				known = merged(stored ?? known);
			}
			known = withoutOld(known);
			return known;
		},
		invalidate() {
			isStale = true;
		},
		restore() {
			const texts = [...known];
			isStale = true;
			if (texts.length === 0) return;
			deferred.run((transaction) => {
				for (const [safe, text] of texts) insert(transaction, safe, text, false);
				transaction.markOther();
			});
		},
	};
}
