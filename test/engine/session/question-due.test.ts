import { expect, test } from 'vitest';
import type { AuthEvidence } from '../../../source/domain/evidence.ts';
import { isQuestionDue, questionAbout } from '../../../source/engine/session/question-due.ts';
import { noSafeFacts } from '../../../source/engine/session/safe-facts.ts';
import { authEvidence, connectionEvidence } from '../../helpers/measurement.ts';
import { plainSafe } from '../../helpers/plain-safe.ts';

const now = Date.now();
const minute = 60_000;
const answeredAt = (at: number, answer: AuthEvidence['answer'], about = 'this') => ({
	...noSafeFacts,
	askedAbout: about,
	auth: { auth: authEvidence({ answer }), connection: connectionEvidence({ startedAt: new Date(at).toISOString() }) },
});
const due = (minutesAgo: number, answer: AuthEvidence['answer'], from: number | null = null) =>
	isQuestionDue(answeredAt(now - minutesAgo * minute, answer), 'this', from, now);

test('a question that was not answered, or was about something else, is due', () => {
	expect(isQuestionDue(noSafeFacts, 'this', null, now)).toBe(true);
	expect(isQuestionDue(answeredAt(now, 'accepted', 'another key'), 'this', null, now)).toBe(true);
	expect(isQuestionDue(answeredAt(now, 'accepted'), 'this', null, now)).toBe(false);
});

test('how long an answer holds', () => {
	for (const answer of ['accepted', 'open'] as const) {
		expect(due(29, answer)).toBe(false);
		expect(due(30, answer)).toBe(true);
	}
	expect(due(4, 'none')).toBe(false);
	expect(due(5, 'none')).toBe(true);
	expect(due(1000, 'refused')).toBe(false);
});

test('who asks from a time on takes no answer from before, whatever it was', () => {
	for (const answer of ['accepted', 'open', 'none', 'refused'] as const) {
		expect(due(1, answer, now - 2 * minute), answer).toBe(false);
		expect(due(3, answer, now - 2 * minute), answer).toBe(true);
		// The clock was set back meanwhile.
		expect(due(-60, answer, now - 2 * minute), answer).toBe(true);
		expect(due(-60, answer), answer).toBe(true);
	}
});

test('it is about user, target, stored host key and key', () => {
	const key = { ok: true, type: 'ssh-ed25519', bits: null, fingerprint: 'SHA256:k', from: 'key.pub' } as const;
	const other = { ...key, fingerprint: 'SHA256:o' };
	const hostKey = { type: null, fingerprint: 'SHA256:h' };
	const abouts = [
		questionAbout(plainSafe, key),
		questionAbout(plainSafe, other),
		questionAbout(plainSafe, null),
		questionAbout({ ...plainSafe, username: 'other' }, key),
		questionAbout({ ...plainSafe, host: 'other' }, key),
		questionAbout({ ...plainSafe, port: 23 }, key),
		questionAbout({ ...plainSafe, hostKey }, key),
	];
	expect(new Set(abouts).size).toBe(abouts.length);
	expect(questionAbout({ ...plainSafe, name: 'renamed', sensitive: true }, key)).toBe(abouts[0]);
});
