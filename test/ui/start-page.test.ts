import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { entriesOf, problemOfFields } from '../../source/commands/target-fields.ts';
import { pressOnStart, type StartPage, type StartState, startLines, startState } from '../../source/ui/start-page.tsx';
import { emptyForm, pasteIntoForm } from '../../source/ui/target-form.ts';
import { plain } from '../helpers/plain.ts';

const fine = () => null;
const page = {
	theme: { color: false, ascii: false },
	lookedFor: ['/root/.config/vpmon/vpmon.yaml', '/etc/vpmon/vpmon.yaml'],
	file: '/root/.config/vpmon/vpmon.yaml',
	problemOf: fine,
	mayKeep: true,
};

function press(chords: readonly string[], part: Partial<StartPage> = {}) {
	let state: ReturnType<typeof pressOnStart> = startState;
	for (const chord of chords) if (!('kind' in state)) state = pressOnStart(state, chord, { ...page, ...part });
	return state;
}

test('the page names every way with a key or its command, at every size', () => {
	for (const [columns, rows] of [
		[120, 36],
		[80, 24],
		[60, 17],
	] as const) {
		const lines = startLines(page, startState, columns, rows);
		expect(lines).toHaveLength(rows);
		for (const line of lines) expect(plain(line).length).toBeLessThanOrEqual(columns);
		const text = plain(lines.join('\n'));
		for (const said of ['there is no inventory yet', 'vpmon init', 'vpmon import', 'vpmon demo', 'a  check one target'])
			expect(text).toContain(said);
		expect(plain(lines.at(-1) ?? '')).toBe(' a add a target  d demo  q quit');
	}
	expect(startLines(page, startState, 40, 8).join(' ')).toContain('vpmon needs 60x15');
});

test('a asks for a target, then whether to keep it; d is the demo, q and ctrl-c leave', () => {
	expect(press(['d'])).toEqual({ kind: 'demo' });
	expect(press(['q'])).toEqual({ kind: 'quit' });
	expect(press(['a', 'q', 'ctrl-c'])).toEqual({ kind: 'quit' });
	const typed = ['a', ...'x@db:2222', 'enter', ...'k.pub', 'enter', 'enter'];
	expect(press(typed)).toMatchObject({
		step: 'keep',
		form: { fields: { target: 'x@db:2222', key: 'k.pub', connector: '' } },
	});
	expect(press([...typed, 'x'])).toMatchObject({ step: 'keep' });
	expect(press([...typed, 'y'])).toMatchObject({ kind: 'target', keep: true, fields: { target: 'x@db:2222' } });
	expect(press([...typed, 'n'])).toMatchObject({ kind: 'target', keep: false });
	expect(press([...typed, 'esc'])).toMatchObject({ step: 'form' });
	expect(press(typed, { mayKeep: false })).toMatchObject({ kind: 'target', keep: false });
	expect(startLines({ ...page, mayKeep: false }, startState, 80, 24).join('\n')).not.toContain('keep');
	const asked = startLines(page, press(typed) as StartState, 80, 24).join('\n');
	expect(asked).toContain('Keep it in /root/.config/vpmon/vpmon.yaml?');
	expect(plain(asked)).toContain('y yes  n only check it');
});

test('what is wrong is said, and what was typed stays', () => {
	const state = press(['a', ...'nonsense', 'tab', 'tab', 'enter'], { problemOf: () => '"nonsense" is no target.' });
	expect(state).toMatchObject({ step: 'form', form: { problem: '"nonsense" is no target.' } });
	expect(startLines(page, state as StartState, 80, 24).join('\n')).toMatch(/nonsense[\s\S]*is no target/);
	expect(pressOnStart(state as StartState, 'shift-tab', page)).toMatchObject({ form: { at: 'key' } });
	expect(pasteIntoForm(emptyForm, ' root@db1\nmore\u001b[2J')).toMatchObject({
		fields: { target: 'root@db1' },
		problem: null,
	});
	// A line break to some terminals, and to Unicode (categories Zl and Zp).
	expect(pasteIntoForm(emptyForm, 'root\u2029@db1\u2028')).toMatchObject({ fields: { target: 'root@db1' } });
});

test('fields become what the inventory holds', () => {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	try {
		const key = join(directory, 'safe.pub');
		const fields = { target: ' deploy@db1.example:2222 ', key, connector: 'docker:agent' };
		expect(problemOfFields(fields)).toContain(`There is no file ${key}.`);
		writeFileSync(key, 'ssh-ed25519 AAAA');
		expect(problemOfFields(fields)).toBeNull();
		expect(entriesOf(fields)).toEqual({
			connector: { name: 'agent', runtime: 'docker', container: 'agent' },
			safe: {
				name: 'deploy@db1.example:2222',
				connector: 'agent',
				host: 'db1.example',
				port: 2222,
				username: 'deploy',
				credential: { type: 'ssh-key', publicKey: key },
			},
		});
		expect(entriesOf({ target: 'root@[::1]', key: '', connector: '' })).toEqual({
			connector: { name: 'this-host', runtime: 'none' },
			safe: {
				name: 'root@[::1]:22',
				connector: 'this-host',
				host: '::1',
				username: 'root',
				credential: { type: 'password' },
			},
		});
		expect(problemOfFields({ target: '', key: '', connector: '' })).toContain('Type the target first');
		expect(problemOfFields({ target: 'nobody', key: '', connector: '' })).toContain('"nobody" is no target');
		expect(problemOfFields({ target: 'a@b', key: '', connector: 'podman' })).toContain(
			'Write docker:NAME or systemd:UNIT',
		);
	} finally {
		rmSync(directory, { recursive: true });
	}
});
