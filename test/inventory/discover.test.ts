import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aliasesIn, discover, readKnownNames } from '../../source/inventory/discover.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { writeFirstFile } from '../../source/inventory/first-file.ts';
import { fingerprint, publicKey } from '../helpers/keys.ts';
import { createScenarioHost } from '../helpers/scenario-host.ts';

let home: string;
beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	mkdirSync(join(home, '.ssh'));
});
afterEach(() => rmSync(home, { recursive: true }));

const keyLine = (names: string, key: 'host-a' | 'host-rsa' = 'host-a') =>
	`${names} ${publicKey(key).split(' ').slice(0, 2).join(' ')}\n`;

test('hosts of the ssh configuration, without patterns', () => {
	const config = `Host *.example !x\n  User u\nHost db1 "db 2" db-3 # c\nhost=web\n\tHost  10.0.0.5 -oProxyCommand=x\nMatch host y\nHostName no\n`;
	expect(aliasesIn(config)).toEqual(['db1', 'db-3', 'c', 'web', '10.0.0.5']);
});

test('known_hosts: one key for a host, other ports, hashed names counted, nonsense left out', () => {
	const text =
		keyLine('db1.example,10.0.0.5', 'host-rsa') +
		keyLine('db1.example,10.0.0.5') +
		keyLine('[web.example]:2222') +
		keyLine('|1|abc=|def=') +
		keyLine('*.example') +
		keyLine('@cert-authority *.x') +
		'broken line\nx ssh-rsa AAAA\n';
	expect(readKnownNames(text)).toEqual({
		hosts: [
			{ host: 'db1.example', port: 22, hostKey: `ssh-ed25519 ${fingerprint('host-a')}` },
			{ host: 'web.example', port: 2222, hostKey: `ssh-ed25519 ${fingerprint('host-a')}` },
		],
		hashed: 1,
	});
});

test('what was found makes a file that can be used as it is; what is commented out too, once it has a username', async () => {
	writeFileSync(join(home, '.ssh', 'config'), 'Host db1\n  User postgres\n');
	writeFileSync(join(home, '.ssh', 'known_hosts'), keyLine('web.example') + keyLine('|1|a=|b='));
	const host = createScenarioHost({
		commands: {
			'docker ps': { stdout: 'nginx\tnginx:1\nagent\tregistry.example/vaultpam-connector:2\nbad name\tvaultpam\n' },
			'systemctl list-unit-files': {
				stdout: 'ssh.service enabled\nvaultpam-connector.service enabled enabled\nvaultpam@.service x\n',
			},
			'ssh -G': {
				stdout: `user postgres\nhostname db1.corp.example\nport 2222\nproxyjump bastion\nidentityfile ~/.ssh/none\n`,
			},
			'ssh-keygen -F': { exitCode: 1 },
		},
	});
	const found = await discover(host, { timeoutMs: 1000 }, home);
	expect(found.connectors).toEqual([
		{ name: 'agent', host: 'local', runtime: 'docker', container: 'agent' },
		{ name: 'vaultpam-connector', host: 'local', runtime: 'systemd', unit: 'vaultpam-connector' },
	]);
	expect(found.safes).toEqual([{ name: 'db1', host: 'db1.corp.example', port: 2222, username: 'postgres' }]);
	expect(found.notices).toEqual([
		'ssh reaches db1 by way of bastion; sessions of VaultPAM do not',
		'1 names in known_hosts are hashed and cannot be told',
	]);
	const text = writeFirstFile(found, 'here');
	expect(parseInventory(text, '/x.yaml')).toMatchObject({
		connectors: [{ name: 'agent', runtime: 'docker' }, { name: 'vaultpam-connector' }],
		safes: [{ name: 'db1', connector: 'agent', port: 2222 }],
	});
	const at = text.indexOf('\n', text.indexOf('# Hosts of ~/.ssh/known_hosts'));
	const taken =
		text.slice(0, at) +
		text
			.slice(at)
			.replace(/^# /gm, '')
			.replace(/username: "?\?"?/, 'username: deploy');
	expect(parseInventory(taken, '/x.yaml').safes[1]).toMatchObject({
		name: 'web.example',
		username: 'deploy',
		hostKey: { fingerprint: fingerprint('host-a') },
	});
});

test('a unit that has the name of a container is that connector; a docker that does not answer is said', async () => {
	const units = { stdout: 'vaultpam-connector.service enabled enabled\nvaultpam-agent.service enabled enabled\n' };
	const both = createScenarioHost({
		commands: { 'docker ps': { stdout: 'vaultpam-connector\tx\n' }, 'systemctl list-unit-files': units },
	});
	const found = await discover(both, { timeoutMs: 1000 }, home);
	expect(found.connectors.map(({ name, runtime }) => [name, runtime])).toEqual([
		['vaultpam-connector', 'docker'],
		['vaultpam-agent', 'systemd'],
	]);
	expect(found.notices).toEqual([
		'there are a container and a unit named vaultpam-connector; the container is taken, which has its health too',
	]);
	expect(parseInventory(writeFirstFile(found, 'here'), '/x.yaml').connectors).toHaveLength(2);

	const stderr = 'permission denied while trying to connect to the Docker daemon socket\nmore\n';
	const closed = createScenarioHost({
		commands: { 'docker ps': { stderr, exitCode: 1 }, 'systemctl list-unit-files': units },
	});
	const { connectors, notices } = await discover(closed, { timeoutMs: 1000 }, home);
	expect(connectors).toHaveLength(2);
	expect(notices).toEqual([
		'docker did not say which containers there are: permission denied while trying to connect to the Docker daemon socket',
	]);
});

test('a host that shows nothing gives a file that says how to go on', async () => {
	const host = createScenarioHost({ commands: {} });
	const text = writeFirstFile(await discover(host, { timeoutMs: 1000 }, home), 'strange: name');
	expect(parseInventory(text, '/x.yaml')).toMatchObject({
		connectors: [{ name: 'strange: name', runtime: 'none' }],
		safes: [],
	});
	expect(text).toContain('vpmon import safes.csv');
});
