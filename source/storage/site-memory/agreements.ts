import type { Writer } from '../../domain/measurement.ts';
import type { DeferredWrites } from './deferred-writes.ts';
import { notAfter, readWriter, writerColumns } from './foreign-writer.ts';
import type { SiteFile } from './site-file.ts';
import type { Transaction } from './transaction.ts';

export type Agreement = { readonly at: number; readonly by: Writer };

export type Agreements = {
	of(inventory: string): Agreement | null;
	put(inventory: string): void;
	/** The file is another one: puts in what is known from the one before. */
	restore(): void;
};

/** Who agreed on this host to the first sweep of an inventory. The first one stands. */
export function createAgreements(
	file: SiteFile,
	deferred: DeferredWrites,
	self: Writer,
	clock: () => number,
): Agreements {
	const known = new Map<string, Agreement>();
	const insert = ({ sql, writerId }: Transaction, inventory: string, { at, by }: Agreement) =>
		sql('INSERT OR IGNORE INTO agreement (inventory, at, writer) VALUES (?, ?, ?)').run(
			...[inventory, Math.round(at), writerId(by)],
		);
	return {
		of(inventory) {
			const outcome = file.read((sql) =>
				sql(
					`SELECT CAST(a.at AS REAL) AS at, ${writerColumns} FROM agreement a JOIN writer w ON w.id = a.writer
					WHERE a.inventory = ?`,
				).get(inventory),
			);
			const row = outcome.ok ? outcome.value : undefined;
			const by = row === undefined ? null : readWriter(row);
			if (by !== null) known.set(inventory, { at: notAfter(clock(), row?.at), by });
			return known.get(inventory) ?? null;
		},
		put(inventory) {
			const agreement = { at: clock(), by: self };
			if (!known.has(inventory)) known.set(inventory, agreement);
			deferred.run((transaction) => {
				insert(transaction, inventory, agreement);
				transaction.markOther();
			});
		},
		restore() {
			if (known.size === 0) return;
			const agreements = [...known];
			deferred.run((transaction) => {
				for (const [inventory, agreement] of agreements) insert(transaction, inventory, agreement);
			});
		},
	};
}
