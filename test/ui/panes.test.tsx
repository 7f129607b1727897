import { render } from 'ink-testing-library';
import { afterEach, expect, test, vi } from 'vitest';
import { createNumbering } from '../../source/redact/names/pseudonym.ts';
import { footerKeys } from '../../source/ui/keys.ts';
import { layOut } from '../../source/ui/layout.ts';
import { Answer } from '../../source/ui/panes/answer.tsx';
import { Checks } from '../../source/ui/panes/checks.tsx';
import { Connectors, connectorLines } from '../../source/ui/panes/connectors.tsx';
import { Footer, footerLine, hostKeyLine, questionLine } from '../../source/ui/panes/footer.tsx';
import { Header } from '../../source/ui/panes/header.tsx';
import { Safes } from '../../source/ui/panes/safes.tsx';
import type { Screen } from '../../source/ui/screen.ts';
import { ScreenContext } from '../../source/ui/screen.ts';
import { createView } from '../../source/ui/view.ts';
import { plain } from '../helpers/plain.ts';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let scenario: StartedScenario | undefined;
afterEach(async () => {
	await scenario?.close();
	scenario = undefined;
});

async function screenOf(name: string, ascii = false): Promise<Screen> {
	scenario = await startScenario(readScenario(name));
	await scenario.engine.run(null, { trigger: 'command' });
	return {
		engine: scenario.engine,
		view: createView(),
		theme: { color: false, ascii },
		title: 'test',
		reportsDirectory: '/nonexistent',
		clipboard: async () => ({ ok: true, where: '' }),
		terminal: { arm() {}, suspend: async () => {}, redraw: async () => {}, isLent: () => false, release() {} },
		openPseudonyms: async () => createNumbering(),
		isMaskKept: false,
		layout: layOut(100, 30, { safes: 1, connectorLines: 1, logPanel: 'normal' }),
		ends: { dialog: 0, checks: 0, safesFrom: 0 },
		quit() {},
		onLogPanel() {},
		remember() {},
		mask: async () => (text) => text,
		addTarget: () => Promise.reject(new Error('not in this test')),
		isReadOnly: false,
	};
}

const frameOf = (screen: Screen, pane: React.ReactNode) => {
	return plain(render(<ScreenContext.Provider value={screen}>{pane}</ScreenContext.Provider>).lastFrame() ?? '');
};

test('the header counts Safes by verdict', async () => {
	const screen = await screenOf('shared-target');
	expect(frameOf(screen, <Header columns={100} />)).toMatch(
		/vpmon test on scenario(?: as \S+)? · 3 Safes {3}✖ 1 {2}\? 0 {2}! 0 {2}○ 0 {2}✔ 2 {3}swept \d\d:\d\d UTC/,
	);
});

test('a connector has its status as a word and a sign, and the number of its Safes', async () => {
	const screen = await screenOf('two-connectors');
	expect(frameOf(screen, <Connectors columns={80} height={1} />)).toContain('✖ dc2 Offline 1   ● dc1 Online 1');
});

test('that VaultPAM could not be asked which Safes it has stands among the Safes, with why and what to do', async () => {
	const screen = await screenOf('healthy');
	const rows = (columns = 100) => frameOf(screen, <Safes columns={columns} height={3} />);
	const problem = 'the token was refused (HTTP 401): signed out since 02:07:01 CET';
	const coverage = { url: '', safes: null, withoutTarget: [], readAt: null, problem };
	expect(rows()).not.toContain('VaultPAM');
	screen.engine.session.learn({ kind: 'coverage read', coverage });
	await vi.waitFor(() => expect(rows()).toMatch(/\? VaultPAM +signed out +since 02:07:01 CET/));
	expect(rows(60)).toMatch(/\? VaultPAM +signed out/);
	const answer = frameOf(screen, <Answer columns={100} height={8} />);
	expect(answer).toMatch(/is not known; all that is in the inventory is\s+measured/);
	expect(answer).toContain(problem);
	expect(answer).toContain('start vpmon with a token in VAULTPAM_TOKEN');
	screen.engine.session.learn({
		kind: 'coverage read',
		coverage: { ...coverage, safes: 14, withoutTarget: [{ id: 'a', name: null }], readAt: '2026-11-22T02:00:00Z' },
	});
	await vi.waitFor(() =>
		expect(rows()).toMatch(/\? 1 Safe +no target known +in VaultPAM only, signed out since 02:07:01 CET/),
	);
	expect(rows(80)).toMatch(/\? 1 Safe +no target known +in VaultPAM only/);
});

test('where connectors are more than there is room for, those not Online come first and the rest is counted', async () => {
	const screen = await screenOf('two-connectors');
	const session = screen.engine.session.get();
	const [down, up] = ['dc2', 'dc1'].map((name) => session.connectors.get(name));
	if (down === undefined || up === undefined) throw new Error('the scenario has dc1 and dc2');
	const names = Array.from({ length: 40 }, (_, index) => `site-${String(index).padStart(2, '0')}`);
	const many = {
		...session,
		inventory: {
			...session.inventory,
			connectors: names.map((name) => ({ ...session.inventory.connectors[0], name })),
		},
		connectors: new Map(names.map((name) => [name, { ...(name === 'site-33' ? down : up), name }])),
	} as typeof session;
	const [first, second, ...more] = connectorLines(screen.theme, many, 80, 2, null).map(plain);
	expect(more).toEqual([]);
	expect(first).toContain('✖ site-33 Offline');
	expect(second).toMatch(/… \d+ more$/);
	const last = connectorLines(screen.theme, many, 80, 2, 'site-39').join('\n');
	expect(last).toContain('site-39');
	expect(last).toContain('1 not Online');
	// Nobody here can ask them: nothing is known of them, and nothing is wrong.
	const untested = { ...up, status: 'unknown', check: { ...up.check, verdict: 'untested' } } as typeof up;
	const unasked = new Map(names.map((name) => [name, { ...(name === 'site-33' ? down : untested), name }]));
	const [worst] = connectorLines(screen.theme, { ...many, connectors: unasked } as typeof session, 80, 2, null).map(
		plain,
	);
	expect(worst).toMatch(/✖ site-33 Offline 0 +○ site-00 untested/);
	expect(
		connectorLines(screen.theme, { ...many, connectors: unasked } as typeof session, 80, 2, 'site-39').join(),
	).toContain('1 not Online');
});

test('Safes stand failing first, with why and the five rows', async () => {
	const screen = await screenOf('shared-target');
	const [title, first, second] = frameOf(screen, <Safes columns={100} height={3} />).split('\n');
	expect(title).toContain('1 of 3 fail');
	expect(title).toContain('12345');
	expect(first).toMatch(/^▶✖ third +host key changed +db1\.example:22 via dc1 +✔✔–✖– {2}\d\d:\d\d/);
	expect(second).toMatch(/^ ✔ first +all five pass/);
});

test('Checks show stored and offered whole, one above the other', async () => {
	const screen = await screenOf('host-key-changed');
	const lines = frameOf(screen, <Checks columns={74} height={20} />).split('\n');
	const stored = lines.findIndex((line) => line.includes('stored  ED25519 SHA256:'));
	expect(lines[stored + 1]).toContain('offered ED25519 SHA256:');
	expect(lines[stored]?.trim()).toHaveLength('stored  ED25519 SHA256:'.length + 43);
	expect(lines[stored + 2]).toContain('stored is our copy (vpmon.yaml:');
});

test('in ASCII nothing else is drawn', async () => {
	const screen = await screenOf('host-key-changed', true);
	for (const pane of [
		<Header key="h" columns={100} />,
		<Safes key="s" columns={100} height={3} />,
		<Checks key="c" columns={100} height={20} />,
	]) {
		expect(frameOf(screen, pane)).toMatch(/^[\n\u0020-\u007e]*$/);
	}
});

test('help and quit are never cut off, however narrow and whatever is said', async () => {
	const screen = await screenOf('healthy');
	for (let columns = 30; columns < 140; columns++) {
		for (const notice of [null, 'a notice that is far longer than any line could be'.repeat(3)]) {
			const line = plain(footerLine({ color: false, ascii: false }, footerKeys(screen), notice, columns));
			expect(line).toContain('? help  q quit');
			expect(line.length).toBeLessThanOrEqual(columns);
		}
	}
});

test('the footer follows what is open', async () => {
	const screen = await screenOf('healthy');
	expect(frameOf(screen, <Footer columns={100} />)).toContain(
		'r re-run  R all  f fix  x report  ! error text  1-5 evidence  / filter  H events  ? help  q quit',
	);
	const failed = { phase: 'failed', reason: 'none', nextStep: '', prepared: null } as const;
	screen.view.patch({ dialog: { kind: 'report', about: 'x', safes: [], offset: 0, ...failed } });
	expect(frameOf(screen, <Footer columns={100} />)).toBe(' y copy  esc back  ? help  q quit');
	screen.view.patch({ dialog: null, focus: 'logs' });
	expect(frameOf(screen, <Footer columns={100} />)).toContain(
		' space pause  / search  E previous error  y copy  & only matches  [ further back  ? help  q quit',
	);
});

test('a broken inventory stays said in the footer, behind what a key did, until it is mended', async () => {
	const screen = await screenOf('healthy');
	const footer = () => frameOf(screen, <Footer columns={120} />);
	screen.engine.session.learn({
		kind: 'inventory problem',
		problem: {
			summary: "line 5:9 safes[0].port: '22x' given",
			detail: '',
			since: Date.UTC(2026, 10, 25, 1, 2, 3),
		},
	});
	expect(footer()).toContain(
		"inventory not taken, last good one kept: line 5:9 safes[0].port: '22x' given (since 01:02:03)",
	);
	screen.view.patch({ notice: 'a sweep is already under way' });
	expect(footer()).toContain('a sweep is already under way');
	screen.view.patch({ notice: null });
	expect(footer()).toContain('inventory not taken');
	screen.engine.session.learn({ kind: 'inventory problem', problem: null });
	expect(footer()).not.toContain('inventory not taken');
});

test('the question before the first sweep fits every width, and its keys always', () => {
	const sweep = { targets: 214, from: 'connector-host-1.dc1.example', seconds: 70, everyMs: 300_000 };
	for (let columns = 60; columns <= 200; columns += 10) {
		const line = questionLine({ color: false, ascii: false }, sweep, columns);
		expect(plain(line)).toMatch(/^ Probe 214 targets.* {2}y yes {2}n only on keys {2}\? help {2}q quit$/);
		expect(plain(line).length).toBeLessThanOrEqual(columns);
	}
	expect(plain(questionLine({ color: false, ascii: false }, sweep, 160))).toContain(
		'Probe 214 targets from connector-host-1.dc1.example, within 70 s, then every 5 min? Each logs a connection of vpmon',
	);
});

test('the question for a host key has the whole fingerprint at every width', () => {
	const fingerprint = `SHA256:${'x'.repeat(43)}`;
	const base = { type: 'ED25519', fingerprint, since: 0, isSure: false, answer: () => {} };
	for (let columns = 80; columns <= 200; columns += 10) {
		const line = plain(
			hostKeyLine({ color: false, ascii: false }, { ...base, host: 'connector-1.dc1.example' }, columns),
		);
		expect(line).toMatch(/ED25519 SHA256:x{43} {2}y (?:same|compared, record it) {2}n not now$/);
		expect(line.length).toBeLessThanOrEqual(columns);
	}
	expect(plain(hostKeyLine({ color: false, ascii: false }, { ...base, host: 'dc1' }, 130))).toBe(
		` New host key of dc1: ED25519 ${fingerprint}  y compared, record it  n not now`,
	);
});
