import { expect, test } from 'vitest';
import type { Session } from '../../source/engine/session/session.ts';
import { headerLine } from '../../source/ui/panes/header.tsx';
import { plain } from '../helpers/plain.ts';
import { deadNetwork, passing, safesOf } from '../helpers/safe-states.ts';

const session = (running: boolean) =>
	({
		measuredFrom: 'connector-host-1.dc1.example',
		safes: safesOf(...passing(340), ...deadNetwork(60)),
		sweep: { running, done: 210, total: 400, finishedAt: Date.UTC(2026, 10, 22, 2, 7) },
	}) as unknown as Session;
const theme = { color: false, ascii: false };
const about = { title: '', user: 'ops', marks: [] as string[], hasProgress: true };

test('the header says where, as whom, how many of each, and when they were swept', () => {
	expect(plain(headerLine(theme, about, session(false), 120))).toBe(
		' vpmon connector-host-1.dc1.example as ops · 400 Safes   ✖ 60  ? 0  ! 0  ○ 0  ✔ 340   swept 02:07 UTC',
	);
});

test('at every width it fits, with all counts that are not zero, the progress and what holds for the screen', () => {
	for (let columns = 60; columns <= 200; columns++) {
		for (const marks of [[], ['MASKED'], ['MASKED', 'READ-ONLY'], ['READ-ONLY', 'NOT SHARED']]) {
			const line = plain(headerLine(theme, { ...about, marks }, session(true), columns));
			expect(line.length, line).toBeLessThanOrEqual(columns);
			expect(line).toMatch(/^ vpmon\b.* {3}✖ 60 .*✔ 340 {3}(?:sweep )?210 of 400/);
			if (columns >= 80) expect(line).toMatch(/conn.* · 400 Safes/);
			for (const mark of marks) expect(line).toContain(mark);
		}
	}
});

test('a sweep that is over at once shows no progress', () => {
	const line = plain(headerLine(theme, { ...about, hasProgress: false }, session(true), 120));
	expect(line).toContain('swept 02:07 UTC');
});
