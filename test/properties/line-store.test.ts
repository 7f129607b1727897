import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineStore } from '../../source/logs/line-store.ts';
import { holds, propertyTimeout } from '../helpers/properties.ts';

const capacity = 5;
const kept = fc.record({
	time: fc.option(fc.integer({ min: 0, max: 4e12 })),
	// From nothing to more than a piece of memory holds, of one to four bytes a character.
	text: fc.oneof(
		fc.string({ unit: 'grapheme', maxLength: 20 }),
		fc.constantFrom('x', 'é', 'safe 日', 'X off', 'off x', 'xx'),
		fc
			.tuple(fc.constantFrom('x', 'é', '日', '😀'), fc.integer({ min: 10_000, max: 70_000 }))
			.map(([sign, count]) => sign.repeat(count)),
	),
	kind: fc.constantFrom('log', 'error', 'warning', 'notice'),
} as const);
/** With nothing of its kind beside it: so are names looked for. */
const alone = /(?<!\p{L})[xé日](?!\p{L})/iu;
const step = fc.oneof(
	fc.record({ to: fc.constant('behind' as const), line: kept }),
	fc.record({ to: fc.constant('before' as const), line: kept }),
	fc.record({ to: fc.constant('drop' as const), line: kept }),
);

test(
	'what is kept outside the heap comes back as it was, whatever was put behind, before and dropped',
	() =>
		holds(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const store = new LineStore(capacity);
				const model: Array<(typeof steps)[number]['line']> = [];
				for (const { to, line } of steps) {
					if (to === 'drop' || model.length === capacity) {
						if (model.length === 0) continue;
						store.shift();
						model.shift();
					}
					if (to === 'behind') {
						store.push(line);
						model.push(line);
					} else if (to === 'before') {
						store.unshift(line);
						model.unshift(line);
					}
					expect(model.map((_, index) => store.at(index))).toEqual(model);
					expect([store.length, store.at(model.length), store.at(-1)]).toEqual([model.length, undefined, undefined]);
					expect([...store.findLast(alone, 1)].toReversed()).toEqual(
						model.flatMap(({ text }, index) => (index >= 1 && alone.test(text) ? index : [])),
					);
					expect(store.bytes).toBe(model.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0));
				}
			}),
			60,
		),
	propertyTimeout,
);
