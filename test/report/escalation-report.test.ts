import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportOf, tableOf } from '../../source/commands/check.ts';
import type { ReportOptions } from '../../source/engine/collect-report.ts';
import { factsOf } from '../../source/engine/session/read.ts';
import { createNumbering } from '../../source/redact/names/pseudonym.ts';
import { createSiteMask } from '../../source/redact/names/site-mask.ts';
import { formatCheckJson } from '../../source/report/check-json.ts';
import { writeReportOf } from '../helpers/report.ts';
import { readScenario, startScenario } from '../helpers/scenarios.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** All names of members, with where they stand. */
function membersOf(value: unknown, path = ''): string[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, inner]) => [`${path}/${name}`, ...membersOf(inner, `${path}/${name}`)]);
}

/** What programs compare. */
function closedValuesOf(value: unknown): unknown[] {
	if (typeof value !== 'object' || value === null) return [];
	const members = /^(?:id|verdict|cause|status|attribute|outcome|ended|asked|answer|kind|measuredBy|notSsh|check)$/;
	return Object.entries(value).flatMap(([name, inner]) =>
		typeof inner === 'object' ? closedValuesOf(inner) : members.test(name) ? [[name, inner]] : [],
	);
}

async function report(
	name: string,
	options: Partial<ReportOptions> & {
		commands?: Record<string, object>;
		sensitive?: boolean;
		username?: string;
	} = {},
) {
	const file = readScenario(name);
	const inventory = file.inventory as { safes: Array<Record<string, unknown>> };
	if (options.username !== undefined) for (const safe of inventory.safes) safe.username = options.username;
	if (options.sensitive) for (const safe of inventory.safes) safe.sensitive = true;
	const scenario = await startScenario({
		...file,
		host: { ...file.host, commands: { ...file.host.commands, ...options.commands } },
	});
	try {
		const { engine } = scenario;
		await engine.run(null, { trigger: 'command' });
		const [safe] = engine.session.get().inventory.safes;
		if (safe === undefined) throw new Error('no Safe');
		const { commands: _, sensitive, username, ...rest } = options;
		return { ...(await writeReportOf(engine, [safe], directory, rest)), host: scenario.host };
	} finally {
		await scenario.close();
	}
}

const commands = {
	'nc -zv': { stderr: 'Connection to db1.example (10.0.0.5) 22 port [tcp/ssh] succeeded!\n' },
	'nc -h': { stderr: 'OpenBSD netcat (Debian patchlevel 1.219-1)\n' },
	tail: {
		stdout:
			'2026-11-22T08:00:00Z ERROR session failed target=10.0.0.5 user=deploy password=hunter2\n```\n\u001b[31mred\n',
	},
	'docker --version': { stdout: 'Docker version 28.2.2, build x\n' },
};

test('holds the runbook’s five items, the ladder with evidence, and the versions', async () => {
	const { text, host } = await report('host-key-changed', {
		commands,
		sessionError: 'Host key verification failed.\u001b[0m',
	});
	for (const heading of [
		'## 1. Connector',
		'## 2. Target',
		'## 3. Error message',
		'## 4. Connector log, last 100 lines',
		'## 5. Port from the connector host',
		'## Checks',
		'## Versions',
	]) {
		expect(text).toContain(heading);
	}
	expect(text).toContain('dc1: Online');
	// What is compared is told in words; what came back stands last, and folded.
	const [words = '', evidence = ''] = text.split('\n## Evidence\n');
	expect(words).toMatch(/```text\nstored +ED25519 SHA256:.+\noffered +ED25519 SHA256:/);
	expect(words).not.toContain('```json');
	expect(evidence).toMatch(/^\n<details>\n<summary>.*<\/summary>\n\n[\s\S]*<\/details>\n$/);
	expect(evidence).toContain('"offered"');
	expect(evidence).not.toContain('"cipher"');
	expect(text).toContain('db1.example:22, user deploy, Safe db-primary');
	expect(text).toContain('From the session banner:\n\n```text\nHost key verification failed.\n```');
	expect(text).toContain('tail -n 100');
	expect(text).toContain('`nc -zv -w 5 10.0.0.5 22` (OpenBSD netcat)');
	expect(text).toContain('### 4. Host key: ✖ fail (host-key-mismatch)');
	expect(text).toContain('Docker version 28.2.2');
	expect(text).toContain('time zone UTC');
	expect(text).not.toContain('hunter2');
	expect(text).not.toContain('\u001b');
	// A fence in the log does not end the block it stands in.
	expect(text).toContain('````text');
	expect(host.ran.some((command) => command.startsWith('nc -zv -w 5 10.0.0.5 22'))).toBe(true);
});

test('masks the target of a sensitive Safe everywhere, and any with mask', async () => {
	for (const options of [{ sensitive: true }, { hides: 'all' as const }]) {
		const { text, path, data } = await report('host-key-changed', {
			commands,
			...options,
			sessionError: 'db1.example refused deploy',
		});
		for (const name of ['db1.example', '10.0.0.5', 'db-primary', 'deploy']) expect(text).not.toContain(name);
		expect(text).toMatch(/^HOST-\d+:22, user USER-1, Safe SAFE-1/m);
		expect(text).toMatch(/^HOST-\d+ refused USER-1$/m);
		expect(basename(path).replace(/[0-9a-f]{8}(?=\.\w+$)/, '')).not.toContain('db1');
		expect(data.masking.standIns).toMatchObject({ USER: 1, SAFE: 1 });
	}
});

test('tells who measured and who gave the error text; masked, nobody reads the names of people', async () => {
	const scenario = await startScenario(readScenario('host-key-changed'));
	try {
		const { engine } = scenario;
		const { session } = engine;
		await engine.run(null, { trigger: 'command' });
		const [safe] = session.get().inventory.safes;
		const [connector] = session.get().inventory.connectors;
		if (safe === undefined || connector === undefined) throw new Error('no Safe');
		const { target, auth } = factsOf(session, safe);
		const seen = session.facts.connectors.get(connector.name);
		if (target === null || seen === undefined) throw new Error('nothing measured');
		const [anna, zoe] = [
			{ program: 'exporter', uid: 1001, user: 'annasmith' },
			{ program: 'screen', uid: 1002, user: 'zoejones' },
		] as const;
		const result = { target, auth, authRefusal: null };
		session.learn({ kind: 'target measured', safe, result, proof: null, about: null, writer: anna, answeredTo: anna });
		session.learn({ kind: 'connector measured', connector, ...seen, writer: zoe, isGlance: false });
		const at = Date.now() - 60_000;
		session.learn({ kind: 'error reported', safe, text: 'Host key verification failed', given: { at, by: zoe } });
		await session.settled();
		const { text } = await writeReportOf(engine, [safe], directory);
		expect(text).toMatch(/^- dc1: .*; measured .* by screen of zoejones\)$/m);
		expect(text).toMatch(/\(measured \S+ from \S+ by exporter of annasmith,/);
		expect(text).toMatch(/; \d\d:\d\d:\d\d by exporter of annasmith/);
		expect(text).toContain(`It was given to vpmon by zoejones at ${new Date(at).toISOString()}.`);
		for (const format of ['md', 'json'] as const) {
			const masked = await writeReportOf(engine, [safe], directory, { hides: 'all', format });
			for (const name of ['annasmith', 'zoejones']) expect(masked.text).not.toContain(name);
			expect(masked.text).toMatch(/exporter of USER-\d+/);
		}
	} finally {
		await scenario.close();
	}
});

test('a foreign line in which the last look finds something is left out and counted, and the report is written', async () => {
	const random = 'q7Rk2ZpL9xTn4VbW8mHs3YcD6fGj';
	const lines = [
		'2026-11-22T08:00:00Z INFO heartbeat ok',
		'2026-11-22T08:00:01Z INFO ledgerbotting done',
		'2026-11-22T08:00:02Z INFO started my|Zorpbot|here',
		`2026-11-22T08:00:03Z INFO nonce ${random}`,
		'2026-11-22T08:00:04Z INFO heartbeat ok again',
	];
	const tail = { stdout: `${lines.join('\n')}\n` };
	const { text, data } = await report('host-key-changed', {
		commands: { ...commands, tail },
		username: 'svc-zorpbot',
		hides: 'all',
	});
	expect(text).toContain('heartbeat ok\n');
	expect(text).toContain('heartbeat ok again');
	expect(text).not.toContain(random);
	expect(text).not.toMatch(/zorp/i);
	// What is random was removed before.
	expect(data.masking.linesLeftOut).toBe(1);
	expect(text).toContain('1 line left out: what stood there may tell a name or a secret.');
});

test('Safes called as words of the product stop no report, and its prose stays readable', async () => {
	const words = [
		'app',
		'db',
		'error',
		'ssh',
		'22',
		'root',
		'port',
		'key',
		'host',
		'host key',
		'port 22',
		'UTC',
		'last',
	];
	const scenario = await startScenario({
		...readScenario('host-key-changed'),
		inventory: {
			version: 1,
			connectors: [{ name: 'dc1', logFile: '/etc/vpmon/connector.log' }],
			safes: words.map((name) => ({ name, host: 'db1.example', username: name })),
		},
	});
	try {
		const { engine } = scenario;
		await engine.run(null, { trigger: 'command' });
		const { safes } = engine.session.get().inventory;
		for (const hides of ['all', 'others'] as const)
			for (const safe of safes) {
				const { text, data } = await writeReportOf(engine, [safe], directory, { hides });
				expect(text).toContain('SSH session fails to launch');
				expect(text).toContain('## 5. Port from the connector host');
				expect(text).toContain('against the runbook "SSH session fails to launch" from the connector\'s side');
				expect(text).toMatch(/### 4. Host key: /);
				expect(data.masking.linesLeftOut).toBe(0);
			}
	} finally {
		await scenario.close();
	}
});

test('no Safe’s name turns a value or a member of our own JSON into a pseudonym, nor stops the table', async () => {
	const words = `address subnet target username hostKey key attribute status cause verdict kind outcome part program check exporter screen
		fail pass skip unknown untested online offline host host-key ssh-key port port-refused connector reset closed none open ok other`;
	const scenario = await startScenario({
		...readScenario('port-refused'),
		inventory: {
			version: 1,
			connectors: [{ name: 'dc1', logFile: '/etc/vpmon/connector.log' }],
			safes: words.split(/\s+/).map((name) => ({ name, host: 'db1.example', username: name })),
		},
	});
	try {
		const { engine } = scenario;
		await engine.run(null, { trigger: 'command' });
		const findings = reportOf(engine);
		const { inventory } = engine.session.get();
		const mask = createSiteMask(inventory, createNumbering(), { hide: 'all' });
		const uid = process.getuid?.() ?? -1;
		const plain: unknown = JSON.parse([...formatCheckJson(findings, uid)].join(''));
		const masked: unknown = JSON.parse([...formatCheckJson(findings, uid, mask)].join(''));
		expect(membersOf(masked)).toEqual(membersOf(plain));
		expect(closedValuesOf(masked)).toEqual(closedValuesOf(plain));
		expect(JSON.stringify(masked)).toMatch(/"attribute":"(?:connector|target|address)"/);
		const table = tableOf(engine, findings, mask);
		expect(table).toContain('port-refused');
		expect(table).toMatch(/SAFE-\d+/);
	} finally {
		await scenario.close();
	}
});

test('a domain’s user is masked without the domain too, as the steps name it', async () => {
	const username = String.raw`CORP\alice`;
	const { text } = await report('windows-openssh', { commands, username, hides: 'all' });
	expect(text).toContain('Get-LocalUser USER-');
	expect(text.toLowerCase()).not.toContain('alice');
	expect((await report('windows-openssh', { commands, username })).text).toContain('Get-LocalUser alice');
});

test('secrets are counted, and are secrets also where a host key is stored', async () => {
	const tail = { stdout: '2026-11-22T08:00:00Z level=error password=hunter2x token=abc4Def5Ghi6\n' };
	const { text, data } = await report('host-key-changed', { commands: { ...commands, tail }, hides: 'all' });
	expect(text).toContain('password=[secret removed] token=[secret removed]');
	expect(data.masking.secretsRemoved).toBeGreaterThanOrEqual(2);
});

test('nc is run with its own words also where the name does not resolve', async () => {
	const said = 'nc: getaddrinfo for host "db9.example" port 22: Name or service not known\n';
	const { text } = await report('name-not-resolved', { commands: { nc: { stderr: said, exitCode: 1 } } });
	expect(text).toMatch(/`nc -zv -w 5 \S+ 22`/);
	expect(text).toContain('Name or service not known');
	expect(text).not.toContain('- nc result:');
});

test('a part that cannot be had is listed with its reason', async () => {
	const { text } = await report('host-key-changed', {
		commands: { tail: { stderr: 'tail: cannot open: No such file or directory\n', exitCode: 1 } },
	});
	expect(text).toContain('## Could not be collected');
	expect(text).toMatch(/- connector log: there is no file/);
	expect(text).toMatch(/- nc result: nc is not installed on scenario/);
	expect(text).toContain('What the probe of vpmon was told instead');
});

test('nc is booked like any other connection: what would be too much is not run, and its last result stands', async () => {
	const file = readScenario('healthy');
	const scenario = await startScenario({
		...file,
		host: { ...file.host, commands: { ...file.host.commands, ...commands } },
	});
	try {
		const { engine, host } = scenario;
		const [safe] = engine.session.get().inventory.safes;
		if (safe === undefined) throw new Error('no Safe');
		const write = async () => (await writeReportOf(engine, [safe], directory)).text;
		const ledger = engine.ledgerFor(safe);
		const target = { source: host.ledgerName ?? host.name, address: '10.0.0.5', port: safe.port, siblings: [] };
		/** Of the four connections in ten minutes that end without a login. */
		const take = async () => {
			const taken = await ledger?.reserve(target, { kind: 'unfinished', trigger: 'key' });
			if (taken === undefined || 'reason' in taken) throw new Error(`not reserved: ${JSON.stringify(taken)}`);
			return taken;
		};
		const refused = /not asked yet: probe budget, free at \d\d:\d\d:\d\d/;
		const taken = [await take(), await take(), await take(), await take()];
		expect(await write()).toMatch(new RegExp(`- nc result: ${refused.source}`));
		for (const one of taken) await ledger?.release(one, 'unfinished', 'not-reached');
		const first = await write();
		expect(first).toContain('OpenBSD netcat');
		expect(first).not.toContain('Not run for this report');
		for (let left = 3; left > 0; left--) await take();
		const second = await write();
		expect(second).toContain('OpenBSD netcat');
		expect(second).toMatch(
			/^The last result, of \S+Z by .*\. Not run for this report: the probe budget is used up, free at \S+ UTC\.$/m,
		);
		expect(second).not.toContain('- nc result:');
		expect(host.ran.filter((command) => command.startsWith('nc -zv'))).toHaveLength(1);
	} finally {
		await scenario.close();
	}
});
