import { afterEach, expect, test, vi } from 'vitest';
import { fingerprint } from '../../helpers/keys.ts';
import { createSharedHost, inventoryOf, sshPort, type WrittenSafe } from '../../helpers/shared-host.ts';

/** Host keys that several programs with several inventories look at. */

const address = '10.0.0.5:22';
const minute = 60_000;
const db: WrittenSafe = { name: 'db', host: '10.0.0.5' };
const ed25519 = `ssh-ed25519 ${fingerprint('host-a')}`;
const ecdsa = `ecdsa-sha2-nistp256 ${fingerprint('host-ecdsa')}`;

let site: ReturnType<typeof createSharedHost>;
const begin = () => {
	vi.useFakeTimers({ toFake: ['Date'] });
	site = createSharedHost({ ports: { [address]: sshPort('host-a', 'host-ecdsa', 'host-rsa') } });
	return site;
};
afterEach(async () => {
	vi.useRealTimers();
	await site.close();
});
const later = (minutes: number) => vi.setSystemTime(Date.now() + minutes * minute);
const typesOf = (program: Awaited<ReturnType<typeof site.start>>) =>
	program
		.facts('db')
		.target?.connections.map(({ handshake }) => handshake?.hostKey?.type)
		.toSorted();

test('a type that the other inventory did not ask for is asked for, and that one alone', async () => {
	begin();
	const one = await site.start(inventoryOf([{ ...db, hostKey: ed25519 }]));
	await one.sweep();
	const other = await site.start(inventoryOf([{ ...db, hostKey: ecdsa }]));
	await other.sweep();
	expect(other.connections()).toEqual([address]);
	expect(other.verdict('db')).toBe('pass');
});

test('a stored key that another program saw earlier passes as of then, whatever it asked for since', async () => {
	begin();
	const seenAt = Date.now();
	const one = await site.start(inventoryOf([{ ...db, hostKey: ecdsa }]));
	await one.sweep();
	later(2);
	const other = await site.start(inventoryOf([{ ...db, hostKey: ed25519 }]));
	await other.sweep();
	later(1);
	const third = await site.start(inventoryOf([{ ...db, hostKey: ecdsa }]));
	await third.sweep();
	expect(third.connections()).toEqual([]);
	const row = third.engine.session.safe('db')?.result.checks['host-key'];
	expect(row?.verdict).toBe('pass');
	expect(Math.abs(Date.parse(row?.measuredAt ?? '') - seenAt)).toBeLessThan(minute);
	// It gets due from then on, not from the look at the other type.
	later(3);
	await third.sweep();
	expect(third.connections()).toEqual([address]);
});

test('a key of one type that changed: what was seen of the others before that no longer stands', async () => {
	begin();
	const one = await site.start(inventoryOf([{ ...db, hostKey: ed25519 }]));
	await one.sweep();
	const other = await site.start(inventoryOf([{ ...db, hostKey: ecdsa }]));
	await other.sweep();
	later(1);
	site.ports[address] = sshPort('host-b', 'host-ecdsa', 'host-rsa');
	const updated = await site.start(inventoryOf([{ ...db, hostKey: `ssh-ed25519 ${fingerprint('host-b')}` }]));
	await updated.press('db');
	expect(updated.connections()).toEqual([address]);
	const third = await site.start(inventoryOf([{ ...db, hostKey: ecdsa }]));
	await third.sweep();
	expect(third.connections()).toEqual([address]);
	expect(third.verdict('db')).toBe('pass');
});

test('the type of a fingerprint without one is learned from what others saw', async () => {
	begin();
	const untyped = fingerprint('host-rsa');
	const one = await site.start(inventoryOf([{ ...db, hostKey: untyped }]));
	await one.sweep();
	expect(one.connections().length).toBeGreaterThan(1);
	later(40);
	const other = await site.start(inventoryOf([{ ...db, hostKey: untyped }]));
	await other.press('db');
	expect(other.connections()).toEqual([address]);
	expect(typesOf(other)).toEqual(['ssh-rsa']);
	expect(other.verdict('db')).toBe('pass');
});

test('a changed key: all types are asked for once; a later look, of any program, costs one connection', async () => {
	begin();
	const changed = { ...db, hostKey: fingerprint('host-b') };
	const one = await site.start(inventoryOf([changed]));
	await one.sweep();
	expect(one.engine.session.safe('db')?.result.cause).toBe('host-key-mismatch');
	expect(one.connections().length).toBeGreaterThanOrEqual(3);
	const looked = new Set<string | undefined>();
	const other = await site.start(inventoryOf([changed]));
	for (let look = 0; look < 3; look++) {
		later(2);
		await other.press('db');
		expect(other.connections()).toEqual([address]);
		expect(other.engine.session.safe('db')?.result.cause).toBe('host-key-mismatch');
		looked.add(typesOf(other)?.join());
	}
	// The oldest look comes first, so all types take their turn.
	expect(looked.size).toBe(3);
});
