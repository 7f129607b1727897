import { expect, test } from 'vitest';
import type { BudgetRefusal } from '../../source/domain/evidence.ts';
import type { Writer } from '../../source/domain/measurement.ts';
import { provenancePhrase } from '../../source/runbook/judgement.ts';

/** Whose evidence a row tells, and why there is none that is newer. */

const self: Writer = { program: 'screen', uid: 1000, user: 'anna' };
const ours: Writer = { program: 'exporter', uid: 1000, user: 'anna' };
const theirs: Writer = { program: 'exporter', uid: 999, user: 'vpmon' };
const measuredAt = '2026-11-22T16:11:28.000Z';
const refusal: BudgetRefusal = {
	reason: 'refused-queries',
	freeAt: '2026-11-22T16:21:40.000Z',
	detail: '4 questions were refused',
};
const phrase = (writer: Writer | null, why: BudgetRefusal | null = null) =>
	provenancePhrase({ measuredAt, writer, refusal: why }, self);

test('nothing of what this program measured just now', () => {
	expect(phrase(self)).toBe('');
	expect(phrase(null)).toBe('');
});

test('another program by its name, another user with it', () => {
	expect(phrase(ours)).toBe('; 16:11:28 by exporter');
	expect(phrase(theirs)).toBe('; 16:11:28 by exporter of vpmon');
	// Another screen of the same user is not this one.
	expect(phrase({ ...self })).toBe('; 16:11:28 by screen');
});

test('the budget forbids: as of when, by whom, and when it is free', () => {
	expect(phrase(self, refusal)).toBe('; as of 16:11:28, free again at 16:21:40');
	expect(phrase(theirs, refusal)).toBe('; as of 16:11:28 by exporter of vpmon, free again at 16:21:40');
	expect(phrase(self, { ...refusal, freeAt: null })).toBe('; as of 16:11:28, 4 questions were refused');
});
