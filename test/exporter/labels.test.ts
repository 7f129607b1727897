import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { Safe } from '../../source/domain/inventory.ts';
import { createSession } from '../../source/engine/session/create-session.ts';
import { createLabels } from '../../source/exporter/labels.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { plainConnector, plainSafe } from '../helpers/plain-safe.ts';

const home = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
vi.mock('../../source/storage/directories.ts', () => ({ stateDirectory: home }));
afterAll(() => rmSync(home, { recursive: true }));

const inventoryOf = (...safes: ReadonlyArray<Partial<Safe>>) => ({
	...parseInventory('version: 1\nconnectors: []\nsafes: []\n', '/etc/vpmon/vpmon.yaml'),
	connectors: [plainConnector],
	safes: safes.map((safe) => ({ ...plainSafe, ...safe })),
});

test('with a mask Safes, hosts and users are called by their pseudonyms, and connectors by their names', async () => {
	const session = createSession(inventoryOf({ name: 'payroll', host: 'pay.corp.example', username: 'ana' }), 'here');
	const labels = await createLabels({ session }, true);
	expect(labels.safe('payroll')).toMatch(/^SAFE-\d+$/);
	expect(labels.text('pay.corp.example:22')).toMatch(/^HOST-\d+:22$/);
	expect(labels.text('ana')).toMatch(/^USER-\d+$/);
	expect(labels.text('10.20.4.0/24')).not.toContain('10.20.4');
	expect(labels.text('dc1')).toBe('dc1');
});

test('without one sensitive Safes alone are', async () => {
	const session = createSession(
		inventoryOf(
			{ name: 'payroll', host: 'pay.corp.example', sensitive: true },
			{ name: 'web', host: 'web.corp.example' },
		),
		'here',
	);
	const labels = await createLabels({ session }, false);
	expect(labels.safe('payroll')).toMatch(/^SAFE-\d+$/);
	expect(labels.text('pay.corp.example:22')).not.toContain('pay');
	expect(labels.safe('web')).toBe('web');
	expect(labels.text('web.corp.example:22')).toBe('web.corp.example:22');
});

test('no two Safes share a label, whatever the mask takes for one thing', async () => {
	const names = ['DB', 'db', 'Db', 'web'];
	const session = createSession(inventoryOf(...names.map((name) => ({ name }))), 'here');
	const labels = await createLabels({ session }, true);
	expect(new Set(names.map((name) => labels.safe(name))).size).toBe(4);
});

test('a new inventory has its new names masked at once', async () => {
	const session = createSession(inventoryOf({ name: 'old' }), 'here');
	const labels = await createLabels({ session }, true);
	expect(labels.safe('old')).toMatch(/^SAFE-/);
	session.learn({
		kind: 'inventory replaced',
		inventory: inventoryOf({ name: 'brand-new', host: 'fresh.corp.example' }),
	});
	expect(labels.safe('brand-new')).toMatch(/^SAFE-/);
	expect(labels.text('fresh.corp.example')).toMatch(/^HOST-/);
});
