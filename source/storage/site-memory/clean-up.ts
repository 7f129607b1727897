import { futureToleranceMs } from './measurement-reading.ts';
import { cleanSamples } from './samples/clean-samples.ts';
import type { SiteFile } from './site-file.ts';
import type { Outcome, Sql, Transaction } from './transaction.ts';

const dayMs = 86_400_000;
const targetMs = 7 * dayMs;
const transitionMs = 30 * dayMs;
const reportedErrorMs = dayMs;
const endedNoteMs = 7 * dayMs;
/** Further than a clock goes on while nothing is written on a host in use. */
const jumpMs = 90 * dayMs;
const confirmedMs = 7 * dayMs;
/** Longer than rows are kept that may name them: when they were last used is told to a day. */
const algorithmsMs = targetMs + 2 * dayMs;

const sliceRows = 300;

type Row = { readonly id: number; readonly target: string; readonly part: string; readonly began_at: number };

/**
 * Removes what is old, and what is from the future: that was written before the clock was set back, and nobody knows when. One
 * program does it, once a day, in steps of a few milliseconds. What cannot be done just now is done the next day.
 *
 * @param rest gives keys and other programs their turn.
 */
export async function cleanUp(file: SiteFile, clock: () => number, rest: () => Promise<unknown>): Promise<void> {
	const now = clock();
	const turn = await step(rest, () => file.write((transaction) => takeTurn(transaction, now)));
	if (turn !== true) return;
	const latest = now + futureToleranceMs;
	const newest = new Map<string, number>();
	const answers: Row[] = [];
	for (let after = 0; ; ) {
		const rows = await step(rest, () => file.read((sql) => selectRows(sql, after)));
		if (rows === undefined) return;
		const future = rows.filter((row) => row.began_at > latest);
		if (future.length > 0) await step(rest, () => file.write((transaction) => removeFuture(transaction, future, now)));
		for (const row of rows) {
			const beganAt = row.began_at > latest ? now - dayMs : row.began_at;
			newest.set(row.target, Math.max(newest.get(row.target) ?? 0, beganAt));
			if (row.part === 'answer' && beganAt < now - targetMs) answers.push(row);
		}
		after = rows.at(-1)?.id ?? after;
		if (rows.length < sliceRows) break;
	}
	const oldTargets = [...newest].filter(([, at]) => at < now - targetMs).map(([target]) => target);
	for (let done = 0; done < oldTargets.length; done += sliceRows) {
		const some = oldTargets.slice(done, done + sliceRows);
		await step(rest, () => file.write((transaction) => removeTargets(transaction, some, now)));
	}
	// The user or key is not in any inventory here any more.
	for (let done = 0; done < answers.length; done += sliceRows) {
		const ids = answers.slice(done, done + sliceRows).map(({ id }) => id);
		await step(rest, () =>
			file.write(({ sql }) =>
				sql('DELETE FROM measurement WHERE id IN (SELECT value FROM json_each(?)) AND began_at < ?').run(
					...[JSON.stringify(ids), now - targetMs],
				),
			),
		);
	}
	await step(rest, () => file.write((transaction) => removeOthers(transaction, now)));
	const cleanSome = () => file.write((transaction) => cleanSamples(transaction, Math.floor(now / 1000)));
	while ((await step(rest, cleanSome)) === true);
}

/** Tries a few times, since another program's write takes milliseconds. */
async function step<Value>(rest: () => Promise<unknown>, work: () => Outcome<Value>): Promise<Value | undefined> {
	for (let tries = 0; tries < 20; tries++) {
		await rest();
		const outcome = work();
		if (outcome.ok) return outcome.value;
		if (!outcome.isBusy) return undefined;
	}
	return undefined;
}

/**
 * Once a day. Where nothing was written for three months, either no program ran, or the clock is ahead, by which all is old: nothing is
 * removed before the clock has been like that for a week.
 */
function takeTurn({ sql }: Transaction, now: number): boolean {
	const timeOf = (name: string) => {
		const row = sql('SELECT CAST(value AS REAL) AS value FROM site WHERE name = ?').get(name);
		const time = Number((row as { value?: unknown } | undefined)?.value ?? 0);
		return time > now + futureToleranceMs ? 0 : time;
	};
	const note = (name: string) => sql('INSERT OR REPLACE INTO site (name, value) VALUES (?, ?)').run(name, now);
	const last = timeOf('cleaned-at');
	if (last > now - dayMs) return false;
	note('cleaned-at');
	const lastSign = Math.max(last, lastWritten(sql, now));
	if (lastSign !== 0 && lastSign < now - jumpMs && timeOf('jumped-at') === 0) note('jumped-at');
	if (timeOf('jumped-at') > now - confirmedMs) return false;
	sql("DELETE FROM site WHERE name = 'jumped-at'").run();
	return true;
}

/** When the newest row was written that is not from the future; 0 where there is none. */
function lastWritten(sql: Sql, now: number): number {
	const row = sql(
		`SELECT max(
			(SELECT coalesce(max(began_at), 0) FROM measurement WHERE began_at <= ?1),
			(SELECT coalesce(max(at), 0) FROM transition WHERE at <= ?1)) AS at`,
	).get(now + futureToleranceMs);
	return Number(row?.at ?? 0);
}

const targetOf = 'json_array(source, origin, address, port)';

function selectRows(sql: Sql, after: number): Row[] {
	return sql(
		`SELECT CAST(id AS REAL) AS id, ${targetOf} AS target, substr(part, 1, 6) AS part,
			CAST(began_at AS REAL) AS began_at FROM measurement WHERE id > ? ORDER BY id LIMIT ${sliceRows}`,
	).all(after) as unknown as Row[];
}

/** Of a host key it is enough that it was seen once: it stays, and is a day old from now on. */
function removeFuture({ sql }: Transaction, rows: readonly Row[], now: number): void {
	const ids = JSON.stringify(rows.map(({ id }) => id));
	const those = 'id IN (SELECT value FROM json_each(?1)) AND part';
	sql(`DELETE FROM measurement WHERE ${those} NOT LIKE 'host-key %'`).run(ids);
	sql(
		`UPDATE measurement SET began_at = ?2, ended_at = ?2, first_at = min(first_at, ?2) WHERE ${those} LIKE 'host-key %'`,
	).run(ids, now - dayMs);
}

function removeTargets({ sql }: Transaction, targets: readonly string[], now: number): void {
	const remove = sql(
		`DELETE FROM measurement WHERE source = ?1 AND origin = ?2 AND address = ?3 AND port = ?4 AND NOT EXISTS (
			SELECT 1 FROM measurement WHERE source = ?1 AND origin = ?2 AND address = ?3 AND port = ?4 AND began_at >= ?5)`,
	);
	for (const target of targets) {
		remove.run(...(JSON.parse(target) as [string, string, string, number]), now - targetMs);
	}
}

function removeOthers({ sql, markOther }: Transaction, now: number): void {
	const latest = now + futureToleranceMs;
	sql('DELETE FROM algorithms WHERE used_at < ?').run(now - algorithmsMs);
	sql('UPDATE algorithms SET used_at = ?1 WHERE used_at > ?2').run(now, latest);
	sql('DELETE FROM transition WHERE at < ?').run(now - transitionMs);
	sql('UPDATE transition SET at = ?1 WHERE at > ?2').run(now, latest);
	const errors = sql('DELETE FROM reported_error WHERE at < ?').run(now - reportedErrorMs).changes;
	sql('UPDATE reported_error SET at = ?1 WHERE at > ?2').run(now, latest);
	const notes = sql('DELETE FROM note WHERE until < ?').run(now - endedNoteMs).changes;
	if (Number(errors) + Number(notes) > 0) markOther();
}
