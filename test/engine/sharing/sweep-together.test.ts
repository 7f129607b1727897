import { afterEach, expect, test, vi } from 'vitest';
import { createSharedHost, inventoryOf, sshPort, type WrittenSafe, writerOf } from '../../helpers/shared-host.ts';

/** What sweeps of several programs on one host cost together. */

const a = '10.0.0.5:22';
const b = '10.0.0.6:22';
let site: ReturnType<typeof createSharedHost>;
const begin = (names: Readonly<Record<string, readonly string[]>> = {}, extra: object = {}) => {
	site = createSharedHost({ names, ports: { [a]: sshPort(), [b]: sshPort(), ...extra } });
	return site;
};
afterEach(async () => {
	vi.useRealTimers();
	await site.close();
});
const db: WrittenSafe = { name: 'db', host: '10.0.0.5' };
const web: WrittenSafe = { name: 'web', host: '10.0.0.6' };

test('a sweep takes what another program measured within the interval, and measures what is older', async () => {
	vi.useFakeTimers({ toFake: ['Date'] });
	begin();
	const one = await site.start(inventoryOf([db, web]));
	await one.press('db');
	vi.setSystemTime(Date.now() + 4 * 60_000);
	await one.press('web');
	vi.setSystemTime(Date.now() + 2 * 60_000);
	const other = await site.start(inventoryOf([db, web]));
	await other.sweep();
	expect(other.connections()).toEqual([a]);
	expect([other.verdict('db'), other.verdict('web')]).toEqual(['pass', 'pass']);
	expect(other.facts('web').targetBy).toEqual(writerOf('screen'));
});

test('it puts only the question that was not in it', async () => {
	begin();
	const one = await site.start(inventoryOf([db]));
	await one.sweep();
	const backup = { ...db, name: 'backup', username: 'backup' };
	const other = await site.start(inventoryOf([db, backup]));
	await other.sweep();
	expect(other.connections()).toEqual([a]);
	const askedAt = one.facts('db').auth?.connection.startedAt;
	expect(other.facts('db').auth?.connection.startedAt).toBe(askedAt);
	expect(other.facts('backup').auth?.auth.username).toBe('backup');
	// And tells it on.
	const third = await site.start(inventoryOf([backup]));
	await third.sweep();
	expect(third.connections()).toEqual([]);
	expect(third.verdict('backup')).toBe('pass');
});

test('two that sweep at the same moment make the connections of one', async () => {
	begin();
	const safes = [db, { ...db, name: 'backup', username: 'backup' }, web];
	const alone = createSharedHost({ ports: { [a]: sshPort(), [b]: sshPort() } });
	const single = await alone.start(inventoryOf(safes));
	await single.sweep();
	const wanted = single.connections().toSorted();
	await alone.close();
	const programs = [await site.start(inventoryOf(safes)), await site.start(inventoryOf(safes.toReversed()))];
	await Promise.all(programs.map((program) => program.sweep()));
	expect(programs.flatMap((program) => program.connections()).toSorted()).toEqual(wanted);
	for (const program of programs) for (const { name } of safes) expect(program.verdict(name), name).toBe('pass');
});

test('a name with two addresses, and an inventory that has the name beside one that has its first address', async () => {
	begin({ 'db.example': ['10.0.0.5', '10.0.0.6'] });
	const byName = await site.start(inventoryOf([{ name: 'db', host: 'db.example' }]));
	const byAddress = await site.start(inventoryOf([db]));
	await Promise.all([byName.sweep(), byAddress.sweep()]);
	expect([...byName.connections(), ...byAddress.connections()].toSorted()).toEqual([a, b]);
	expect([byName.verdict('db'), byAddress.verdict('db')]).toEqual(['pass', 'pass']);
	const third = await site.start(inventoryOf([{ name: 'both', host: 'db.example' }]));
	await third.sweep();
	expect(third.connections()).toEqual([]);
	expect(third.facts('both').target?.connections.map(({ address }) => address)).toEqual(['10.0.0.5', '10.0.0.6']);
});

test('an address that nobody tried, and that a session would try first, is tried', async () => {
	begin({ 'db.example': ['10.0.0.5', '10.0.0.6'] }, { [a]: sshPort('host-b') });
	const byAddress = await site.start(inventoryOf([web]));
	await byAddress.sweep();
	const byName = await site.start(inventoryOf([{ name: 'db', host: 'db.example' }]));
	await byName.sweep();
	expect(byName.connections()).toContain(a);
	expect(byName.engine.session.safe('db')?.result.cause).toBe('host-key-mismatch');
});

test('a further address of the name that nobody tried is tried as well', async () => {
	begin({ 'db.example': ['10.0.0.5', '10.0.0.6'] }, { [b]: sshPort('host-b') });
	const byAddress = await site.start(inventoryOf([db]));
	await byAddress.sweep();
	const byName = await site.start(inventoryOf([{ name: 'db', host: 'db.example' }]));
	await byName.sweep();
	expect(byName.connections()).toContain(b);
	expect(byName.engine.session.safe('db')?.result.cause).toBe('host-key-mismatch');
});

test('where nothing is shared, each measures by itself', async () => {
	begin();
	const one = await site.start(inventoryOf([db]));
	await one.sweep();
	const other = await site.start(inventoryOf([db], { exempt: true, share: false }));
	await other.sweep();
	expect(other.connections()).toEqual([a]);
	const third = await site.start(inventoryOf([db], { exempt: true, share: false }));
	await third.sweep();
	expect(third.connections()).toEqual([a]);
});

test('what one measures the other shows at its next look, without a connection', async () => {
	begin();
	const one = await site.start(inventoryOf([db]));
	const other = await site.start(inventoryOf([{ ...db, name: 'theirs' }]));
	await other.engine.checkConnectors();
	await Promise.all([one.engine.followOthers(), other.engine.followOthers()]);
	await one.sweep();
	other.shared.poll();
	await vi.waitFor(() => expect(other.verdict('theirs')).toBe('pass'));
	expect(other.connections()).toEqual([]);
	site.ports[a] = { tcp: 'refused' };
	await one.press('db');
	other.shared.poll();
	await vi.waitFor(() => expect(other.engine.session.safe('theirs')?.result.cause).toBe('port-refused'));
	expect(other.connections()).toEqual([]);
});

test('a failure is taken as well: no question can be put there', async () => {
	begin({}, { [a]: { tcp: 'refused' }, [b]: sshPort('host-b') });
	const one = await site.start(inventoryOf([db, web]));
	await one.sweep();
	const other = await site.start(inventoryOf([db, web]));
	await other.sweep();
	expect(other.connections()).toEqual([]);
	const causeOf = (name: string) => other.engine.session.safe(name)?.result.cause;
	expect([causeOf('db'), causeOf('web')]).toEqual(['port-refused', 'host-key-mismatch']);
});

test('where the budget has no room for the question, no connection is made for what is known', async () => {
	begin();
	const one = await site.start(inventoryOf([db], {}));
	await one.sweep();
	const other = await site.start(inventoryOf([{ ...db, name: 'backup', username: 'backup' }], {}));
	await other.sweep();
	expect(other.connections()).toEqual([]);
	expect(other.facts('backup').authRefusal).not.toBeNull();
	expect(other.engine.session.safe('backup')?.result.checks.port.verdict).toBe('pass');
});

test('evidence from the network of a container is not that of the host, and the other way round', async () => {
	begin();
	const one = await site.start(inventoryOf([db]));
	await one.sweep();
	const inside = await site.start(inventoryOf([db]), { network: 'container 12ab' });
	await inside.engine.followOthers();
	expect(inside.facts('db').target).toBeNull();
	await inside.sweep();
	expect(inside.connections()).toEqual([a]);
	site.ports[a] = { tcp: 'refused' };
	await inside.press('db');
	one.shared.poll();
	await one.sweep();
	expect(one.verdict('db')).toBe('pass');
	const beside = await site.start(inventoryOf([db]), { network: 'container 12ab' });
	await beside.sweep();
	expect(beside.connections()).toEqual([]);
	expect(beside.engine.session.safe('db')?.result.cause).toBe('port-refused');
});

test('silence within a deadline that is shorter than usual is told to nobody', async () => {
	begin({}, { [a]: { tcp: 'timeout' } });
	const one = await site.start(inventoryOf([db]), { checkTimeoutMs: 200 });
	await one.sweep();
	expect(one.engine.session.safe('db')?.result.cause).toBe('port-timeout');
	const other = await site.start(inventoryOf([db]), { checkTimeoutMs: 200 });
	await other.sweep();
	expect(other.connections()).toEqual([a]);
});

test('what was under way when a program ended is told to nobody, and its claim is free', async () => {
	begin();
	const one = await site.start(inventoryOf([db]));
	const connected = Promise.withResolvers<void>();
	one.host.connect = async (_address, _port, { signal }) => {
		connected.resolve();
		await new Promise((resolve) => signal?.addEventListener('abort', resolve));
		return { ok: false, failure: 'other', error: 'cancelled' };
	};
	const sweep = one.sweep();
	await connected.promise;
	await one.engine.dispose();
	await sweep;
	const other = await site.start(inventoryOf([db]));
	const before = performance.now();
	await other.sweep();
	expect(performance.now() - before).toBeLessThan(2000);
	expect(other.connections()).toEqual([a]);
	expect(other.verdict('db')).toBe('pass');
});

test('older evidence of another does not take the place of what this program found since and told nobody', async () => {
	begin();
	const one = await site.start(inventoryOf([db]));
	await one.sweep();
	site.ports[a] = { tcp: 'timeout' };
	const other = await site.start(inventoryOf([db]), { checkTimeoutMs: 200 });
	await other.press('db');
	await other.sweep();
	expect(other.engine.session.safe('db')?.result.cause).toBe('port-timeout');
});
