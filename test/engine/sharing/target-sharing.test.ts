import { expect, test, vi } from 'vitest';
import { Board } from '../../../source/engine/sharing/board.ts';
import type { SiteSharing } from '../../../source/engine/sharing/site-sharing.ts';
import { TargetSharing } from '../../../source/engine/sharing/target-sharing.ts';
import { writer } from '../../helpers/measurement.ts';
import { plainSafe } from '../../helpers/plain-safe.ts';

/** Who waits for another program, and for how long. */

const held = { ok: false, key: 'x', what: 'measuring', by: writer, since: 0, leftMs: 1000 } as const;
const granted = { ok: true, release: async () => {} } as const;
const lease = 1000;

function start(claims: ReadonlyArray<Awaited<ReturnType<SiteSharing['claim']>>>) {
	const claim = vi.fn<SiteSharing['claim']>();
	for (const answer of claims) claim.mockResolvedValueOnce(answer);
	claim.mockResolvedValue(held);
	const sharing = { board: new Board(), self: writer, claim, poll: vi.fn(), put: vi.fn() } as unknown as SiteSharing;
	const target = new TargetSharing(sharing, { source: 'here', origin: 'host' }, [plainSafe]);
	const onWait = vi.fn();
	const signal = new AbortController().signal;
	return {
		claim,
		onWait,
		run: (isStillWanted: () => Promise<boolean>) => target.claim(['10.0.0.5'], lease, signal, onWait, isStillWanted),
	};
}

test('what the other told until a moment ago may be all: nothing is measured though the claim was free', async () => {
	const { run, onWait } = start([granted]);
	expect(await run(async () => false)).toBe(false);
	expect(onWait).not.toHaveBeenCalled();
	expect(await start([granted]).run(async () => true)).toBe(true);
});

test('it does not wait for the end of the other once enough is told', async () => {
	const { run, claim, onWait } = start([]);
	expect(await run(async () => false)).toBe(false);
	expect(claim).toHaveBeenCalledTimes(1);
	expect(onWait).toHaveBeenCalledTimes(1);
});

test('where nothing is shared there is nobody to wait for', async () => {
	expect(await start([null]).run(async () => false)).toBe(true);
});
