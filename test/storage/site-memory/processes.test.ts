import { expect, test, vi } from 'vitest';
import { exporter, listenTo, siteMemories } from '../../helpers/site-memory.ts';
import { siteMemoryChildren } from '../../helpers/site-memory-children.ts';

const site = siteMemories();
const children = siteMemoryChildren();

test('four processes that write at once keep every row, and one that watches is told of each', async () => {
	const memory = await site.open(exporter, { pollMs: 50 });
	memory.load(['test']);
	const heard = listenTo(memory);
	const names = ['a', 'b', 'c', 'd'];
	const said = await Promise.all(names.map((name) => children.start('write', site.directory(), name, '100')));
	expect(said.map((one) => one.said)).toEqual(names.map(() => 'done'));
	const runs = names.flatMap((name) => Array.from({ length: 100 }, (_, index) => `${name} ${index}`)).toSorted();
	expect(
		memory
			.load(['test'])
			.map(({ run }) => run)
			.toSorted(),
	).toEqual(runs);
	await vi.waitFor(() => expect(heard.measurements()).toHaveLength(400));
	expect(
		heard
			.measurements()
			.map(({ run }) => run)
			.toSorted(),
	).toEqual(runs);
});

test('a kill -9 of its holder frees a claim after the lease', async () => {
	const { child, said } = await children.start('hold', site.directory(), 'x', '1500');
	expect(said).toBe('held');
	const memory = await site.open();
	expect(await memory.claim(['x'], 'y', 1000)).toMatchObject({ ok: false, what: 'holding' });
	await children.kill(child);
	await vi.waitFor(async () => expect((await memory.claim(['x'], 'y', 1000)).ok).toBe(true), 5000);
});
