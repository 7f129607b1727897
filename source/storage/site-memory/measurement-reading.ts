import * as v from 'valibot';
import type { ConnectionEvidence } from '../../domain/evidence.ts';
import { parseJson } from '../../domain/json.ts';
import type { MeasuredPart, Measurement } from '../../domain/measurement.ts';
import { canonicalAddress } from '../../domain/target.ts';
import { readAlgorithms } from './algorithms.ts';
import {
	answer,
	connections,
	connectorEvidence,
	nameEvidence,
	netcatEvidence,
	offeredHostKey,
} from './evidence-schema.ts';
import { isVerbatim } from './evidence-text.ts';
import { notAfter, readWriter, writerColumns } from './foreign-writer.ts';
import { partName } from './part-name.ts';
import { maxEvidenceBytes, rowFormat } from './tables.ts';
import type { Sql } from './transaction.ts';

/** Clocks of programs on one host are one clock; what is a little ahead only was read a little late. */
export const futureToleranceMs = 5000;

const maxKeyBytes = 400;
const bounded = (column: string) => `octet_length(m.${column}) <= ${maxKeyBytes}`;
const real = (column: string) => `CAST(m.${column} AS REAL) AS ${column}`;

/** Sizes are looked at before anything is read: SQLite tells the size of a text without reading its pages. */
const columns = [
	...['id', 'revision', 'port', 'began_at', 'ended_at', 'first_at', 'deadline_ms', 'instance'].map(real),
	'm.source, m.origin, m.address, m.part, m.run, m.evidence',
	writerColumns,
].join(', ');
const isReadable = `m.format = ${rowFormat} AND octet_length(m.evidence) <= ${maxEvidenceBytes}
	AND ${['source', 'origin', 'address', 'run'].map(bounded).join(' AND ')} AND octet_length(m.part) <= 800`;
/** `CROSS` keeps SQLite from going through all rows of each writer. */
const selection = `SELECT ${columns} FROM measurement m CROSS JOIN writer w ON w.id = m.writer WHERE`;

export type MeasurementRow = Readonly<Record<string, unknown>> & { readonly id: number; readonly revision: number };

/** Rows after a revision, up to one, in their order; those of formats that are not known are left out. */
export function selectChanged(sql: Sql, after: number, upTo: number, limit: number): MeasurementRow[] {
	const text = `${selection} m.revision > ? AND m.revision <= ? AND ${isReadable} ORDER BY m.revision LIMIT ?`;
	return sql(text).all(after, upTo, limit) as unknown as MeasurementRow[];
}

/** Rows of these hosts after an id, in the order of ids. */
export function selectOf(sql: Sql, sources: readonly string[], afterId: number, limit: number): MeasurementRow[] {
	const isOfThem = '+m.source IN (SELECT value FROM json_each(?))';
	const text = `${selection} m.id > ? AND ${isOfThem} AND ${isReadable} ORDER BY m.id LIMIT ?`;
	return sql(text).all(afterId, JSON.stringify(sources), limit) as unknown as MeasurementRow[];
}

/** @returns null for a row that is not understood here, or is from the future. */
export function readMeasurement(row: MeasurementRow, sql: Sql, now: number): Measurement | null {
	const { source, origin, address, port, part, run } = row;
	const writer = readWriter(row);
	if (writer === null || typeof part !== 'string' || typeof port !== 'number') return null;
	if (!isName(source) || !isName(origin) || !isName(address) || !isName(run)) return null;
	if (!Number.isInteger(port) || port < 0 || port > 65_535) return null;
	// The clock was set back since, or somebody made it up: when it was measured nobody knows, and it must not pass for new.
	if (typeof row.began_at !== 'number' || row.began_at > now + futureToleranceMs) return null;
	const measured = readPart(part, String(row.evidence), sql, now);
	// Kept under another name than its own, it could stand in for what was never measured.
	if (measured === null || partName(measured) !== part || !isOfTarget(measured, address, port)) return null;
	const beganAt = notAfter(now, row.began_at);
	return {
		...measured,
		key: { source, origin, address, port },
		run,
		beganAt,
		endedAt: Math.max(beganAt, notAfter(now, row.ended_at)),
		firstAt: Math.min(beganAt, notAfter(now, row.first_at)),
		deadlineMs: notAfter(1e9, row.deadline_ms),
		writer,
	};
}

/** A row of one address that tells of connections to another would be judged beside that one's own row, under its writer's name. */
function isOfTarget(measured: MeasuredPart, address: string, port: number): boolean {
	const isHere = (one: ConnectionEvidence) => canonicalAddress(one.address) === address && one.port === port;
	if (measured.part === 'answer') return isHere(measured.evidence.connection);
	return measured.part !== 'connections' || measured.evidence.every(isHere);
}

function isName(value: unknown): value is string {
	return typeof value === 'string' && isVerbatim(value);
}

function readPart(part: string, json: string, sql: Sql, now: number): MeasuredPart | null {
	const value = parseJson(json);
	const kind = part.split(' ', 1)[0];
	const clamp = <Value extends { readonly startedAt: string }>(connection: Value) => ({
		...connection,
		startedAt: clampMoment(connection.startedAt, now),
	});
	if (kind === 'connections') {
		if (Array.isArray(value)) for (const connection of value) restoreAlgorithms(connection, sql);
		const evidence = accepted(connections, value);
		return evidence === null ? null : { part: kind, evidence: evidence.map(clamp) };
	}
	if (kind === 'answer') {
		restoreAlgorithms((value as { connection?: unknown } | null)?.connection, sql);
		const evidence = accepted(answer, value);
		return evidence === null ? null : { part: kind, evidence: { ...evidence, connection: clamp(evidence.connection) } };
	}
	if (kind === 'host-key') {
		const evidence = accepted(offeredHostKey, value);
		return evidence === null ? null : { part: kind, evidence };
	}
	if (kind === 'name') {
		const evidence = accepted(nameEvidence, value);
		return evidence === null ? null : { part: kind, evidence };
	}
	if (kind === 'netcat') {
		const evidence = accepted(netcatEvidence, value);
		return evidence === null ? null : { part: kind, evidence };
	}
	if (kind === 'connector') {
		const evidence = accepted(connectorEvidence, value);
		const measuredAt = clampMoment(evidence?.measuredAt ?? '', now);
		return evidence === null ? null : { part: kind, evidence: { ...evidence, measuredAt } };
	}
	return null;
}

function accepted<Value>(schema: v.GenericSchema<unknown, Value>, value: unknown): Value | null {
	const parsed = v.safeParse(schema, value);
	return parsed.success ? parsed.output : null;
}

function clampMoment(moment: string, now: number): string {
	return Date.parse(moment) > now ? new Date(now).toISOString() : moment;
}

/** Puts the lists in for their hashes. What is no hash, or names nothing, stays and is refused by the schema. */
function restoreAlgorithms(connection: unknown, sql: Sql): void {
	const { handshake } = (connection ?? {}) as { handshake?: Record<string, unknown> | null };
	if (typeof handshake !== 'object' || handshake === null) return;
	for (const field of ['serverAlgorithms', 'ourAlgorithms']) {
		const hash = handshake[field];
		if (typeof hash !== 'string' || hash.length > 100) continue;
		handshake[field] = readAlgorithms(hash, (wanted) => {
			const text = 'SELECT lists FROM algorithms WHERE hash = ? AND octet_length(lists) <= 65536';
			return (sql(text).get(wanted) as { lists: string } | undefined)?.lists;
		});
	}
}
