import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportOf } from '../../source/commands/check.ts';
import { rowsOf, type SafeResult } from '../../source/domain/check.ts';
import { writeReportOf } from '../helpers/report.ts';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let scenario: StartedScenario;
let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(async () => {
	await scenario.close();
	rmSync(directory, { recursive: true });
});

async function measured(name: string, change: (safe: Record<string, unknown>) => void = () => {}) {
	const file = readScenario(name);
	for (const safe of (file.inventory as { safes: Array<Record<string, unknown>> }).safes) change(safe);
	scenario = await startScenario(file);
	const { engine } = scenario;
	await engine.run(null, { trigger: 'command' });
	const [safe] = engine.session.get().inventory.safes;
	if (safe === undefined) throw new Error('no Safe');
	const result = () => {
		const found = engine.session.safe(safe.name)?.result;
		if (found === undefined) throw new Error('no result');
		return found;
	};
	return { engine, safe, result, keep: (text: string) => engine.session.learn({ kind: 'error reported', safe, text }) };
}

const verdicts = (result: SafeResult) =>
	rowsOf(result)
		.map(({ verdict }) => verdict)
		.join(' ');

test('a pasted line of the target tells the user from the key, and stops doing so when it is removed', async () => {
	const { engine, result, keep } = await measured('user-or-key');
	expect([result().cause, verdicts(result())]).toEqual(['user-or-key-rejected', 'pass pass unknown pass fail']);
	expect(result()).not.toHaveProperty('sessionWords');

	keep('Nov 22 02:07:02 db1 sshd[7]: Invalid user deploy from 10.9.9.9 port 50000');
	expect([result().cause, verdicts(result())]).toEqual(['username-rejected', 'pass pass fail pass skip']);
	expect(result().checks.username.summary).toBe('the target knows no user "deploy", says the pasted line');
	expect(result().sessionWords).toMatchObject({ check: 'username', agrees: true, summary: 'decides row 3' });

	keep('User deploy not allowed because account is locked');
	expect(result().checks.username.summary).toBe(
		'the target does not let "deploy" in: not allowed because account is locked, says the pasted line',
	);
	keep('Connection closed by invalid user deploy 10.9.9.9 port 50000 [preauth]');
	expect(result().checks.username.summary).toBe('"deploy" does not exist or may not log in, says the pasted line');

	keep('Authentication refused: bad ownership or modes for file /home/deploy/.ssh/authorized_keys');
	expect([result().cause, verdicts(result())]).toEqual(['key-rejected', 'pass pass pass pass fail']);
	expect(result().checks['ssh-key'].summary).toBe(
		'rejected for deploy: bad ownership or modes for file /home/deploy/.ssh/authorized_keys, says the pasted line',
	);
	keep('Failed publickey for deploy from 10.9.9.9 port 50000 ssh2');
	expect([result().cause, verdicts(result())]).toEqual(['key-rejected', 'pass pass pass pass fail']);

	// Somebody else's line decides nothing.
	keep('Invalid user bob from 10.9.9.9 port 50000');
	expect(result().cause).toBe('user-or-key-rejected');
	expect(result().sessionWords?.summary).toContain('is about "bob"');
	// Measured again, it still stands beside the rows.
	keep('Permission denied (publickey).');
	await engine.run(null, { trigger: 'insisted' });
	expect(result().sessionWords?.summary).toBe('agrees with row 5');
	expect(JSON.parse(JSON.stringify(reportOf(engine))).safes[0].sessionWords).toMatchObject({
		text: 'Permission denied (publickey).',
		known: true,
		causes: ['user-or-key-rejected', 'key-missing', 'method-not-offered'],
	});
	keep(' \n');
	expect(result()).not.toHaveProperty('sessionWords');
	expect(result().cause).toBe('user-or-key-rejected');
});

test('a key that is accepted outweighs a pasted line', async () => {
	const { result, keep } = await measured('healthy');
	const before = verdicts(result());
	keep('Invalid user deploy from 10.9.9.9 port 50000');
	expect(verdicts(result())).toBe(before);
	expect(result().sessionWords?.agrees).toBe(false);
});

test('a pasted line decides for a password credential, and not before the host key', async () => {
	const password = await measured('password');
	const { username } = password.safe;
	password.keep(`User ${username} from 10.9.9.9 not allowed because not listed in AllowUsers`);
	expect(password.result().cause).toBe('username-rejected');
	await scenario.close();
	const changed = await measured('host-key-changed');
	changed.keep('Invalid user deploy from 10.9.9.9 port 50000');
	expect(changed.result().cause).toBe('host-key-mismatch');
	expect(changed.result().sessionWords?.summary).toBe('row 3 is not tried: host key first; row 4 fails');
});

test('the report has the kept text with what the rows say to it, and what is given with the report goes before it', async () => {
	const { engine, safe, keep } = await measured('host-key-changed');
	keep('Host key verification failed.\npassword=hunter2 \u001b[31m');
	const write = async (sessionError: string | null, mask = false) =>
		(await writeReportOf(engine, [safe], directory, { hides: mask ? 'all' : 'others', sessionError })).text;
	const kept = await write(null);
	expect(kept).toContain('```text\nHost key verification failed.\npassword=[secret removed]\n```');
	expect(kept).toContain('Held against the checks: agrees with row 4. It was given to vpmon at 20');
	const given = await write('ERR_4711 at db1.example', true);
	expect(given).toMatch(/^ERR_4711 at HOST-\d+$/m);
	expect(given).toContain("This text is not one of the runbook's messages.");
	expect(given).not.toContain('Host key verification failed');
});
