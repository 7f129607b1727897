import { expect, test } from 'vitest';
import { layOut, smallest } from '../../source/ui/layout.ts';

const panels = ['normal', 'wide', 'hidden'] as const;

test('every size from the smallest on is filled exactly, whatever there is to show', () => {
	for (let columns = smallest.columns; columns <= 220; columns += 7) {
		for (let rows = smallest.rows; rows <= 70; rows++) {
			for (const logPanel of panels) {
				for (const safes of [0, 1, 9, 10_000]) {
					const layout = layOut(columns, rows, { safes, connectorLines: 2, logPanel });
					if (layout.kind === 'too-small') throw new Error('too small');
					const { connectorRows, safeRows, checkRows, logRows, workColumns, logColumns } = layout;
					const work = connectorRows + 1 + safeRows + 1 + checkRows;
					const shape = JSON.stringify([columns, rows, logPanel, safes, layout]);
					if (layout.kind === 'side') {
						expect(work, shape).toBe(rows - 2);
						expect(workColumns + (logColumns === 0 ? 0 : logColumns + 1), shape).toBe(columns);
					} else {
						expect(work + (logRows === 0 ? 0 : logRows + 1), shape).toBe(rows - 2);
					}
					expect(Math.min(connectorRows, checkRows, workColumns), shape).toBeGreaterThan(0);
					expect(safeRows, shape).toBeGreaterThan(0);
				}
			}
		}
	}
});

test('from 120 columns the log is beside the work, which keeps room for a whole fingerprint', () => {
	expect(layOut(119, 36, { safes: 9, connectorLines: 1, logPanel: 'normal' }).kind).toBe('stacked');
	const layout = layOut(120, 36, { safes: 9, connectorLines: 1, logPanel: 'normal' });
	expect(layout).toMatchObject({ kind: 'side', workColumns: 74, logColumns: 45 });
});

test('under 60x15 there is nothing to lay out', () => {
	expect(layOut(59, 30, { safes: 1, connectorLines: 1, logPanel: 'normal' }).kind).toBe('too-small');
	expect(layOut(80, 14, { safes: 1, connectorLines: 1, logPanel: 'normal' }).kind).toBe('too-small');
});
