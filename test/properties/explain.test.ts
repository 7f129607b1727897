import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { explain } from '../../source/runbook/explain.ts';
import { longestQuote, normalizeError } from '../../source/runbook/find-message.ts';
import { controlPieces, harmful, holds, propertyTimeout, textOf } from '../helpers/properties.ts';

type Sample = { readonly text: string; readonly message: string | null };
const { samples } = parse(readFileSync(new URL('../../fixtures/messages.yaml', import.meta.url), 'utf8')) as {
	samples: Sample[];
};
const known = samples.filter(({ message }) => message !== null);
const words = [...new Set(samples.flatMap(({ text }) => text.split(/\s+/)))];
const text = textOf([...words, ...words.map((word) => `${word} `), ' ', '\n', ...controlPieces], 30);

test(
	'any words are explained or not, in words that can be shown',
	() =>
		holds(
			fc.property(text, (given) => {
				const tidy = normalizeError(given);
				const found = explain(tidy);
				if (found === null) return;
				expect(found.quote.length).toBeLessThanOrEqual(longestQuote);
				for (const shown of [found.quote, ...found.users]) {
					expect(shown).not.toMatch(harmful);
					expect(shown).not.toContain('\n');
				}
				for (const { steps } of found.causes) expect(steps.length).toBeGreaterThan(0);
			}),
			700,
		),
	propertyTimeout,
);

test(
	'a message is known whatever colours, blank lines and line ends stand around it',
	() =>
		holds(
			fc.property(
				fc.constantFrom(...known),
				fc.constantFrom('', '\n', '\r\n\r\n', '\u001b[31m', '\u001b]0;x\u0007', '   '),
				fc.constantFrom('', '\n', '\r\n', '\u001b[0m\r\n', ' '),
				({ text: message }, before, after) => {
					expect(explain(normalizeError(`${before}${message}${after}`))).toEqual(explain(normalizeError(message)));
				},
			),
			300,
		),
	propertyTimeout,
);

test(
	'nothing takes long, however often it is said',
	() =>
		holds(
			fc.property(
				fc.array(fc.constantFrom(...words, ' ', '\n', '(', '"', '@', '.', '/', '['), { minLength: 1, maxLength: 4 }),
				(parts) => {
					const unit = parts.join(' ');
					const long = unit.repeat(Math.ceil(20_000 / unit.length));
					const started = performance.now();
					explain(normalizeError(long));
					expect(performance.now() - started).toBeLessThan(2000);
				},
			),
			8,
		),
	propertyTimeout,
);
