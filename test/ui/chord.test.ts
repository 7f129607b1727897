import type { Key } from 'ink';
import { expect, test } from 'vitest';
import { chordsOf } from '../../source/ui/chord.ts';

const key = (part: Partial<Key> = {}) => part as Key;

test('keys that arrive in one event are pressed one after the other', () => {
	expect(chordsOf('jj', key())).toEqual(['j', 'j']);
	expect(chordsOf('j\r', key())).toEqual(['j', 'enter']);
	expect(chordsOf('/abc\r', key())).toEqual(['/', 'a', 'b', 'c', 'enter']);
	expect(chordsOf('é👩', key())).toEqual(['é', '👩']);
});

test('named keys', () => {
	expect(chordsOf('', key({ upArrow: true }))).toEqual(['up']);
	expect(chordsOf('', key({ tab: true, shift: true }))).toEqual(['shift-tab']);
	expect(chordsOf('c', key({ ctrl: true }))).toEqual(['ctrl-c']);
	expect(chordsOf('', key({ escape: true }))).toEqual(['esc']);
	expect(chordsOf(' ', key())).toEqual(['space']);
});

test('Esc and a letter in one breath', () => {
	expect(chordsOf('x', key({ meta: true }))).toEqual(['alt-x']);
	expect(chordsOf('', key({ tab: true, meta: true }))).toEqual(['esc', 'tab']);
	expect(chordsOf('', key({ upArrow: true, meta: true }))).toEqual(['up']);
	expect(chordsOf('', key({ escape: true, meta: true }))).toEqual(['esc', 'esc']);
	expect(chordsOf('', key({ return: true, meta: true }))).toEqual(['esc', 'enter']);
	expect(chordsOf('z', key({ ctrl: true, meta: true }))).toEqual(['esc', 'ctrl-z']);
});

test('control characters that are no key are none', () => {
	expect(chordsOf('\u009bj\u0000', key())).toEqual(['j']);
	expect(chordsOf('\u001c', key({ ctrl: true }))).toEqual([]);
});
