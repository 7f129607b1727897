import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cleanLine } from '../domain/clean.ts';
import { describeHostKey } from '../domain/host-key.ts';
import { readPlainFileSync } from '../domain/plain-file.ts';
import { defaultSshPort, parsePort } from '../domain/target.ts';
import type { Host, RunOptions } from '../hosts/host.ts';
import { parseKnownHosts } from '../probes/known-hosts.ts';
import type { ConnectorEntry, SafeEntry } from './edit.ts';
import { listContainers, listUnits } from './list-runtimes.ts';

/** What a host shows of connectors and of the machines that its user reaches by SSH. */
export type Discovery = {
	readonly connectors: readonly ConnectorEntry[];
	/** Hosts of the user's ssh configuration. */
	readonly safes: readonly SafeEntry[];
	/** Hosts of known_hosts alone: it knows their keys, not their users. */
	readonly known: ReadonlyArray<{ readonly host: string; readonly port: number; readonly hostKey: string }>;
	/** What could not be looked at, and what cannot be told. */
	readonly notices: readonly string[];
};

const mostHosts = 200;
/** Of ~/.ssh/config and known_hosts. */
const maxBytes = 64 * 1024 * 1024;
const connectorLike = /vaultpam|pam[-_]?(?:agent|connector)/i;

/** Looks, and changes nothing: containers, units, ~/.ssh/config as `ssh -G` resolves it, known_hosts. Connects to nothing. */
export async function discover(host: Host, options: RunOptions, home = homedir()): Promise<Discovery> {
	const notices: string[] = [];
	const [containers, units, safes] = await Promise.all([
		findContainers(host, options, notices),
		findUnits(host, options),
		findConfigured(host, options, join(home, '.ssh'), notices),
	]);
	const { hosts, hashed } = readKnownNames(readIfThere(join(home, '.ssh', 'known_hosts')));
	if (hashed > 0) notices.push(`${hashed} names in known_hosts are hashed and cannot be told`);
	const taken = new Set(safes.map(({ host: name, port = defaultSshPort }) => `${name} ${port}`));
	const names = new Set(containers.map(({ name }) => name));
	// Often the unit is what starts the container of its name; two connectors cannot have one name.
	const twice = units.filter(({ name }) => names.has(name));
	for (const { name } of twice)
		notices.push(`there are a container and a unit named ${name}; the container is taken, which has its health too`);
	return {
		connectors: [...containers, ...units.filter((unit) => !twice.includes(unit))],
		safes,
		known: hosts.filter(({ host: name, port }) => !taken.has(`${name} ${port}`)).slice(0, mostHosts),
		notices,
	};
}

async function findContainers(host: Host, options: RunOptions, notices: string[]): Promise<ConnectorEntry[]> {
	const { items, answer } = await listContainers(host, options);
	const { outcome, stderr } = answer;
	if (outcome === 'failed' || outcome === 'timeout') {
		const [line = ''] = stderr.trim().split('\n');
		const why =
			outcome === 'timeout' ? `no answer within ${options.timeoutMs / 1000} s` : cleanLine(line).slice(0, 300);
		notices.push(`docker did not say which containers there are: ${why}`);
	}
	return items
		.filter(({ name, image }) => connectorLike.test(`${name} ${image}`))
		.map(({ name }) => ({ name, host: 'local', runtime: 'docker', container: name }));
}

async function findUnits(host: Host, options: RunOptions): Promise<ConnectorEntry[]> {
	const { items } = await listUnits(host, options);
	return items
		.filter((unit) => connectorLike.test(unit))
		.map((unit) => unit.replace(/\.service$/, ''))
		.map((name) => ({ name, host: 'local', runtime: 'systemd', unit: name }));
}

async function findConfigured(
	host: Host,
	options: RunOptions,
	directory: string,
	notices: string[],
): Promise<SafeEntry[]> {
	const [config, knownHosts] = [join(directory, 'config'), join(directory, 'known_hosts')];
	const aliases = aliasesIn(readIfThere(config));
	const found = await Promise.all(
		aliases.slice(0, mostHosts).map(async (alias): Promise<SafeEntry[]> => {
			const { outcome, stdout } = await host.run(['ssh', '-G', '-F', config, '--', alias], options);
			if (outcome !== 'done') return [];
			const settings = settingsIn(stdout);
			const name = settings.get('hostname')?.[0] ?? alias;
			const port = parsePort(settings.get('port')?.[0] ?? '') ?? defaultSshPort;
			const username = settings.get('user')?.[0] ?? '';
			if (username === '' || /[\s/@[\]]/.test(name)) return [];
			const jump = settings.get('proxyjump')?.[0];
			if (jump !== undefined && jump !== 'none')
				notices.push(`ssh reaches ${alias} by way of ${cleanLine(jump)}; sessions of VaultPAM do not`);
			const key = settings
				.get('identityfile')
				?.map((file) => `${file}.pub`)
				.find((file) => existsSync(expand(file)));
			const keys = await keysOf(host, name, port, knownHosts, options);
			const hostKey =
				keys.find(({ type, revoked }) => type === 'ssh-ed25519' && !revoked) ?? keys.find(({ revoked }) => !revoked);
			return [
				{
					name: alias,
					host: name,
					...(port === defaultSshPort ? {} : { port }),
					username,
					...(key === undefined ? {} : { credential: { type: 'ssh-key', publicKey: key } as const }),
					...(hostKey === undefined ? {} : { hostKey: `${hostKey.type} ${hostKey.sha256}` }),
				},
			];
		}),
	);
	if (aliases.length > mostHosts) notices.push(`only the first ${mostHosts} hosts of ${config} were looked at`);
	return found.flat();
}

/** Hashed names too: one that is known can be asked for. */
async function keysOf(host: Host, name: string, port: number, file: string, options: RunOptions) {
	const wanted = port === defaultSshPort ? name : `[${name}]:${port}`;
	const { outcome, stdout } = await host.run(['ssh-keygen', '-F', wanted, '-f', file], options);
	return outcome === 'done' ? parseKnownHosts(stdout, file) : [];
}

const expand = (path: string) => path.replace(/^~(?=\/)/, homedir());

/** Names behind `Host` that are no patterns. */
export function aliasesIn(config: string): string[] {
	const names = [...config.matchAll(/^[ \t]*host(?:[ \t]*=[ \t]*|[ \t]+)(.+)$/gim)].flatMap(([, list = '']) =>
		list
			.trim()
			.split(/\s+/)
			.map((name) => name.replace(/^"(.*)"$/, '$1')),
	);
	return [...new Set(names)].filter((name) => /^[\w.:-]+$/.test(name) && !name.startsWith('-'));
}

function settingsIn(text: string): Map<string, string[]> {
	const settings = new Map<string, string[]>();
	for (const line of text.split('\n')) {
		const [, key = '', value = ''] = /^(\S+) (.+)$/.exec(line) ?? [];
		const values = settings.get(key);
		if (values === undefined) settings.set(key, [value.trim()]);
		else values.push(value.trim());
	}
	return settings;
}

/** The first name of each line of known_hosts (sshd(8)); one key for each, ED25519 where there is one. */
export function readKnownNames(text: string): { hosts: Array<Discovery['known'][number]>; hashed: number } {
	const found = new Map<string, Discovery['known'][number]>();
	let hashed = 0;
	for (const line of text.split('\n')) {
		const [, names = '', type = '', blob = ''] = /^(\S+) (\S+) (AAAA[A-Za-z0-9+/]+={0,2})/.exec(line) ?? [];
		if (names.startsWith('|')) hashed++;
		const [first = ''] = names.split(',');
		const [, name = '', behind] = /^\[([^\]]+)\]:(\d+)$/.exec(first) ?? [first, first];
		const port = behind === undefined ? defaultSshPort : parsePort(behind);
		if (!/^[\w.:-]+$/.test(name) || port === null || /^[^:]*:[^:]*$/.test(name)) continue;
		const key = describeHostKey(Buffer.from(blob, 'base64'));
		const id = `${name} ${port}`;
		if (key.type !== type || (found.has(id) && type !== 'ssh-ed25519')) continue;
		found.set(id, { host: name, port, hostKey: `${type} ${key.sha256}` });
	}
	return { hosts: [...found.values()], hashed };
}

function readIfThere(file: string): string {
	try {
		return readPlainFileSync(file, maxBytes).bytes.toString('utf8');
	} catch {
		return '';
	}
}
