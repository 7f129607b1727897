import { afterEach, expect, test } from 'vitest';
import { describeCoverage } from '../../source/domain/coverage.ts';
import { createCoverageBook } from '../../source/engine/coverage.ts';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { createApiAccess } from '../../source/inventory/api-access.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { startTestControlPlane, type TestControlPlane, token } from '../helpers/control-plane.ts';

let server: TestControlPlane | undefined;
const host = createLocalHost();
afterEach(() => server?.close());

const inventoryOf = (url: string, names: readonly string[]) =>
	parseInventory(
		`version: 1\ncontrolPlane: {url: '${url}'}\nconnectors: [{name: c}]\nsafes:\n${names.map((name) => `- {name: '${name}', host: h, username: u}`).join('\n')}\n`,
		'/x.yaml',
	);

test('the last list stays while it cannot be read, and follows the inventory', async () => {
	let isSignedOut = false;
	const listed = Array.from({ length: 412 }, (_, index) => ({ id: `id-${index}`, name: `safe-${index}` }));
	server = await startTestControlPlane(listed, (_, response) => {
		if (isSignedOut) response.writeHead(401).end('{}');
		return isSignedOut;
	});
	const book = createCoverageBook(host, createApiAccess({ token }));
	const names = listed.slice(12).map(({ name }) => name);
	const inventory = inventoryOf(server.url, names);
	expect(book.compare(inventory)).toBeNull();
	const first = await book.read(inventory, { timeoutMs: 2000 });
	expect(first === null ? '' : describeCoverage(first)).toBe('VaultPAM has 412 Safes, 12 have no target here');
	isSignedOut = true;
	const second = await book.read(inventory, { timeoutMs: 2000 });
	expect(second).toMatchObject({
		safes: 412,
		readAt: first?.readAt,
		problem: expect.stringContaining('signed out since'),
	});
	expect(second === null ? '' : describeCoverage(second)).toMatch(
		/^VaultPAM has 412 Safes, 12 have no target here; not read again: .*signed out since/,
	);
	expect(book.compare(inventoryOf(server.url, [...names, 'safe-0']))?.withoutTarget).toHaveLength(11);
	isSignedOut = false;
	expect(await book.read(inventory, { timeoutMs: 2000 })).toMatchObject({ problem: null });

	// Entries without an id are no Safes that anybody could name.
	server.close();
	server = await startTestControlPlane([{ id: 'a', name: 'safe-0' }, { name: 'no id' }, 7]);
	const odd = await book.read(inventoryOf(server.url, ['safe-0']), { timeoutMs: 2000 });
	expect(odd === null ? '' : describeCoverage(odd)).toBe(
		'VaultPAM has 1 Safe and 2 without an id, each has a target here',
	);

	// The list of one control plane says nothing of another, nor of none.
	const moved = inventoryOf('http://127.0.0.1:1', names);
	expect(book.compare(moved)).toBeNull();
	expect(book.compare({ ...inventory, controlPlane: { ...inventory.controlPlane, url: null } })).toBeNull();
	expect(await book.read(moved, { timeoutMs: 2000 })).toMatchObject({ safes: null, withoutTarget: [], readAt: null });
});
