import fc from 'fast-check';
import type { Key } from 'ink';
import { expect, test } from 'vitest';
import { chordsOf } from '../../source/ui/chord.ts';
import { controlPieces, holds, propertyTimeout, textOf } from '../helpers/properties.ts';

const names = [
	'escape',
	'return',
	'tab',
	'shift',
	'backspace',
	'delete',
	'upArrow',
	'downArrow',
	'leftArrow',
	'rightArrow',
	'pageUp',
	'pageDown',
	'home',
	'end',
	'ctrl',
	'meta',
] as const;
const key = fc
	.subarray([...names], { maxLength: 3 })
	.map((held) => Object.fromEntries(held.map((name) => [name, true])) as Partial<Key> as Key);
const input = textOf(['j', 'é', '👩‍💻', ' ', ...controlPieces], 6);

test(
	'every event is chords with names that can be shown and dictated',
	() =>
		holds(
			fc.property(input, key, (text, held) => {
				for (const chord of chordsOf(text, held)) {
					expect(chord).not.toBe('');
					expect(chord).not.toMatch(/[\u0000-\u0020\u007f-\u009f]/);
				}
			}),
			1000,
		),
	propertyTimeout,
);

test(
	'characters without a held key are pressed one by one, none left out, in their order',
	() =>
		holds(
			fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
				expect(
					chordsOf(text, {} as Key)
						.map((chord) => (chord === 'space' ? ' ' : chord))
						.join(''),
				).toBe(text);
			}),
			300,
		),
	propertyTimeout,
);
