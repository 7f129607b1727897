import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHome, vpmon } from '../helpers/cli.ts';
import { plantedSecrets, plantText, survivors } from '../helpers/corpus.ts';
import { startServer } from '../helpers/hostile-server.ts';
import { privateKey, publicKey } from '../helpers/keys.ts';

/**
 * The whole corpus through the built program: planted in the connector's log, in every field of the inventory that takes free text, in
 * what targets say, and in the error text of the session. Nothing of a canary may be in anything that comes out.
 */

const home = createHome();
const inventory = join(home.path, 'vpmon.yaml');
const logText = plantedSecrets.map(({ text }) => text).join('\n');
const fields = {
	safe: plantText('app ghp_«alnum 36»'),
	username: plantText('deploy password=«s»'),
	connector: plantText('dc1 token=«s»'),
	logFile: plantText('agent-glpat-«alnum 20».log'),
	comment: plantText('secret=«s»'),
	http: plantText('HTTP/1.1 401 token=«s»\r\nSet-Cookie: id=«s»\r\nX-Api-Key: «s»\r\n\r\n'),
	identification: plantText('OpenSSH_9.6 api_key=«s»'),
};
const all = [...plantedSecrets, ...Object.values(fields)].flatMap(({ canaries }) => canaries);
const closers: Array<() => unknown> = [];

/** Says as much as an SSH server can before anybody has logged in. */
async function startTalker(): Promise<number> {
	const ident = fields.identification.text;
	const options = { hostKeys: [privateKey('host-a')], ident, banner: `${logText}\n` };
	const server = new ssh2.Server(options, (client) => {
		client.on('error', () => {});
		client.on('authentication', (context) => context.reject(['publickey']));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	closers.push(() => server.close());
	return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
	const talker = await startTalker();
	const web = await startServer((socket) => socket.end(fields.http.text));
	closers.push(() => web.close());
	writeFileSync(join(home.path, fields.logFile.text), `${logText}\n`);
	const safe = (name: string, port: number) => ({
		name,
		host: '127.0.0.1',
		port,
		username: fields.username.text,
		credential: { type: 'ssh-key', publicKey: `${publicKey('user-a').trim()} ${fields.comment.text}` },
		exempt: true,
	});
	const content = {
		version: 1,
		connectors: [{ name: fields.connector.text, logFile: fields.logFile.text }],
		safes: [safe(fields.safe.text, talker), safe('web', web.port)],
	};
	writeFileSync(inventory, JSON.stringify(content), { mode: 0o600 });
});
afterAll(async () => {
	for (const close of closers) await close();
	home.remove();
});

const run = (...args: string[]) => vpmon([...args, '-i', inventory], home.environment);

function expectClean(what: string, ...outputs: string[]): void {
	expect([what, survivors(outputs.join('\n'), all)]).toEqual([what, []]);
}

test('vpmon logs', async () => {
	writeFileSync(join(home.path, fields.logFile.text), `${logText}\n`);
	const { stdout, stderr, exitCode } = await run('logs', '-n', '10000');
	expect(exitCode).toBe(0);
	expect(stdout.split('[secret removed]').length).toBeGreaterThan(60);
	expectClean('logs', stdout, stderr);
});

// The names that the inventory gives are what scripts find their Safes by: they stay as they are.
test('vpmon check, as a table and as JSON', async () => {
	const named = [fields.safe, fields.connector, fields.username].flatMap(({ canaries }) => canaries);
	for (const format of [[], ['--json']]) {
		const { stdout, stderr, exitCode } = await run('check', ...format);
		expect(exitCode).toBe(1);
		expect(stdout).toContain('secret removed');
		const found = survivors(`${stdout}\n${stderr}`, all);
		expect(found.filter((canary) => !named.includes(canary))).toEqual([]);
	}
});

// Within the last 100 lines, which a report has.
const tails = [logText.split('\n').slice(0, 95), logText.split('\n').slice(95)].map((lines) => lines.join('\n'));

for (const [name, ...flags] of [
	['masked', '--mask'],
	['not masked', '--no-mask', '--yes'],
	['JSON', '--no-mask', '--yes', '--format', 'json'],
] as const) {
	test(`vpmon report, ${name}`, async () => {
		for (const [index, tail] of tails.entries()) {
			writeFileSync(join(home.path, fields.logFile.text), `${tail}\n`);
			const out = join(home.path, `reports ${name} ${index}`);
			const safe = index === 0 ? fields.safe.text : 'web';
			const { stdout, stderr, exitCode } = await run('report', safe, ...flags, '--out', out, '--error', tail);
			expect([exitCode, stderr.includes('bug')]).toEqual([0, false]);
			const text = readFileSync(stdout.trim(), 'utf8');
			// Of the log alone; lines in which the last look finds something are left out.
			expect(text.split('[secret removed]').length).toBeGreaterThan(5);
			expectClean(name, text, stdout, stderr, ...readdirSync(out));
		}
	});
}

test('an inventory that is wrong is told without what is secret in it', async () => {
	mkdirSync(join(home.path, 'wrong'));
	const wrong = plantText('«s»');
	const key = plantText('-----BEGIN OPENSSH PRIVATE KEY-----\\n«alnum 70»\\n-----END OPENSSH PRIVATE KEY-----');
	for (const [index, line] of [
		`safes: [{name: a, host: 127.0.0.1, username: x, password: ${wrong.text}}]`,
		`safes: [{name: a, host: 127.0.0.1, username: x, credential: {type: "password=${wrong.text}"}}]`,
		`controlPlane: {url: "https://x:${wrong.text}@127.0.0.1"}`,
		`connectors: [{name: a, host: "ssh://x:${wrong.text}@127.0.0.1"}]`,
		`safes: [{name: a, host: "password=${wrong.text} x", username: x}]`,
		`token: "${wrong.text}`,
		`safes: [{name: a, host: 127.0.0.1, port: 1, username: x, credential: {type: ssh-key, publicKey: "${key.text}"}}]`,
	].entries()) {
		const path = join(home.path, 'wrong', `${index}.yaml`);
		writeFileSync(path, `version: 1\n${line}\n`, { mode: 0o600 });
		const { stdout, stderr, exitCode } = await vpmon(['check', '-i', path], home.environment);
		expect([line, exitCode === 0, exitCode === 70]).toEqual([line, false, false]);
		expect([stderr, survivors(`${stdout}\n${stderr}`, [...wrong.canaries, ...key.canaries])]).toEqual([stderr, []]);
	}
	rmSync(join(home.path, 'wrong'), { recursive: true });
});
