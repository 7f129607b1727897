import { expect, test, vi } from 'vitest';
import { controlTerminal } from '../../source/ui/suspend.ts';
import { createView } from '../../source/ui/view.ts';

test('what is asked for while the terminal is lent is done once it is back', async () => {
	const terminal = controlTerminal(createView());
	const lent: Array<() => void> = [];
	let isBusy = false;
	terminal.arm(async () => {
		expect(isBusy).toBe(false);
		isBusy = true;
		return {
			resume: () =>
				new Promise<void>((resolve) => {
					lent.push(() => {
						isBusy = false;
						resolve();
					});
				}),
		};
	});
	const isLent = (times: number) => vi.waitFor(() => expect(lent).toHaveLength(times));
	const first = terminal.redraw();
	await isLent(1);
	// The frame of the first was left out meanwhile: the terminal took none.
	await Promise.all([terminal.redraw(), terminal.redraw()]);
	lent[0]?.();
	await isLent(2);
	lent[1]?.();
	await first;
	expect(lent).toHaveLength(2);
	terminal.release();
});
