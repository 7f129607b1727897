import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { SessionEvent } from '../../../source/domain/event.ts';
import type { Measurement } from '../../../source/domain/measurement.ts';
import { authEvidence, connectionEvidence, hostKey, measurement, measurementKey } from '../../helpers/measurement.ts';
import { exporter, listenTo, type OpenedMemory, siteMemories } from '../../helpers/site-memory.ts';

const site = siteMemories();
const at = Date.now() - 60_000;
const connection = connectionEvidence({ startedAt: new Date(at).toISOString() });

/** One row of each kind, and beside them what a hostile program of the group puts there. */
async function withRows(work: (database: DatabaseSync) => void): Promise<OpenedMemory> {
	const one = await site.open();
	await one.put([
		measurement({ part: 'connections', evidence: [connection] }, { at }),
		measurement({ part: 'answer', evidence: { auth: authEvidence(), connection } }, { at }),
		measurement({ part: 'host-key', evidence: hostKey('a') }, { at }),
	]);
	site.meddle(work);
	return site.open(exporter);
}

const copyOf = (database: DatabaseSync, kind: string, changes: Readonly<Record<string, SQLInputValue>>) => {
	const row = database.prepare("SELECT * FROM measurement WHERE part LIKE ? || '%'").get(kind) as Record<
		string,
		SQLInputValue
	>;
	const copy = { ...row, id: null, ...changes };
	const names = Object.keys(copy);
	database
		.prepare(`INSERT OR REPLACE INTO measurement (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
		.run(...Object.values(copy));
};
const changeEvidence = (database: DatabaseSync, kind: string, change: (evidence: never) => unknown) => {
	const [{ id, evidence } = { id: 0, evidence: '' }] = database
		.prepare("SELECT id, evidence FROM measurement WHERE part LIKE ? || '%'")
		.all(kind) as Array<{ id: number; evidence: string }>;
	const changed = JSON.stringify(change(JSON.parse(evidence) as never));
	database.prepare('UPDATE measurement SET evidence = ? WHERE id = ?').run(changed, id);
};
const connectionsOf = (measurements: readonly Measurement[]) =>
	measurements.flatMap((one) => (one.part === 'connections' ? one.evidence : []));
const partsOf = (memory: OpenedMemory) => memory.load(['test']).map(({ part }) => part);

test.each<[string, (database: DatabaseSync) => void]>([
	['a newer format', (database) => copyOf(database, 'host-key', { port: 23, format: 2 })],
	['10 MB of evidence', (database) => copyOf(database, 'host-key', { port: 23, evidence: 'x'.repeat(1e7) })],
	['10 MB of a name', (database) => copyOf(database, 'host-key', { address: 'x'.repeat(1e7) })],
	['no JSON', (database) => copyOf(database, 'host-key', { port: 23, evidence: '{' })],
	['JSON null', (database) => copyOf(database, 'answer', { port: 23, evidence: 'null' })],
	['deep nesting', (database) => copyOf(database, 'connections', { port: 23, evidence: '['.repeat(60_000) })],
	[
		'nesting that closes',
		(database) => copyOf(database, 'connections', { port: 23, evidence: `${'['.repeat(30_000)}${']'.repeat(30_000)}` }),
	],
	['a number beyond 2^53', (database) => copyOf(database, 'host-key', { port: 2n ** 62n, deadline_ms: 2n ** 62n })],
	['a port that is none', (database) => copyOf(database, 'host-key', { port: -1 })],
	['a part of another name', (database) => copyOf(database, 'host-key', { part: 'host-key ssh-rsa SHA256:other' })],
	['a part that is not known', (database) => copyOf(database, 'host-key', { part: 'horoscope', evidence: '{}' })],
	['a line feed in a name', (database) => copyOf(database, 'host-key', { address: '10.0.0.5\n10.0.0.6' })],
	[
		'a control sequence in a name',
		(database) => copyOf(database, 'host-key', { source: 'test', address: '\u001b[2J' }),
	],
	['a writer that is none', (database) => copyOf(database, 'host-key', { port: 23, writer: 4711 })],
	[
		'a program that is not known',
		(database) => {
			database.exec("INSERT INTO writer VALUES (77, 'oracle', 1, 'eve')");
			copyOf(database, 'host-key', { port: 23, writer: 77 });
		},
	],
	['connections of another address', (database) => copyOf(database, 'connections', { address: '10.0.0.6' })],
	['an answer of another port', (database) => copyOf(database, 'answer', { port: 23 })],
	['a duration that is infinite', (database) => copyOf(database, 'name', {})],
])('a row with %s is passed over, and the others are read', async (what, work) => {
	const memory = await withRows(what === 'a duration that is infinite' ? infiniteDuration : work);
	expect(partsOf(memory)).toEqual(['connections', 'answer', 'host-key']);
	expect(memory.problem()).toBeNull();
});

function infiniteDuration(database: DatabaseSync): void {
	const evidence = '{"name":"db1","addresses":[],"durationMs":1e999,"error":null}';
	copyOf(database, 'host-key', { part: 'name', evidence });
}

test('text is cleaned and cut, unknown fields are dropped', async () => {
	const memory = await withRows((database) => {
		changeEvidence(database, 'connections', ([first]: [{ handshake: object }]) => [
			{
				...first,
				extra: { deep: true },
				error: `\u001b]0;owned\u0007 ${'e'.repeat(5000)}`,
				handshake: { ...first.handshake, identification: 'SSH-2.0-\u001b[31mred', spoken: 'a\nb\u202e' },
			},
		]);
	});
	const [first] = connectionsOf(memory.load(['test']));
	expect(first).not.toHaveProperty('extra');
	expect(first?.error).toMatch(/^e{900,1000}$/);
	expect(first?.handshake).toMatchObject({ identification: 'SSH-2.0-red', spoken: 'a\nb' });
});

test('algorithm lists that another wrote under their hash are not believed', async () => {
	const memory = await withRows((database) => database.exec(`UPDATE algorithms SET lists = '{"kex":["other"]}'`));
	const lists = connectionsOf(memory.load(['test'])).flatMap(({ handshake }) => handshake?.serverAlgorithms.kex);
	expect(lists).not.toContain('other');
});

test('times from the future do not pass for new', async () => {
	const one = await site.open();
	const other = await site.open(exporter);
	other.load(['test']);
	const heard = listenTo(other);
	await one.put([measurement({ part: 'connections', evidence: [connection] }, { at })]);
	const future = Date.now() + 1e12;
	site.meddle((database) => {
		database.exec(`UPDATE measurement SET ended_at = ${future}, first_at = ${future}`);
		changeEvidence(database, 'connections', ([first]: [object]) => [{ ...first, startedAt: '9999-12-31T00:00:00Z' }]);
	});
	other.poll();
	const [found] = heard.measurements();
	expect(found?.beganAt).toBeLessThanOrEqual(Date.now());
	expect(found?.endedAt).toBeLessThanOrEqual(Date.now());
	expect(found?.firstAt).toBe(found?.beganAt);
	const [first] = connectionsOf(heard.measurements());
	expect(Date.parse(first?.startedAt ?? '')).toBeLessThanOrEqual(Date.now());
	site.meddle((database) => database.exec(`UPDATE measurement SET began_at = ${future}`));
	expect(other.load(['test'])).toEqual([]);
	await one.put([measurement({ part: 'connections', evidence: [connection] }, { at, run: 'mended' })]);
	expect(other.load(['test'])).toMatchObject([{ run: 'mended', beganAt: at }]);
});

test('a count that cannot be one is damage', async () => {
	const one = await site.open();
	site.meddle((database) => database.exec("UPDATE site SET value = 9223372036854775807 WHERE name = 'revision'"));
	await one.put([measurement({ part: 'host-key', evidence: hostKey() }, { at, key: measurementKey })]);
	expect(one.load(['test'])).toHaveLength(1);
	expect(one.problem()).toBeNull();
});

test('notes, claims and transitions of a hostile program are cleaned or passed over', async () => {
	const one = await site.open();
	const event: SessionEvent = {
		kind: 'connector',
		at: new Date(at).toISOString(),
		connector: 'dc1',
		from: null,
		to: 'offline',
		summary: 'exited',
	};
	one.putNote('safe-1', { text: 'good', at, until: null, by: one.self });
	one.putTransition('t1', '/i', event);
	site.meddle((database) => {
		database.exec(`
			INSERT INTO note VALUES ('safe-2', char(27) || '[2Jred', ${Number.MAX_SAFE_INTEGER}0, NULL, 1);
			INSERT INTO note VALUES ('safe-3', hex(zeroblob(5000000)), 1, 9223372036854775807, 1);
			INSERT INTO note VALUES ('safe-4', 'nobody', 1, NULL, 999);
			INSERT INTO reported_error VALUES ('safe-2', hex(zeroblob(5000000)), ${at}, 1);
			INSERT INTO claim VALUES ('fix dc1', 't', char(27) || '[2J' || hex(zeroblob(5000000)), 'b', 1, 1, 1, 1, 1);
			INSERT INTO transition SELECT 't2', 1, 2, inventory, at, event, writer, instance FROM transition;
			INSERT INTO transition SELECT 't3', 1, 1, inventory, at, '{}', writer, instance FROM transition WHERE id = 't1';
		`);
		database
			.prepare("INSERT INTO transition SELECT 't4', 1, 1, inventory, at, ?, writer, 9 FROM transition WHERE id = 't1'")
			.run(JSON.stringify({ ...event, summary: '\u001b[2J ex\nited', more: [] }));
	});
	const memory = await site.open(exporter);
	expect([...memory.notes()].map(([safe, { text }]) => [safe, text])).toEqual([
		['safe-1', 'good'],
		['safe-2', 'red'],
	]);
	expect(memory.notes().get('safe-2')?.at).toBeLessThanOrEqual(Date.now());
	expect(memory.reportedErrors().size).toBe(0);
	expect(memory.claims('')).toEqual([]);
	expect(memory.transitions('/i', 0).map(({ id, event: told }) => [id, 'summary' in told && told.summary])).toEqual([
		['t1', 'exited'],
		['t4', 'ex ited'],
	]);
	expect(memory.problem()).toBeNull();
});
