import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHome, vpmon } from '../helpers/cli.ts';
import { startTestControlPlane, type TestControlPlane, token } from '../helpers/control-plane.ts';

let home: ReturnType<typeof createHome>;
let server: TestControlPlane | undefined;
beforeEach(() => {
	home = createHome();
});
afterEach(() => {
	server?.close();
	home.remove();
});

const safes = ['DB  Primary', 'web', 'erp', 'new\u001b[31m-one'].map((name, index) => ({ id: `s${index}`, name }));

test('in a report the Safes that VaultPAM alone knows are hidden like all others that the log speaks of', async () => {
	server = await startTestControlPlane([
		{ id: '01HXZ3K9', name: 'payroll-db' },
		{ id: 'p', name: 'first' },
	]);
	const file = join(home.path, 'vpmon.yaml');
	const log = join(home.path, 'dc1.log');
	writeFileSync(log, 'session to first and to payroll-db (01HXZ3K9) failed\n');
	writeFileSync(
		file,
		`version: 1\nsettings: {exempt: true}\ncontrolPlane: {url: '${server.url}'}\nconnectors: [{name: dc1, logFile: '${log}'}]\nsafes: [{name: first, host: 127.0.0.1, port: 1, username: u}]\n`,
	);
	const environment = { ...home.environment, VAULTPAM_TOKEN: token };
	const { stdout } = await vpmon(['report', 'first', '--out', '-', '-i', file], environment);
	expect(stdout).toMatch(/session to first and to (SAFE-\d+) \(\1\) failed/);
	expect(stdout).not.toMatch(/payroll|01HXZ3K9/);
});

async function check(args: readonly string[], environment: Record<string, string> = {}) {
	server = await startTestControlPlane(safes);
	const file = join(home.path, 'vpmon.yaml');
	writeFileSync(
		file,
		`version: 1
settings: {exempt: true}
controlPlane: {url: '${server.url}'}
connectors: [{name: dc1}]
safes:
  - {name: db primary, host: 127.0.0.1, port: 1, username: u}
  - {name: Our Own Name, id: s1, host: 127.0.0.1, port: 1, username: u}
`,
	);
	return vpmon(['check', '-i', file, ...args], { ...home.environment, VAULTPAM_TOKEN: token, ...environment });
}

test('the table says how many Safes of VaultPAM have no target here, and which', async () => {
	const { stdout, stderr } = await check([]);
	expect(stdout).toContain('? VaultPAM has 4 Safes, 2 have no target here: erp, new-one\n');
	expect(stdout + stderr).not.toContain(token);
	expect(server?.asked).toEqual(['/api/v1/org/memberships', '/api/v1/safes']);
});

test('as JSON it is one field more', async () => {
	const { stdout } = await check(['--json']);
	const report = JSON.parse(stdout);
	expect(report.coverage).toMatchObject({
		safes: 4,
		withoutTarget: [
			{ id: 's2', name: 'erp' },
			{ id: 's3', name: 'new-one' },
		],
		problem: null,
	});
	// Paths for connectors are not public: what is not asked is said to be so, and is no failure.
	expect(report.connectors[0]).toMatchObject({
		verdict: 'untested',
		summary: 'nothing to ask it by: no runtime in the inventory, and its status is not offered by the control plane',
		evidence: { controlPlane: { ok: false, isAsked: false, url: server?.url } },
	});
	expect(server?.asked).toEqual(['/api/v1/org/memberships', '/api/v1/safes']);
	expect(stdout).not.toContain(token);
});

test('signed out, it says so and measures all the same; without a token or with names it is not asked', async () => {
	const signedOut = await check([], { VAULTPAM_TOKEN: 'old' });
	expect(signedOut.stdout).toMatch(
		/\? VaultPAM's Safes are not known: the token was refused \(HTTP 401\): signed out since \d\d:/,
	);
	expect(signedOut.stdout).toContain('port refused');
	server?.close();
	expect((await check(['--json'], { VAULTPAM_TOKEN: '' })).stdout).not.toContain('coverage');
	expect(server?.asked).toEqual([]);
	server?.close();
	await check(['db primary']);
	expect(server?.asked).toEqual([]);
});
