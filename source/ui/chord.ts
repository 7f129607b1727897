import type { Key } from 'ink';

/**
 * A key press by its name: `r`, `R`, `?`, `space`, `enter`, `esc`, `tab`, `shift-tab`, `up`, `page-down`, `ctrl-c`, `alt-x`.
 * Terminals send several at once when somebody types fast, so one event can be many chords.
 */
export function chordsOf(input: string, key: Key): string[] {
	const named = namedKey(key);
	// Esc and then one of these, in one breath; with other keys the terminal itself tells that Alt is held.
	if (key.meta && (named === 'tab' || named === 'enter' || named === 'esc')) return ['esc', named];
	if (named !== null) return [named];
	const names = key.ctrl && input !== '' ? [`ctrl-${controlNames[input] ?? input}`] : [...input].map(nameOf);
	const characters = names.filter((name) => !nameless.test(name));
	// No key of ours is Alt and ctrl together: that is Esc, and then the other.
	if (key.ctrl) return key.meta && characters.length > 0 ? ['esc', ...characters] : characters;
	return key.meta && characters.length > 0 ? [`alt-${characters[0]}`, ...characters.slice(1)] : characters;
}

/** Control characters that no key stands for: pieces of a sequence that the terminal itself answers with. */
const nameless = /[\u0000-\u0020\u007f-\u009f]/;

function namedKey(key: Key): string | null {
	if (key.escape) return 'esc';
	if (key.return) return 'enter';
	if (key.tab) return key.shift ? 'shift-tab' : 'tab';
	if (key.backspace || key.delete) return 'backspace';
	if (key.upArrow) return 'up';
	if (key.downArrow) return 'down';
	if (key.leftArrow) return 'left';
	if (key.rightArrow) return 'right';
	if (key.pageUp) return 'page-up';
	if (key.pageDown) return 'page-down';
	if (key.home) return 'home';
	if (key.end) return 'end';
	return null;
}

const controlNames: Readonly<Record<string, string>> = {
	' ': 'space',
	'\r': 'enter',
	'\n': 'enter',
	'\t': 'tab',
	'\u001b': 'esc',
	'\u007f': 'backspace',
	'\b': 'backspace',
};

function nameOf(character: string): string {
	const named = controlNames[character];
	if (named !== undefined) return named;
	// ctrl and a letter is that letter's place in the alphabet.
	const code = character.codePointAt(0) ?? 0;
	return code >= 1 && code <= 26 ? `ctrl-${String.fromCodePoint(code + 96)}` : character;
}
