import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMeasurement } from '../../source/storage/site-memory/measurement-reading.ts';
import type { Sql } from '../../source/storage/site-memory/transaction.ts';
import { authEvidence, connectionEvidence, hostKey } from '../helpers/measurement.ts';
import { controlPieces, harmful, holds, propertyTimeout, textOf } from '../helpers/properties.ts';

const now = 1_800_000_000_000;
const lists = { get: () => undefined, all: () => [] };
const sql = (() => lists) as unknown as Sql;

const connection = connectionEvidence({ handshake: null });
const good: ReadonlyArray<readonly [string, unknown]> = [
	['connections', [connection]],
	[`answer deploy ${authEvidence().key}`, { auth: authEvidence(), connection }],
	[`host-key ssh-ed25519 ${hostKey().sha256}`, hostKey()],
	['name', { name: 'db1', addresses: ['10.0.0.5'], durationMs: 1, error: null }],
];
const text = textOf(['db1', ' ', '\n', ...controlPieces], 8);
const anything = fc.oneof(fc.jsonValue(), text, fc.double(), fc.constant(null));
const row = {
	...{ id: 1, revision: 1, instance: 1, port: 22, source: 'test', origin: 'host', address: '10.0.0.5', run: 'r' },
	...{ began_at: now, ended_at: now, first_at: now, deadline_ms: 8000, program: 'check', uid: 0, user: 'root' },
};

/** All texts in it, names of fields too, but not the line feeds of those that may have several lines. */
function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}

/** Good evidence in which one thing somewhere is another. */
function changed(value: unknown, path: readonly number[], replacement: unknown): unknown {
	const [first, ...rest] = path;
	if (first === undefined || typeof value !== 'object' || value === null) return replacement;
	const entries = Object.entries(value);
	const [key] = entries[first % Math.max(1, entries.length)] ?? ['more'];
	const copy = Array.isArray(value) ? [...value] : { ...value };
	Reflect.set(copy, key, changed(Reflect.get(copy, key), rest, replacement));
	return copy;
}

test('what stands unchanged is read', () => {
	for (const [part, evidence] of good) {
		expect(readMeasurement({ ...row, part, evidence: JSON.stringify(evidence) }, sql, now)?.evidence).toEqual(evidence);
	}
});

test(
	'a row of another program is passed over or harmless, whatever stands in it',
	() =>
		holds(
			fc.property(
				fc.constantFrom(...good),
				fc.array(fc.nat({ max: 15 }), { minLength: 1, maxLength: 4 }),
				anything,
				fc.dictionary(fc.constantFrom(...Object.keys(row), 'part'), anything, { maxKeys: 2 }),
				([part, evidence], path, replacement, columns) => {
					const json = JSON.stringify(changed(evidence, path, replacement)) ?? '';
					const read = readMeasurement({ ...row, part, ...columns, evidence: json } as typeof row, sql, now);
					if (read === null) return;
					for (const found of textsIn(read)) expect(found).not.toMatch(harmful);
					for (const time of [read.beganAt, read.endedAt, read.firstAt]) {
						expect(time).toBeGreaterThanOrEqual(0);
						expect(time).toBeLessThanOrEqual(now);
					}
				},
			),
			2000,
		),
	propertyTimeout,
);
