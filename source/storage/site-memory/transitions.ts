import type { SessionEvent } from '../../domain/event.ts';
import type { Writer } from '../../domain/measurement.ts';
import type { DeferredWrites } from './deferred-writes.ts';
import { readWriter, writerColumns } from './foreign-writer.ts';
import type { SiteFile } from './site-file.ts';
import type { StoredTransition } from './site-memory.ts';
import { readEvent } from './stored-event.ts';
import { rowFormat } from './tables.ts';
import type { Sql, Transaction } from './transaction.ts';

export type Transitions = {
	put(id: string, inventory: string, event: SessionEvent): boolean;
	of(inventory: string, since: number): readonly StoredTransition[];
};

/** An event of a connector with 10,000 Safes names them all. */
const maxEventBytes = 1_000_000;
/** As many of the newest as a history shows; reading them takes about 30 ms. */
const maxRead = 2000;
const waitMs = 10;

type Row = Readonly<Record<string, unknown>>;
const selection = `SELECT t.id, t.inventory, t.event, CAST(t.instance AS REAL) AS instance, ${writerColumns}
	FROM transition t CROSS JOIN writer w ON w.id = t.writer
	WHERE t.format = ${rowFormat} AND octet_length(t.event) <= ${maxEventBytes}
		AND octet_length(t.id) <= 1000 AND octet_length(t.inventory) <= 4096`;

export function createTransitions(
	file: SiteFile,
	deferred: DeferredWrites,
	self: Writer,
	instance: number,
	clock: () => number,
): Transitions {
	const lastRead = new Map<string, readonly StoredTransition[]>();
	return {
		put(id, inventory, event) {
			const insert = ({ sql, nextRevision, writerId }: Transaction): boolean => {
				// Looked for first: what is there already would otherwise still take a revision, and a write with it.
				if (sql('SELECT 1 FROM transition WHERE id = ?').get(id) !== undefined) return false;
				sql(
					`INSERT INTO transition (id, revision, format, inventory, at, event, writer, instance)
					VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
				).run(
					...[id, nextRevision(), rowFormat, inventory, Date.parse(event.at), JSON.stringify(event)],
					...[writerId(self), instance],
				);
				return true;
			};
			const outcome = file.write(insert, waitMs);
			if (outcome.ok) return outcome.value;
			deferred.add(insert);
			return true;
		},
		of(inventory, since) {
			const now = clock();
			const outcome = file.read((sql) =>
				sql(`${selection} AND t.inventory = ? AND t.at >= ? ORDER BY t.at DESC LIMIT ${maxRead}`).all(inventory, since),
			);
			if (!outcome.ok) return (lastRead.get(inventory) ?? []).filter(({ event }) => Date.parse(event.at) >= since);
			const read = outcome.value.map((row) => readTransition(row, now)).filter((one) => one !== null);
			const stored = read.map(({ id, event, by }) => ({ id, inventory, event, by })).reverse();
			lastRead.set(inventory, stored);
			return stored;
		},
	};
}

/** Those that came after a revision. `instance` is the program that wrote it. */
export function selectNewTransitions(
	sql: Sql,
	after: number,
	upTo: number,
	now: number,
): Array<StoredTransition & { readonly instance: unknown }> {
	const rows = sql(`${selection} AND t.revision > ? AND t.revision <= ? ORDER BY t.revision DESC LIMIT ${maxRead}`).all(
		after,
		upTo,
	);
	return rows
		.map((row) => readTransition(row, now))
		.filter((one) => one !== null)
		.reverse();
}

function readTransition(row: Row, now: number): (StoredTransition & { readonly instance: unknown }) | null {
	const { id, inventory, event: json, instance } = row;
	const by = readWriter(row);
	const event = readEvent(String(json), now);
	if (by === null || event === null) return null;
	return { id: String(id), inventory: String(inventory), event, by, instance };
}
