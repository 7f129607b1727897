import { expect, test } from 'vitest';
import { clipboardSequence, createClipboard } from '../../source/ui/clipboard.ts';

const encoded = Buffer.from('hello').toString('base64');
const plain = `\u001b]52;c;${encoded}\u0007`;

function clipboardIn(environment: Record<string, string>, answers: readonly boolean[] = []) {
	const written: string[] = [];
	const loads: Array<[string, boolean]> = [];
	const left = [...answers];
	const copy = createClipboard({
		environment,
		write: (sequence) => written.push(sequence),
		loadTmux: async (text, passOn) => {
			loads.push([text, passOn]);
			return left.shift() ?? false;
		},
	});
	return { copy, written, loads };
}

test('a terminal is sent OSC 52, and nobody claims to know that it took it', async () => {
	const { copy, written, loads } = clipboardIn({ TERM: 'xterm-256color', SSH_CONNECTION: '10.0.0.1 5 10.0.0.2 22' });
	expect(await copy('hello')).toEqual({ ok: true, where: ', if your terminal takes it' });
	expect(written).toEqual([plain]);
	expect(loads).toEqual([]);
});

test('inside tmux its own command takes it and passes it on; nothing is written past it', async () => {
	const { copy, written, loads } = clipboardIn({ TMUX: '/tmp/tmux,1,0', TERM: 'screen-256color' }, [true]);
	expect(await copy('hello')).toEqual({ ok: true, where: ' to tmux and, if it takes that, your terminal' });
	expect(loads).toEqual([['hello', true]]);
	expect(written).toEqual([]);
});

test('a tmux before 3.2 has the text in its buffer, the terminal is sent it through tmux', async () => {
	const { copy, written, loads } = clipboardIn({ TMUX: '/tmp/tmux,1,0' }, [false, true]);
	expect(await copy('hello')).toEqual({ ok: true, where: ' to tmux and, if it takes that, your terminal' });
	expect(loads).toEqual([
		['hello', true],
		['hello', false],
	]);
	expect(written).toEqual([`\u001bPtmux;\u001b\u001b]52;c;${encoded}\u0007\u001b\\${plain}`]);
});

test('a tmux whose program is not there is passed through', async () => {
	const { copy } = clipboardIn({ TMUX: '/tmp/tmux,1,0' }, [false, false]);
	expect(await copy('hello')).toEqual({ ok: true, where: ', if your terminal takes it' });
});

test('GNU screen passes on short pieces, each wrapped', () => {
	const long = 'A'.repeat(1000);
	const sequence = clipboardSequence(long, { STY: '12.pts-0.host', TERM: 'screen' });
	const pieces = [...sequence.matchAll(/\u001bP([\s\S]*?)\u001b\\/g)].map(([, piece = '']) => piece);
	expect(pieces.join('')).toBe(`\u001b]52;c;${long}\u0007`);
	expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(240);
	expect(sequence.replace(/\u001bP[\s\S]*?\u001b\\/g, '')).toBe('');
});

test('a tmux beyond SSH, seen in TERM alone, is sent both ways in', () => {
	expect(clipboardSequence(encoded, { TERM: 'tmux-256color' })).toContain(plain);
	expect(clipboardSequence(encoded, { TERM: 'tmux-256color' })).toContain('\u001bPtmux;');
});

test('what is too long for a terminal is said, and in tmux still taken', async () => {
	const long = 'x'.repeat(56_246);
	const outside = clipboardIn({ TERM: 'xterm' });
	expect(await outside.copy(long)).toEqual({
		ok: false,
		reason: 'too long for the clipboard of a terminal: 55 KB of at most 54',
	});
	expect(outside.written).toEqual([]);
	const inside = clipboardIn({ TMUX: '/tmp/tmux,1,0' }, [true]);
	expect(await inside.copy(long)).toEqual({ ok: true, where: ' to tmux alone: too long for your terminal' });
	expect(inside.loads[0]?.[1]).toBe(false);
	expect(await clipboardIn({ TERM: 'xterm' }).copy('x'.repeat(56_244))).toMatchObject({ ok: true });
});

test('the Linux console is sent nothing it would not know', async () => {
	const { copy, written } = clipboardIn({ TERM: 'linux' });
	expect(await copy('hello')).toEqual({ ok: false, reason: 'the Linux console has no clipboard' });
	expect(written).toEqual([]);
});
