import type { ConnectionEvidence } from '../../domain/evidence.ts';
import type { Measurement } from '../../domain/measurement.ts';
import { hashAlgorithms } from './algorithms.ts';
import { futureToleranceMs } from './measurement-reading.ts';
import { partName } from './part-name.ts';
import { maxEvidenceBytes, rowFormat } from './tables.ts';
import type { Sql, Transaction } from './transaction.ts';

/** A balancer in front of many servers shows ever more host keys for one address. */
const maxHostKeys = 16;
const dayMs = 86_400_000;

type Kept = { readonly id: number; readonly began_at: number; readonly first_at: number };

/** Keeps one part, unless a newer one is there: evidence that was written late never takes the place of newer evidence. */
export function writeMeasurement(
	transaction: Transaction,
	measurement: Measurement,
	instance: number,
	now: number,
): void {
	const { sql } = transaction;
	const { key, run, writer } = measurement;
	const evidence = evidenceText(measurement, sql, now);
	const part = partName(measurement);
	if (evidence === null || Buffer.byteLength(evidence) > maxEvidenceBytes || part.length > 400) return;
	const place = [key.source, key.origin, key.address, key.port, part] as const;
	const kept = sql(
		`SELECT CAST(id AS REAL) AS id, CAST(began_at AS REAL) AS began_at, CAST(first_at AS REAL) AS first_at
		FROM measurement WHERE source = ? AND origin = ? AND address = ? AND port = ? AND part = ?`,
	).get(...place) as Kept | undefined;
	const beganAt = Math.round(measurement.beganAt);
	const firstAt = firstSeen(measurement, kept, now);
	const times = [beganAt, Math.round(measurement.endedAt), firstAt, Math.round(measurement.deadlineMs)] as const;
	if (kept === undefined) {
		sql(
			`INSERT INTO measurement (source, origin, address, port, part, began_at, ended_at, first_at, deadline_ms,
				revision, format, run, writer, instance, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		).run(
			...place,
			...times,
			transaction.nextRevision(),
			rowFormat,
			run,
			transaction.writerId(writer),
			instance,
			evidence,
		);
		if (measurement.part === 'host-key') dropOldestHostKeys(sql, key);
		return;
	}
	// One from the future was written before the clock was set back: it must not stand in the way until then.
	if (kept.began_at > beganAt && kept.began_at <= now + futureToleranceMs) {
		if (firstAt >= kept.first_at) return;
		sql('UPDATE measurement SET first_at = ?, revision = ?, instance = ? WHERE id = ?').run(
			...[firstAt, transaction.nextRevision(), instance, kept.id],
		);
		return;
	}
	sql(
		`UPDATE measurement SET began_at = ?, ended_at = ?, first_at = ?, deadline_ms = ?, revision = ?, format = ?,
			run = ?, writer = ?, instance = ?, evidence = ? WHERE id = ?`,
	).run(
		...times,
		...[transaction.nextRevision(), rowFormat, run, transaction.writerId(writer), instance, evidence, kept.id],
	);
}

function firstSeen({ part, beganAt, firstAt }: Measurement, kept: Kept | undefined, now: number): number {
	if (part !== 'host-key') return Math.round(beganAt);
	const before = kept === undefined || kept.first_at > now ? Number.POSITIVE_INFINITY : kept.first_at;
	return Math.round(Math.min(firstAt, before));
}

function dropOldestHostKeys(sql: Sql, { source, origin, address, port }: Measurement['key']): void {
	sql(
		`DELETE FROM measurement WHERE id IN (
			SELECT id FROM measurement WHERE source = ? AND origin = ? AND address = ? AND port = ?
				AND part > 'host-key ' AND part < 'host-key!' ORDER BY began_at DESC LIMIT -1 OFFSET ${maxHostKeys})`,
	).run(source, origin, address, port);
}

/** JSON with a hash in place of each algorithm list; null where a list cannot be kept. */
function evidenceText(measurement: Measurement, sql: Sql, now: number): string | null {
	let isComplete = true;
	const withHashes = (connection: ConnectionEvidence) => {
		const { handshake } = connection;
		if (handshake === null) return connection;
		const hashed = [handshake.serverAlgorithms, handshake.ourAlgorithms].map((lists) =>
			keepAlgorithms(lists, sql, now),
		);
		isComplete &&= !hashed.includes(null);
		return { ...connection, handshake: { ...handshake, serverAlgorithms: hashed[0], ourAlgorithms: hashed[1] } };
	};
	const text = JSON.stringify(evidenceWith(measurement, withHashes));
	return isComplete ? text : null;
}

function evidenceWith(measurement: Measurement, replace: (connection: ConnectionEvidence) => unknown): unknown {
	if (measurement.part === 'connections') return measurement.evidence.map(replace);
	if (measurement.part !== 'answer') return measurement.evidence;
	return { auth: measurement.evidence.auth, connection: replace(measurement.evidence.connection) };
}

function keepAlgorithms(lists: Readonly<Record<string, readonly string[]>>, sql: Sql, now: number): string | null {
	const hashed = hashAlgorithms(lists);
	if (hashed === null) return null;
	// When it was last used is told to a day, so that a sweep does not write it with every row.
	sql(
		`INSERT INTO algorithms (hash, lists, used_at) VALUES (?, ?, ?)
		ON CONFLICT (hash) DO UPDATE SET used_at = excluded.used_at, lists = excluded.lists
			WHERE abs(excluded.used_at - used_at) > ${dayMs} OR octet_length(lists) != octet_length(excluded.lists)`,
	).run(hashed.hash, hashed.text, Math.round(now));
	return hashed.hash;
}
