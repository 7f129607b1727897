import { afterEach, expect, test, vi } from 'vitest';
import { createKeyReader, readPublicKey } from '../../source/probes/public-key.ts';

const asked = vi.hoisted(() => [] as string[]);

// A drive that does not answer: whoever asks for a file on it waits for ever.
vi.mock('node:fs/promises', async (original) => ({
	...(await original<typeof import('node:fs/promises')>()),
	stat: (path: string) => {
		asked.push(path);
		return new Promise(() => {});
	},
}));

afterEach(() => vi.useRealTimers());

test('a key file on a drive that does not answer is given up, and takes one thread, however often it is asked for', async () => {
	vi.useFakeTimers();
	const source = { kind: 'file', path: '/net/away/key.pub' } as const;
	const reads = [readPublicKey(source), createKeyReader()(source)];
	await vi.advanceTimersByTimeAsync(3_000);
	for (const { evidence, key } of await Promise.all(reads)) {
		expect(evidence).toMatchObject({ ok: false, problem: 'key-unreadable' });
		expect(JSON.stringify(evidence)).toContain('not read within 3 s');
		expect(key).toBeNull();
	}
	const again = readPublicKey(source);
	await vi.advanceTimersByTimeAsync(3_000);
	expect((await again).evidence).toMatchObject({ problem: 'key-unreadable' });
	expect(asked).toEqual([source.path]);
});
