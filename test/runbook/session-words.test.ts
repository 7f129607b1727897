import { expect, test } from 'vitest';
import type { Cause } from '../../source/domain/cause.ts';
import { type CheckId, type CheckResult, makeChecks, rowsOf, unmeasuredRow } from '../../source/domain/check.ts';
import type { LogProof } from '../../source/domain/evidence.ts';
import { describeSessionWords, pastedProof, reconcile, strongerProof } from '../../source/runbook/session-words.ts';

const at = Date.parse('2026-11-22T02:05:40Z');
const user = { username: 'deploy' };

type RowPart = Partial<Pick<CheckResult, 'verdict' | 'summary' | 'cause'>>;

/** All five pass but for what is said. */
function rows(parts: Partial<Record<CheckId, RowPart>> = {}): readonly CheckResult[] {
	const checks = makeChecks((id) => ({
		...unmeasuredRow(id, 'here'),
		verdict: 'pass',
		summary: 'fine',
		measuredAt: '2026-11-22T02:06:00.000Z',
		...parts[id],
	}));
	return rowsOf({ checks });
}

const failing = (cause: Cause): RowPart => ({ verdict: 'fail', cause });
const skipped = (first: string): RowPart => ({ verdict: 'skip', summary: `not tried: ${first} first` });
const say = (text: string, given = rows()) => {
	const { summary, agrees } = reconcile({ text, at }, user, given);
	return [agrees, summary];
};

test('agrees with the row that fails', () => {
	const given = rows({ 'host-key': failing('host-key-mismatch'), username: skipped('host key') });
	const words = reconcile({ text: 'Host key verification failed.', at }, user, given);
	expect(words).toMatchObject({ known: true, check: 'host-key', agrees: true, summary: 'agrees with row 4' });
	expect(describeSessionWords(words, at)).toBe('Session said "Host key verification failed." 02:05: agrees with row 4');
	expect(describeSessionWords(words, at + 2 * 86_400_000)).toContain('" 22 Nov: agrees');
	expect(say('SSH connection refused', rows({ port: failing('port-refused') }))).toEqual([true, 'agrees with row 2']);
	// SSH does not say whether it is the user or the key: either row is meant.
	for (const text of ['Authentication failed', 'Permission denied (publickey)']) {
		expect(say(text, rows({ 'ssh-key': failing('user-or-key-rejected') }))).toEqual([true, 'agrees with row 5']);
	}
	expect(say('Authentication failed', rows({ username: failing('username-rejected') }))).toEqual([
		true,
		'agrees with row 3',
	]);
});

test('a row that passes has a reason of its own why the session failed', () => {
	expect(say('Host key verification failed')).toEqual([
		false,
		"the session says host key, row 4 passes: VaultPAM's record differs from our copy",
	]);
	expect(say('SSH connection refused')).toEqual([
		false,
		'the session says refused, row 2 passes now: it opened since, or the session left from another address',
	]);
	expect(say('Connector dc1 is offline')).toEqual([
		false,
		'the session says connector offline, row 1 passes now: the connector came back since, or the session went through another one',
	]);
	expect(say('attempted methods [none password]')[1]).toContain('row 3 passes: VaultPAM');
	expect(say('Server refused our key')[1]).toContain('row 5 passes: VaultPAM holds another private key');
	// Another row that fails is said too.
	expect(say('SSH connection refused', rows({ 'host-key': failing('host-key-mismatch') }))[1]).toMatch(
		/another address; row 4 fails$/,
	);
});

test('a row that fails differently, has nothing to compare with, was not tried, measured or cannot be tested', () => {
	expect(say('SSH connection refused', rows({ port: failing('port-timeout') }))).toEqual([
		false,
		'row 2 fails too, but says port timeout',
	]);
	expect(
		say(
			'REMOTE HOST IDENTIFICATION HAS CHANGED',
			rows({ 'host-key': { verdict: 'warn', cause: 'host-key-unrecorded' } }),
		),
	).toEqual([null, 'row 4 has nothing to compare with: our copy holds no host key']);
	expect(
		say('Host key verification failed', rows({ port: failing('port-timeout'), 'host-key': skipped('port') })),
	).toEqual([null, 'row 4 is not tried: port first; row 2 fails']);
	expect(
		say('Host key verification failed', rowsOf({ checks: makeChecks((id) => unmeasuredRow(id, 'here')) })),
	).toEqual([null, 'row 4 is not measured yet']);
	expect(say('Host key verification failed', rows({ 'host-key': { verdict: 'unknown', summary: 'cut off' } }))).toEqual(
		[null, 'row 4 does not tell: cut off'],
	);
	const untested = { verdict: 'untested', summary: 'password credential' } as const;
	expect(say('Permission denied (password)', rows({ username: untested, 'ssh-key': untested }))).toEqual([
		null,
		"row 3 is untested from here, so the session's words count: user or password",
	]);
});

test('a session that broke off after its login speaks against no row, nor one of which nobody says how far it came', () => {
	expect(say('client_loop: send disconnect: Broken pipe')).toEqual([
		null,
		'came after the login, and the rows test how a session begins',
	]);
	expect(say('Timeout, server db1 not responding.', rows({ port: failing('port-timeout') }))).toEqual([
		null,
		'came after the login, and the rows test how a session begins; row 2 fails',
	]);
	expect(say('Connection closed by 10.0.0.5 port 22')).toEqual([
		null,
		'row 2 passes now; the words do not say how far the session came',
	]);
	expect(say('Connection closed by 10.0.0.5 port 22', rows({ port: failing('connection-reset') }))[0]).toBe(true);
});

test('a symptom fits every cause', () => {
	expect(say('a spinner', rows({ port: failing('port-timeout') }))).toEqual([true, 'fits row 2, which fails']);
	expect(say('a spinner')).toEqual([null, 'each of the five causes looks like this; no row fails from here']);
});

test('a text that nobody knows is said to be none of the runbook’s messages', () => {
	const words = reconcile({ text: 'ERR_4711\nmore', at }, user, rows());
	expect(words).toMatchObject({ known: false, check: null, causes: [], agrees: null, quote: 'ERR_4711' });
	expect(describeSessionWords(words, at)).toBe(
		`Session said "ERR_4711" 02:05, which is not one of the runbook's messages`,
	);
	const long = reconcile({ text: 'x'.repeat(500), at }, user, rows());
	expect(describeSessionWords(long, at).length).toBeLessThan(140);
});

test('of a long line the words that tell are shown, wherever they stand', () => {
	const tell = 'dial tcp 10.20.4.17:22: connect: connection refused';
	const before = '2026-11-22T02:07:02Z ERROR session failed safe=db-primary user=postgres target=db1.corp.example:22';
	for (const text of [`${before} err="${tell}"`, `${tell} ${before}`, `${before} ${tell} ${before}`]) {
		const words = reconcile({ text, at }, user, rows());
		expect(words.quote.length).toBeLessThanOrEqual(72);
		const shown = describeSessionWords(words, at);
		expect(shown).toContain('connection refused');
		// Cut once, not twice.
		expect(shown).toContain(`"${words.quote}"`);
	}
	const middle = reconcile({ text: `${before} ${tell} ${before}`, at }, user, rows());
	expect(middle.quote).toMatch(/^….*connection refused.*…$/);
	const framed = `Nov 22 02:07:02 db1 sshd[4711]: Invalid user ${'long name '.repeat(8)}from 10.0.0.2 port 41232`;
	expect(reconcile({ text: framed, at }, user, rows()).quote).toMatch(/^Invalid user long name/);
});

test('a line of the target’s log decides where it names this user, and says whose it is where not', () => {
	const text = 'Invalid user deploy from 10.0.0.2 port 41232';
	expect(say(text, rows({ username: failing('username-rejected') }))).toEqual([true, 'decides row 3']);
	expect(say(text)).toEqual([false, 'the line says unknown user, row 3 passes: the target accepts the key now']);
	expect(say('Invalid user bob from 10.0.0.2 port 41232', rows({ username: failing('username-rejected') }))).toEqual([
		null,
		'is about "bob", not about this Safe\'s user "deploy"',
	]);
	// Of several users' lines, the one about this user is what counts.
	const two = 'Invalid user bob from 10.0.0.2 port 41232\nFailed publickey for deploy from 10.0.0.2 port 41240 ssh2';
	expect(say(two, rows({ 'ssh-key': failing('key-rejected') }))).toEqual([true, 'decides row 5']);
	expect(say('bad ownership or modes for file /home/bob/.ssh/authorized_keys')[1]).toBe(
		'is about "/home/bob/.ssh/authorized_keys", not about this Safe\'s user "deploy"',
	);
	expect(pastedProof({ text, at }, user)?.says).toBe('user-unknown');
	expect(pastedProof({ text, at }, { username: 'Deploy' })).toBeNull();
	expect(pastedProof(null, user)).toBeNull();
});

test('what the connector’s log proved of our own question goes before what was pasted, unless that says more', () => {
	const proof = (says: LogProof['says'], from: string): LogProof => ({ says, line: says, from });
	expect(strongerProof(proof('user-known', 'log'), proof('user-unknown', 'paste'))?.from).toBe('log');
	expect(strongerProof(proof('user-known', 'log'), proof('key-refused', 'paste'))?.from).toBe('paste');
	expect(strongerProof(null, proof('user-unknown', 'paste'))?.from).toBe('paste');
	expect(strongerProof(proof('user-unknown', 'log'), null)?.from).toBe('log');
});

test('what a target decides after it accepted the key is not waved aside by a key query that passed', () => {
	for (const text of [
		'This account is currently not available.',
		'Your account has expired; please contact your system administrator.',
		'deploy@10.1.1.1: Permission denied (keyboard-interactive).',
		'fatal: Access denied for user deploy by PAM account configuration [preauth]',
	]) {
		const [agrees, summary] = say(text);
		expect([text, agrees]).toEqual([text, false]);
		expect(summary).toContain('once it has accepted the key, so these words count');
	}
});
