import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { causeTexts } from '../../source/runbook/causes.ts';
import { explain } from '../../source/runbook/explain.ts';
import { findMessage, longestText, normalizeError } from '../../source/runbook/find-message.ts';
import { messages } from '../../source/runbook/messages.ts';
import { readTargetLines } from '../../source/runbook/target-lines.ts';

type Sample = { text: string; message: string | null; quote?: string; user?: string; says?: string };

const { samples } = parse(readFileSync(new URL('../../fixtures/messages.yaml', import.meta.url), 'utf8')) as {
	samples: readonly Sample[];
};
const idOf = (text: string) => findMessage(normalizeError(text))?.message.id ?? null;

test.each(samples)('$text', ({ text, message, quote, user, says }) => {
	expect(idOf(text)).toBe(message);
	if (quote !== undefined) expect(findMessage(normalizeError(text))?.quote).toBe(quote);
	if (user !== undefined) {
		expect(readTargetLines(normalizeError(text), user).proof?.says).toBe(says);
		// Names are compared whole and by their case.
		for (const other of [user.toUpperCase(), `${user}2`, user.slice(1), 'from'])
			expect(readTargetLines(normalizeError(text), other).proof).toBeNull();
	}
});

test('every message has a sample, its own id, and causes in the order of the runbook', () => {
	expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
	const rows = ['connector', 'port', 'username', 'host-key', 'ssh-key'];
	for (const { id, check, causes, why, steps } of messages) {
		expect(
			samples.some(({ message }) => message === id),
			id,
		).toBe(true);
		const order = causes.map((cause) => rows.indexOf(causeTexts[cause].check));
		expect(order, id).toEqual(order.toSorted());
		expect([check], id).toContain(causes[0] === undefined ? check : causeTexts[causes[0]].check);
		// What has no cause of ours says itself what to do.
		if (causes.length === 0) expect([why, steps], id).not.toContain(undefined);
	}
});

test('case, line breaks, quotes, apostrophes, control sequences and what stands around do not matter', () => {
	for (const text of [
		'HOST KEY VERIFICATION FAILED',
		'Host key\nverification failed.',
		'Host key verifi\ncation failed',
		'“Host key verification failed”',
		'\u001b[31mHost key\u001b[0m   verification\tfailed\u0007',
		'2026-11-22T02:05:00Z ERROR [session 17] {"err":"Host key verification failed"} code=255',
		'Host key verification failed\r\n\r\n',
	]) {
		expect(idOf(text), text).toBe('host-key-verification-failed');
	}
	expect(idOf('The authenticity of host ‘db1’ can’t be established')).toBe('host-key-unknown');
	expect(idOf('Couldn’t agree a key exchange algorithm')).toBe('no-common-algorithm');
});

test('of many lines the most telling one wins, wherever it stands', () => {
	expect(idOf('connect: Connection refused\nretrying\nPermission denied (publickey).')).toBe(
		'permission-denied-publickey',
	);
	expect(
		findMessage('Permission denied (publickey).\nsshd[7]: Invalid user Deploy from 10.0.0.2 port 41232\nbye'),
	).toMatchObject({
		message: { id: 'target-invalid-user' },
		quote: 'Invalid user Deploy from 10.0.0.2 port 41232',
	});
});

test('a goodbye to an invalid user does not say that the user is unknown; the first words do', () => {
	const goodbye = 'Connection closed by invalid user deploy 10.0.0.2 port 41232 [preauth]';
	expect(readTargetLines(goodbye, 'deploy').proof?.says).toBe('user-refused');
	const notAllowed = 'User deploy from 10.0.0.2 not allowed because not listed in AllowUsers';
	expect(readTargetLines(`${goodbye}\n${notAllowed}`, 'deploy').proof).toEqual({
		says: 'user-not-allowed',
		line: notAllowed,
		from: 'the pasted line',
	});
	// A line that was broken where it was copied, and one about somebody else.
	expect(readTargetLines('sshd[7]: Invalid user\ndeploy from 10.0.0.2 port 41232', 'deploy').proof?.says).toBe(
		'user-unknown',
	);
	expect(readTargetLines('Invalid user bob from 10.0.0.2 port 41232', 'deploy')).toEqual({
		proof: null,
		named: ['bob'],
	});
	// A name that was made to look like more of the line.
	expect(readTargetLines('Invalid user deploy from x from 10.0.0.2 port 41232', 'deploy').proof).toBeNull();
});

test('the user of a cloud image’s text is the one who was turned away', () => {
	const text = 'Please login as the user "ubuntu" rather than the user "root".';
	expect(readTargetLines(text, 'root').proof?.says).toBe('user-not-allowed');
	expect(readTargetLines(text, 'ubuntu').proof).toBeNull();
});

test('secrets are gone before a text is kept', () => {
	const text = normalizeError('auth failed password=hunter2\n-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n');
	expect(text).not.toMatch(/hunter2|abc/);
});

test('a text made to be slow costs what any of its length costs', () => {
	const parts = ['user ', '"', "'", '@', 'host key for ', 'received disconnect from ', 'permission denied (', ' ', 'a'];
	parts.push(
		'connector ',
		'please login as the user x ',
		'attempted methods [',
		'authenticity of host ',
		'lookup x',
		'/a',
	);
	parts.push(
		'invalid user ',
		'failed password for ',
		'handshake failed: ',
		'bad ownership or modes for /',
		'session ',
		'\n',
	);
	parts.push(
		'invalid user x from ',
		'failed publickey for x from y ',
		'connector=x status=',
		'broken pipe ',
		'dispatch_run_fatal: ',
		'connect to host x port 2',
		"bad password attempt for 'x",
	);
	const time = (text: string) => {
		const started = performance.now();
		const tidy = normalizeError(text);
		findMessage(tidy);
		readTargetLines(tidy, 'deploy');
		return performance.now() - started;
	};
	time('x '.repeat(longestText / 2));
	for (const part of parts) {
		const long = part.repeat(Math.ceil(longestText / part.length)).slice(0, longestText);
		const short = long.slice(0, longestText / 8);
		// Linear is 8, quadratic 64, and a busy machine anything: the best of some tries. Below some milliseconds only noise is measured.
		let ratio = Number.POSITIVE_INFINITY;
		for (let tries = 5; tries > 0 && ratio >= 32; tries--) {
			ratio = Math.min(ratio, time(long) / Math.max(4, time(short)));
		}
		expect(ratio, JSON.stringify(part)).toBeLessThan(32);
	}
});

test('words of a session that was open prove no more and no less than that', () => {
	const provesOf = (text: string) => explain(normalizeError(text))?.proves;
	for (const text of [
		'Timeout, server 10.0.0.5 not responding.',
		'Read from remote host 10.0.0.5: Connection reset by peer',
		'Read from remote host 10.0.0.5: Operation timed out',
		'client_loop: send disconnect: Connection reset',
		'client_loop: send disconnect: Broken pipe',
	]) {
		expect(provesOf(text), text).toMatch(/login accepted/);
	}
	for (const text of [
		'Connection closed by 10.0.0.5 port 22',
		'Network error: Software caused connection abort',
		'Error: read ECONNRESET',
		'read tcp 10.0.0.2:41232->10.0.0.5:22: i/o timeout',
	]) {
		expect(provesOf(text), text).not.toMatch(/did not begin|No TCP connection|accepted/);
	}
});

test('no log line claims of root that only the password was wrong', () => {
	const why = (text: string) =>
		explain(normalizeError(text))
			?.causes.map((cause) => cause.why)
			.join();
	expect(why('Failed password for root from 10.0.0.2 port 41232 ssh2')).toContain('PermitRootLogin');
	expect(why('Failed password for deploy from 10.0.0.2 port 41232 ssh2')).not.toContain('PermitRootLogin');
});

test('what is explained has steps, and none that names a Safe', () => {
	for (const { text, message } of samples) {
		const explanation = explain(normalizeError(text));
		expect(explanation === null, text).toBe(message === null);
		for (const { steps, why } of explanation?.causes ?? []) {
			expect(steps.length, text).toBeGreaterThan(0);
			expect(why.length, text).toBeGreaterThan(0);
			for (const step of steps) expect(step).not.toMatch(/undefined|null|\[object/);
		}
	}
});

test('a quote is cut between characters, never in the middle of one', () => {
	const found = findMessage(`${'\u{1f512}'.repeat(60)} Connection refused ${'\u{1f512}'.repeat(60)}`);
	expect(found?.quote).toContain('Connection refused');
	expect(found?.quote).not.toMatch(/\p{Surrogate}/u);
});
