import { afterEach, expect, test } from 'vitest';
import type { SafesEvent, SessionEvent } from '../../source/domain/event.ts';
import { digestEvents, digestWords } from '../../source/report/event-digest.ts';
import { describeEvent } from '../../source/report/event-text.ts';
import { listEvents } from '../../source/ui/event-list.ts';
import { pacedSession } from '../../source/ui/paced-session.ts';
import { startTitle, titleOf } from '../../source/ui/terminal-title.ts';
import { learnRefused } from '../helpers/learn.ts';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let scenario: StartedScenario | undefined;
let app: RenderedScreen | undefined;
afterEach(async () => {
	app?.unmount();
	await scenario?.close();
	app = undefined;
	scenario = undefined;
});

const pass = { verdict: 'pass', cause: null } as const;
const fail = (cause: 'port-timeout' | 'port-refused') => ({ verdict: 'fail', cause }) as const;

const event = (at: string, safes: readonly string[], from: SafesEvent['from'], to: SafesEvent['to']): SafesEvent => ({
	kind: 'safes',
	at,
	connector: 'dmz',
	safes,
	from,
	to,
	rows: [],
	summary: `what ${safes[0]} said`,
});

test('what changed is said in words: whom, how it stands, how it stood', () => {
	const said = (happened: SessionEvent) => {
		const { who, what, detail } = describeEvent(happened);
		return [who, what, detail];
	};
	expect(said(event('2026-11-22T02:00:00Z', ['db'], pass, fail('port-timeout')))).toEqual([
		'db',
		'port timeout',
		'was passing; what db said',
	]);
	expect(said(event('2026-11-22T02:00:00Z', ['db'], null, fail('port-timeout')))).toEqual([
		'db',
		'port timeout',
		'at first sight; what db said',
	]);
	expect(said(event('2026-11-22T02:00:00Z', ['a', 'b'], fail('port-refused'), pass))).toEqual([
		'2 Safes via dmz',
		'passing',
		'was port refused',
	]);
	const row = { check: 'connector', from: 'pass', to: 'warn', cause: null, summary: 'no identity mount' } as const;
	expect(said({ ...event('2026-11-22T02:00:00Z', ['db'], pass, pass), rows: [row] })).toEqual([
		'db',
		'row 1 warn',
		'Connector was pass; no identity mount',
	]);
	expect(said({ kind: 'sweep', at: '2026-11-22T02:00:00Z', done: 3, total: 9 })).toEqual([
		'vpmon',
		'a sweep was cut short',
		'after 3 of 9 Safes',
	]);
});

test('Safes that one sweep finds changed in the same way are one line, which can be opened; words filter it', () => {
	const events = [
		event('2026-11-22T02:00:00Z', ['a'], pass, fail('port-timeout')),
		event('2026-11-22T02:00:05Z', ['x'], pass, fail('port-refused')),
		event('2026-11-22T02:01:00Z', ['b', 'c'], pass, fail('port-timeout')),
		event('2026-11-22T04:01:00Z', ['d'], pass, fail('port-timeout')),
	];
	const who = (query: string, opened: string | null = null) =>
		listEvents(events, query, opened).map(({ text }) => text.who);
	expect(who('')).toEqual(['3 Safes via dmz', 'x', 'd']);
	const [first] = listEvents(events, '', null);
	expect(who('', first?.key ?? null)).toEqual(['3 Safes via dmz', 'a', 'b', 'c', 'x', 'd']);
	expect(who('timeout')).toEqual(['3 Safes via dmz', 'd']);
	// Also by a name that the line only counts.
	expect(who('c dmz timeout')).toEqual(['3 Safes via dmz']);
	expect(who('nothing')).toEqual([]);
});

test('a night comes to: what broke, what came and went, what was mended', () => {
	const events: SessionEvent[] = [
		{ kind: 'watch', at: '2026-11-21T10:00:00Z', begun: true },
		event('2026-11-21T12:00:00Z', ['old'], pass, fail('port-timeout')),
		event('2026-11-22T02:00:00Z', ['a'], pass, fail('port-timeout')),
		event('2026-11-22T02:00:00Z', ['b', 'c'], pass, fail('port-timeout')),
		event('2026-11-22T03:00:00Z', ['b', 'c'], fail('port-timeout'), pass),
		event('2026-11-22T04:00:00Z', ['old'], fail('port-timeout'), pass),
		{
			kind: 'connector',
			at: '2026-11-22T02:00:00Z',
			connector: 'dmz',
			from: 'online',
			to: 'offline',
			summary: 'exited',
		},
		{ kind: 'connector', at: '2026-11-22T02:30:00Z', connector: 'dmz', from: 'offline', to: 'online', summary: 'up' },
	];
	const digest = digestEvents(events, Date.parse('2026-11-21T18:00:00Z'));
	expect(digest).toEqual({
		broken: ['a'],
		recovered: ['b', 'c'],
		mended: ['old'],
		connectorsDown: [],
		connectorsBack: ['dmz'],
		hasGap: false,
	});
	expect(digestWords(digest)).toBe(
		'connector dmz went and came back; a began to fail and still does; 2 Safes failed meanwhile and do no more; old failed before and does no more.',
	);
	expect(digestWords(digestEvents(events, Date.parse('2026-11-22T09:00:00Z')))).toBe('nothing changed.');
	expect(digestEvents(events, 0).hasGap).toBe(false);
});

test('that vpmon did not run is said only where none of its programs ran', () => {
	const watch = (time: string, begun: boolean): SessionEvent => ({ kind: 'watch', at: `2026-11-21T${time}Z`, begun });
	const hasGap = (...events: SessionEvent[]) => digestEvents(events, 0).hasGap;
	expect(hasGap(watch('10:00:00', true))).toBe(false);
	expect(hasGap(watch('10:00:00', true), watch('11:00:00', false), watch('11:00:20', true))).toBe(false);
	expect(hasGap(watch('10:00:00', true), watch('11:00:00', false), watch('11:02:00', true))).toBe(true);
	// Another screen ran all along.
	const other = watch('09:00:00', true);
	expect(hasGap(other, watch('10:00:00', true), watch('11:00:00', false), watch('14:00:00', true))).toBe(false);
	// What was before the time that is asked about is not told.
	const before = [watch('10:00:00', true), watch('11:00:00', false), watch('11:02:00', true)];
	expect(digestEvents(before, Date.parse('2026-11-21T12:00:00Z')).hasGap).toBe(false);
});

async function open(size: { columns?: number; rows?: number } = {}) {
	scenario = await startScenario(readScenario('shared-target'));
	await scenario.engine.run(null, { trigger: 'command' });
	app = await renderScreen(scenario.engine, size);
	return { app, session: scenario.engine.session };
}

test('H at 80x24: what the night comes to, then the changes by day; enter goes to the Safe', async () => {
	const { app, session } = await open({ columns: 80, rows: 24 });
	session.learn({
		kind: 'events recalled',
		events: [
			event(new Date(Date.now() - 86_400_000).toISOString(), ['first', 'second'], pass, fail('port-timeout')),
			event(new Date(Date.now() - 7_200_000).toISOString(), ['first', 'second'], fail('port-timeout'), pass),
		],
	});
	await app.press('H');
	await app.see('─ Events ─ 3 changes, newest last');
	const frame = app.frame();
	expect(frame).toMatch(
		/Since \w{3} \d+ \w{3} \d\d:\d\d: third began to fail and still does; 2 Safes failed\s+before and do no more\./,
	);
	expect(frame).toMatch(/✖ 2 Safes via dmz +port timeout +was passing/);
	expect(frame).toMatch(/✔ 2 Safes via dmz +passing +was port timeout/);
	expect(frame).toMatch(/▶\d\d:\d\d:\d\d ✖ third/);
	expect(frame.split('\n').at(-1)).toContain('enter go there  / filter');
	// Several: their names first.
	await app.press('k\r');
	await app.see('second');
	await app.press('j\r');
	expect(app.screen.view.get()).toMatchObject({ dialog: null, safe: 'first', focus: 'safes' });
	await app.press('H/third\r');
	await app.see('/third: 1 change');
	await app.press('\u001b');
	await app.see('3 changes');
	await app.press('\u001b');
	await app.see('Connectors');
});

test('the title counts what fails, is written when it changes and no more, and is brought back', async () => {
	const { app, session } = await open();
	expect(titleOf(session.get())).toBe('✖ 1 vpmon dc1');
	const written: string[] = [];
	const stop = startTitle(app.screen, (text) => written.push(text));
	session.learn({ kind: 'coverage read', coverage: null });
	expect(written).toEqual(['\u001b[22;0t', '\u001b]2;✖ 1 vpmon dc1\u0007']);
	learnRefused(session, 'first');
	await expect.poll(() => written.slice(2)).toEqual(['\u001b]2;✖ 2 vpmon dc1\u0007']);
	stop();
	expect(written.slice(3)).toEqual(['\u001b[23;0t']);
	expect(process.listeners('exit').length).toBeLessThan(10);
});

test('it rings for a Safe that begins to fail, and only where that is wanted', async () => {
	const { app, session } = await open();
	const written: string[] = [];
	const stop = startTitle(app.screen, (text) => written.push(text));
	const happen = async (from: SafesEvent['from'], to: SafesEvent['to']) => {
		const taken = new Promise<void>((resolve) => {
			const forget = pacedSession(session).subscribe(() => {
				forget();
				resolve();
			});
		});
		session.learn({ kind: 'event happened', event: event(new Date().toISOString(), ['first'], from, to) });
		await taken;
	};
	written.length = 0;
	await happen(pass, fail('port-refused'));
	expect(written).toEqual([]);
	await app.press('B');
	await app.see('rings when a Safe begins to fail');
	await happen(fail('port-refused'), fail('port-timeout'));
	await happen(null, fail('port-timeout'));
	await happen(fail('port-timeout'), pass);
	expect(written).toEqual([]);
	await happen(pass, fail('port-refused'));
	expect(written).toEqual(['\u0007']);
	stop();
});
