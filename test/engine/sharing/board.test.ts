import { afterEach, expect, test, vi } from 'vitest';
import { Board } from '../../../source/engine/sharing/board.ts';
import {
	beganSince,
	fromNowOn,
	isNewer,
	withinInterval,
	youngerThan,
} from '../../../source/engine/sharing/freshness.ts';
import { authEvidence, connectionEvidence, hostKey, measurement, measurementKey } from '../../helpers/measurement.ts';

afterEach(() => void vi.useRealTimers());
const now = Date.now();

test('the newest of each part stands, whatever order they come in', () => {
	const board = new Board();
	const newer = measurement(undefined, { at: now, run: 'newer' });
	expect(board.take([newer])).toEqual([newer]);
	expect(board.take([measurement(undefined, { at: now - 1, run: 'older' }), newer])).toEqual([]);
	expect(board.at(measurementKey)?.connections?.run).toBe('newer');
});

test('a run that goes on tells of more connections', () => {
	const board = new Board();
	const first = measurement(undefined, { at: now });
	const evidence = [connectionEvidence(), connectionEvidence()];
	const more = { ...measurement({ part: 'connections', evidence }, { at: now }), endedAt: first.endedAt + 10 };
	board.take([first]);
	expect(board.take([more])).toEqual([more]);
	expect(board.take([first, { ...more, run: 'another of that moment', endedAt: more.endedAt + 1 }])).toEqual([]);
	expect(board.at(measurementKey)?.connections?.evidence).toHaveLength(2);
});

test('host keys by type and fingerprint, answers by user and key, stand beside each other', () => {
	const board = new Board();
	const keys = [hostKey('a'), hostKey('b'), hostKey('a', 'ssh-rsa')];
	board.take(keys.map((evidence) => measurement({ part: 'host-key', evidence })));
	const answers = [{}, { username: 'backup' }, { key: null }].map((changes) => authEvidence(changes));
	const connection = connectionEvidence();
	board.take(answers.map((auth) => measurement({ part: 'answer', evidence: { auth, connection } })));
	expect(board.at(measurementKey)?.hostKeys.size).toBe(3);
	expect(board.at(measurementKey)?.answers.size).toBe(3);
	expect(board.at({ ...measurementKey, origin: 'container 1' })).toBeNull();
});

test('what was begun before the clock was set back makes room', () => {
	vi.useFakeTimers({ toFake: ['Date'] });
	const board = new Board();
	board.take([measurement(undefined, { at: Date.now(), run: 'ahead' })]);
	vi.setSystemTime(Date.now() - 3_600_000);
	board.take([measurement(undefined, { at: Date.now(), run: 'right' })]);
	expect(board.at(measurementKey)?.connections?.run).toBe('right');
});

test('fresh is what began after a time, and not in the future', () => {
	expect(beganSince(now - 1, now - 1, now)).toBe(false);
	expect(beganSince(now, now - 1, now)).toBe(true);
	expect(beganSince(now + 4000, now - 1, now)).toBe(true);
	expect(beganSince(now + 3_600_000, now - 1, now)).toBe(false);
	expect(isNewer(now, now + 3_600_000, now)).toBe(true);
	expect(isNewer(now, now + 4000, now)).toBe(false);
	expect(isNewer(now, now, now)).toBe(false);
});

test('who asks how', () => {
	vi.useFakeTimers({ toFake: ['Date'], now });
	expect(fromNowOn()).toEqual({ passing: now, failing: now, asksAnew: true, onlyTrusted: false });
	expect(fromNowOn(true).onlyTrusted).toBe(true);
	expect(withinInterval(300_000)).toEqual({ passing: now - 300_000, failing: now - 300_000 });
	expect(youngerThan(10_000)).toEqual({ passing: now - 10_000, failing: now });
	expect(youngerThan(10_000, true)).toEqual({ passing: now - 10_000, failing: now - 10_000 });
});
