import { afterEach, expect, test, vi } from 'vitest';
import type { Writer } from '../../../source/domain/measurement.ts';
import { createSession } from '../../../source/engine/session/create-session.ts';
import { factsOf } from '../../../source/engine/session/read.ts';
import { reportedForMs, shareReportedErrors } from '../../../source/engine/sharing/share-reported-errors.ts';
import { createSiteSharing } from '../../../source/engine/sharing/site-sharing.ts';
import { parseInventory } from '../../../source/inventory/file.ts';
import { describeSessionWords } from '../../../source/runbook/session-words.ts';
import { publicKey } from '../../helpers/keys.ts';
import { safeNamed } from '../../helpers/learn.ts';
import { siteMemories } from '../../helpers/site-memory.ts';
import { giveItAMoment } from '../../helpers/system.ts';

const site = siteMemories();
const anna: Writer = { program: 'screen', uid: 1001, user: 'anna' };
const ben: Writer = { program: 'screen', uid: 1002, user: 'ben' };

let stops: Array<() => void> = [];
afterEach(() => {
	for (const stop of stops) stop();
	stops = [];
	vi.useRealTimers();
});

/** A program with one Safe, which each inventory may call as it likes. */
async function start(self: Writer, name = 'db', part = '', settings = '') {
	const text = `version: 1
settings: {${settings}}
connectors: [{name: dc1, runtime: none}]
safes:
  - {name: ${name}, host: 10.0.0.1, username: deploy, connector: dc1, credential: {type: ssh-key, publicKey: '${publicKey('user-a')}'}${part}}
`;
	const inventory = parseInventory(text, '/etc/vpmon/vpmon.yaml');
	const session = createSession(inventory, 'here', { self });
	const shared = await site.open(self);
	const sites = Promise.resolve({ shared, own: null });
	const sharing = createSiteSharing({ self, sites, isShared: () => inventory.settings.share });
	const errors = shareReportedErrors({ session, sharing });
	stops.push(errors.stop);
	await errors.ready;
	const safe = safeNamed(session, name);
	const given = () => factsOf(session, safe).reportedError;
	const words = () => session.safe(name)?.result.sessionWords;
	return { session, shared, errors, safe, given, words, report: (said: string) => errors.report(safe, said) };
}

test('a text that one person gives is on the screens of all, under that name, until somebody takes it away', async () => {
	const [one, two] = [await start(anna), await start(ben, 'primary')];
	one.report('Host key verification failed\u001b[2J');
	await vi.waitFor(() => expect(one.shared.reportedErrors().size).toBe(1));
	two.shared.poll();
	await vi.waitFor(() => expect(two.given()).toMatchObject({ text: 'Host key verification failed', by: anna }));
	const words = two.words();
	if (words === undefined) throw new Error('no words');
	expect(words.givenBy).toBe('anna');
	expect(describeSessionWords(words, Date.now())).toMatch(
		/^Session said "Host key verification failed", given by anna \d\d:\d\d: /,
	);
	// For whom it was given, nobody else gave it.
	expect(one.words()?.givenBy).toBeNull();
	const late = await start({ ...ben, program: 'check' });
	expect(late.given()).toMatchObject({ by: anna, at: one.given()?.at });
	two.report('');
	await vi.waitFor(() => expect(two.shared.reportedErrors().size).toBe(0));
	one.shared.poll();
	await vi.waitFor(() => expect(one.given()).toBeNull());
	expect(two.given()).toBeNull();
});

test('the newer text counts', async () => {
	const [one, two] = [await start(anna), await start(ben)];
	one.report('Permission denied');
	await vi.waitFor(() => expect(one.shared.reportedErrors().size).toBe(1));
	two.shared.poll();
	await vi.waitFor(() => expect(two.given()?.text).toBe('Permission denied'));
	await nextMillisecond();
	two.report('Connection refused');
	await vi.waitFor(() => expect([...two.shared.reportedErrors().values()][0]?.text).toBe('Connection refused'));
	one.shared.poll();
	await vi.waitFor(() => expect(one.given()).toMatchObject({ text: 'Connection refused', by: ben }));
});

test('another key, user or host key is another Safe; nothing leaves a sensitive one, and nothing where nothing is shared', async () => {
	const one = await start(anna);
	one.report('Permission denied');
	await vi.waitFor(() => expect(one.shared.reportedErrors().size).toBe(1));
	const hostKey = ", hostKey: 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'";
	for (const other of [await start(ben, 'db', hostKey), await start(ben, 'db', '', 'share: false')])
		expect(other.given()).toBeNull();
	const secret = await start(ben, 'db', ', sensitive: true');
	expect(secret.given()).toBeNull();
	secret.report('Connection refused');
	const alone = await start(ben, 'db', '', 'share: false');
	alone.report('Connection refused');
	await giveItAMoment();
	one.shared.poll();
	expect([...one.shared.reportedErrors().values()].map(({ text }) => text)).toEqual(['Permission denied']);
	expect(alone.given()?.text).toBe('Connection refused');
});

test('after a day it is over, also on the screen that is open all the time', async () => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
	const one = await start(anna, 'db', '', 'share: false');
	one.report('Permission denied');
	vi.advanceTimersByTime(reportedForMs - 1000);
	expect(one.given()?.text).toBe('Permission denied');
	vi.advanceTimersByTime(2000);
	expect(one.given()).toBeNull();
});

/** Times are told in whole milliseconds. */
async function nextMillisecond(): Promise<void> {
	const now = Date.now();
	await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(now), { interval: 1 });
}
