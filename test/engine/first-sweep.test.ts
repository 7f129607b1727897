import { expect, test } from 'vitest';
import { firstSweepOf } from '../../source/engine/first-sweep.ts';
import { parseInventory } from '../../source/inventory/file.ts';

const inventoryOf = (hosts: readonly string[]) =>
	parseInventory(
		JSON.stringify({
			version: 1,
			connectors: [{ name: 'dc1' }],
			safes: hosts.map((host, index) => ({ name: `safe-${index}`, host, username: 'deploy' })),
		}),
		'/etc/vpmon/vpmon.yaml',
	);
const hosts = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

test('more than twenty targets beyond loopback are asked about', () => {
	expect(firstSweepOf(inventoryOf(hosts(20, '10.0.0.')), 'dc1', 32)).toBeNull();
	expect(firstSweepOf(inventoryOf(hosts(100, '10.0.0.')), 'dc1', 32)).toEqual({
		targets: 100,
		from: 'dc1',
		seconds: 40,
		everyMs: 300_000,
	});
});

test('probes leave from where the connectors are', () => {
	const safes = hosts(30, '10.0.0.').map((host, index) => ({
		name: `safe-${index}`,
		connector: index % 2 === 0 ? 'dc1' : 'dmz',
		host,
		username: 'deploy',
	}));
	const from = (...connectors: ReadonlyArray<readonly [name: string, host: string]>) => {
		const listed = connectors.map(([name, host]) => ({ name, host }));
		const used = safes.filter(({ connector }) => listed.some(({ name }) => name === connector));
		const text = JSON.stringify({
			version: 1,
			connectors: listed,
			safes: [...used, ...used.map((s) => ({ ...s, name: `${s.name}-2`, host: `10.1${s.host.slice(4)}` }))],
		});
		return firstSweepOf(parseInventory(text, '/etc/vpmon/vpmon.yaml'), 'here', 32)?.from;
	};
	expect(from(['dc1', 'ssh://ops@dc1.example'])).toBe('dc1.example');
	expect(from(['dc1', 'local'], ['dmz', 'ssh://dmz.example'])).toBe('2 hosts');
});

test('loopback, and many Safes of one target, are not', () => {
	expect(firstSweepOf(inventoryOf([...hosts(200, '127.0.0.'), 'localhost', '::1']), 'dc1', 32)).toBeNull();
	expect(firstSweepOf(inventoryOf(Array.from({ length: 50 }, () => 'db1')), 'dc1', 32)).toBeNull();
});
