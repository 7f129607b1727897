import { expect, test } from 'vitest';
import type { SessionEvent } from '../../../source/domain/event.ts';
import { exporter, listenTo, siteMemories } from '../../helpers/site-memory.ts';

const site = siteMemories();
const at = Date.now() - 60_000;
const dayMs = 86_400_000;
const event = (when = at): SessionEvent => ({
	kind: 'connector',
	at: new Date(when).toISOString(),
	connector: 'dc1',
	from: 'online',
	to: 'offline',
	summary: 'exited (1)',
});

test('notes and reported errors are read by all, and told when they change', async () => {
	const one = await site.open();
	const other = await site.open(exporter);
	const heard = listenTo(other);
	const own = listenTo(one);
	const note = { text: 'net team, ticket 4711', at, until: at + dayMs, by: one.self };
	const error = { text: 'Permission denied', at, by: one.self };
	one.putNote('safe-1', note);
	one.putReportedError('safe-1', error);
	for (const memory of [one, other]) memory.poll();
	expect(heard.changes).toEqual([{ measurements: [], isOther: true, transitions: [] }]);
	expect(own.changes).toEqual([]);
	for (const memory of [one, other]) {
		expect(memory.notes()).toEqual(new Map([['safe-1', note]]));
		expect(memory.reportedErrors()).toEqual(new Map([['safe-1', { ...error, until: null }]]));
	}
	expect(other.notes()).toBe(other.notes());
	other.putNote('safe-1', null);
	other.putReportedError('safe-1', null);
	one.poll();
	expect(own.changes).toHaveLength(1);
	expect([one.notes().size, one.reportedErrors().size]).toEqual([0, 0]);
});

test('a reported error goes after a day', async () => {
	let now = Date.now();
	const one = await site.open(undefined, { now: () => now });
	one.putReportedError('safe-1', { text: 'Permission denied', at: now, by: one.self });
	expect(one.reportedErrors().size).toBe(1);
	now += dayMs + 1;
	expect(one.reportedErrors().size).toBe(0);
});

test('a transition is told by the first program that puts it, and read by all', async () => {
	const one = await site.open();
	const other = await site.open(exporter);
	const heard = listenTo(other);
	expect(one.putTransition('t1', '/etc/vpmon.yaml', event())).toBe(true);
	expect(other.putTransition('t1', '/etc/vpmon.yaml', event())).toBe(false);
	expect(one.putTransition('t0', '/etc/vpmon.yaml', event(at - 1000))).toBe(true);
	expect(one.putTransition('t2', '/other.yaml', event())).toBe(true);
	other.poll();
	expect(heard.changes.flatMap(({ transitions }) => transitions.map(({ id }) => id))).toEqual(['t1', 't0', 't2']);
	expect(other.transitions('/etc/vpmon.yaml', at - 2000)).toEqual([
		{ id: 't0', inventory: '/etc/vpmon.yaml', event: event(at - 1000), by: one.self },
		{ id: 't1', inventory: '/etc/vpmon.yaml', event: event(), by: one.self },
	]);
	expect(other.transitions('/etc/vpmon.yaml', at)).toHaveLength(1);
});

test('the first sweep is agreed to once', async () => {
	const one = await site.open(undefined, { now: () => at });
	const other = await site.open(exporter);
	expect(other.agreement('/etc/vpmon.yaml')).toBeNull();
	one.agree('/etc/vpmon.yaml');
	other.agree('/etc/vpmon.yaml');
	expect(other.agreement('/etc/vpmon.yaml')).toEqual({ at, by: one.self });
});
