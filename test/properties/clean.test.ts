import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanLine, cleanText } from '../../source/domain/clean.ts';
import { cleanForeign, createSecretRemover } from '../../source/redact/secrets/secret-lines.ts';
import { normalizeError } from '../../source/runbook/find-message.ts';
import { controlPieces, harmful, holds, propertyTimeout, textOf } from '../helpers/properties.ts';

const text = textOf(controlPieces);

test(
	'of no text does a control character come through',
	() =>
		holds(
			fc.property(text, (given) => {
				for (const clean of [cleanText(given), cleanForeign(given), normalizeError(given)])
					expect(clean).not.toMatch(harmful);
				expect(cleanLine(given)).not.toMatch(/\n/);
				expect(cleanLine(given)).not.toMatch(harmful);
			}),
			2000,
		),
	propertyTimeout,
);

test(
	'what is clean stays as it is, and cleaning twice is cleaning once',
	() =>
		holds(
			fc.property(text, (given) => {
				const clean = cleanText(given);
				expect(cleanText(clean)).toBe(clean);
			}),
			2000,
		),
	propertyTimeout,
);

test(
	'no line hides the one after it',
	() =>
		holds(
			fc.property(text, (given) => {
				expect(cleanText(`${given}\nthe next line`)).toMatch(/(?:^|\n)the next line$/);
			}),
			1000,
		),
	propertyTimeout,
);

test(
	'secrets are taken out line by line without a line too many',
	() =>
		holds(
			fc.property(fc.array(text, { maxLength: 6 }), (lines) => {
				const removeSecrets = createSecretRemover();
				for (const line of lines) expect(removeSecrets(cleanLine(line)) ?? '').not.toMatch(harmful);
			}),
			500,
		),
	propertyTimeout,
);
