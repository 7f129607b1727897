import { cleanLine } from '../../domain/clean.ts';
import type { Program, Writer } from '../../domain/measurement.ts';

const programs: ReadonlySet<unknown> = new Set<Program>(['screen', 'exporter', 'check', 'report', 'fix', 'demo']);

/** To be selected beside a row that has a column `writer`. Integers as REAL: one beyond 2^53 would make Node's SQLite throw. */
export const writerColumns = 'w.program, CAST(w.uid AS REAL) AS uid, substr(w.user, 1, 64) AS user';

/** Who wrote a row, as the row says: a claim that other users of the group could make too. Null for a program that is not known here. */
export function readWriter({ program, uid, user }: Readonly<Record<string, unknown>>): Writer | null {
	if (!programs.has(program) || typeof uid !== 'number' || !Number.isInteger(uid) || typeof user !== 'string')
		return null;
	return { program: program as Program, uid, user: cleanLine(user) };
}

/** The clock may have been set back since: what is from the future is taken as made now. */
export function notAfter(latest: number, value: unknown): number {
	const isTime = typeof value === 'number' && Number.isFinite(value) && value >= 0;
	return isTime ? Math.min(latest, Math.round(value)) : 0;
}
