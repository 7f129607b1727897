import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fingerprint } from '../../helpers/keys.ts';
import { createSharedHost, inventoryOf, sshPort, type WrittenSafe } from '../../helpers/shared-host.ts';

/** The clock was an hour ahead, and is right again while programs are open. */

const hour = 3_600_000;
const a = '10.0.0.5:22';
const b = '10.0.0.6:22';
const db: WrittenSafe = { name: 'db', host: '10.0.0.5' };
const named: WrittenSafe = { name: 'named', host: 'db.example' };
let site: ReturnType<typeof createSharedHost>;
beforeEach(() => {
	vi.useFakeTimers({ toFake: ['Date'] });
	const names = { 'db.example': ['10.0.0.5', '10.0.0.6'] };
	site = createSharedHost({ names, ports: { [a]: sshPort('host-a', 'host-ecdsa'), [b]: sshPort() } });
});
afterEach(async () => {
	vi.useRealTimers();
	await site.close();
});
const setBack = () => vi.setSystemTime(Date.now() - hour);

test('nothing is taken for fresh: a sweep measures the target and asks about the key again', async () => {
	const one = await site.start(inventoryOf([db]));
	await one.sweep();
	setBack();
	const other = await site.start(inventoryOf([db]));
	await one.sweep();
	expect(one.connections()).toEqual([a, a]);
	expect(Date.parse(one.facts('db').auth?.connection.startedAt ?? '')).toBeLessThanOrEqual(Date.now());
	await other.sweep();
	expect(other.connections()).toEqual([]);
	expect(other.verdict('db')).toBe('pass');
	expect(Date.parse(other.facts('db').target?.measuredAt ?? '')).toBeLessThanOrEqual(Date.now());
});

test('a program that begins then measures, too', async () => {
	const one = await site.start(inventoryOf([db]));
	await one.sweep();
	setBack();
	const other = await site.start(inventoryOf([db]));
	await other.sweep();
	expect(other.connections()).toEqual([a]);
	expect(Date.parse(other.facts('db').auth?.connection.startedAt ?? '')).toBeLessThanOrEqual(Date.now());
});

test('new evidence takes the place of that from the future, for who is open as well', async () => {
	const one = await site.start(inventoryOf([db]));
	const other = await site.start(inventoryOf([{ ...db, name: 'theirs' }]));
	await Promise.all([one.engine.followOthers(), other.engine.followOthers()]);
	await one.sweep();
	await other.sweep();
	setBack();
	site.ports[a] = { tcp: 'refused' };
	await one.sweep();
	other.shared.poll();
	await vi.waitFor(() => expect(other.engine.session.safe('theirs')?.result.cause).toBe('port-refused'));
});

test('all addresses of a name are measured again', async () => {
	const one = await site.start(inventoryOf([named]));
	await one.sweep();
	setBack();
	one.connections();
	await one.sweep();
	expect(one.connections().toSorted()).toEqual([a, b]);
});

test('a stored host key passes only where it was seen since', async () => {
	const ecdsa = `ecdsa-sha2-nistp256 ${fingerprint('host-ecdsa')}`;
	const one = await site.start(inventoryOf([{ ...db, hostKey: ecdsa }]));
	await one.sweep();
	setBack();
	const other = await site.start(inventoryOf([db]));
	await other.sweep();
	one.connections();
	await one.sweep();
	expect(one.connections()).toEqual([a]);
});

test('what another program saw of a connector an hour ahead is not what is so now', async () => {
	const one = await site.start(inventoryOf([db]));
	const other = await site.start(inventoryOf([db]));
	await other.engine.followOthers();
	await one.engine.checkConnectors();
	const seen = () => other.engine.sharing.board.connector({ source: 'scenario', origin: 'host' }, 'docker:agent');
	await vi.waitFor(() => {
		other.shared.poll();
		expect(seen()).not.toBeNull();
	});
	const looks = () => other.host.ran.filter((command) => command.startsWith('docker inspect')).length;
	const before = looks();
	await other.engine.checkConnectors();
	expect(looks()).toBe(before);
	setBack();
	await other.engine.checkConnectors();
	expect(looks()).toBe(before + 1);
});
