import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { AuthenticationType } from 'ssh2';
import { withPodman } from '../../source/hosts/docker-or-podman.ts';
import { type Connection, formatCommand, type Host } from '../../source/hosts/host.ts';
import { createLabServer } from '../../source/lab/ssh-server.ts';
import { privateKey, publicKey, type TestKey } from './keys.ts';
import { createWire } from './wire.ts';

/** What answers on one port of a scenario. */
export type ScenarioPort = {
	readonly tcp?: 'open' | 'refused' | 'timeout' | 'unreachable' | 'reset';
	/** In place of SSH: text that is said, then silence; `close` ends at once. */
	readonly says?: string;
	readonly close?: boolean;
	readonly ssh?: {
		readonly hostKeys: readonly TestKey[];
		readonly users?: Readonly<Record<string, readonly TestKey[]>>;
		readonly methods?: readonly AuthenticationType[];
		readonly ident?: string;
		/** Its log lines go into the output of this command. */
		readonly logsTo?: string;
	};
};

export type Scenario = {
	readonly names?: Readonly<Record<string, readonly string[]>>;
	/** By `address:port`. */
	readonly ports?: Readonly<Record<string, ScenarioPort>>;
	/** By the first words of a command line. */
	readonly commands?: Readonly<
		Record<string, { stdout?: string; stderr?: string; exitCode?: number; missing?: boolean }>
	>;
};

export type ScenarioHost = Host & {
	/** TCP connections that were opened, in order. */
	readonly opened: string[];
	readonly ran: string[];
};

const sourceAddress = '10.9.9.9';

/** A connector host that exists on paper: names, ports and commands answer as written down. SSH is spoken for real. */
export function createScenarioHost(scenario: Scenario): ScenarioHost {
	const opened: string[] = [];
	const ran: string[] = [];
	const logs = new Map<string, string[]>();
	let nextPort = 40_000;

	const accept = (port: ScenarioPort, sourcePort: number) => {
		const [ours, theirs] = createWire();
		Object.assign(theirs, { remoteAddress: sourceAddress, remotePort: sourcePort, remoteFamily: 'IPv4' });
		theirs.on('error', () => {});
		if (port.close) theirs.end();
		else if (port.says !== undefined) {
			theirs.write(port.says);
			theirs.resume();
		} else if (port.ssh !== undefined) {
			const { hostKeys, users = {}, methods = ['publickey'], ident = 'OpenSSH_9.6p1 Debian-2', logsTo = '' } = port.ssh;
			const lines = logs.get(logsTo) ?? [];
			logs.set(logsTo, lines);
			createLabServer({
				hostKeys: hostKeys.map(privateKey),
				users: Object.fromEntries(Object.entries(users).map(([user, keys]) => [user, keys.map(publicKey)])),
				methods,
				ident,
				log: (line) => lines.push(`sshd[77]: ${line}`),
			}).accept(theirs);
		} else theirs.resume();
		return ours;
	};

	const host: Host = {
		name: 'scenario',
		async resolve(name) {
			if (/^[\d.]+$/.test(name)) return { ok: true, addresses: [{ address: name, family: 4 }] };
			const addresses = scenario.names?.[name];
			if (addresses === undefined) return { ok: false, error: `getaddrinfo ENOTFOUND ${name}` };
			return { ok: true, addresses: addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })) };
		},
		async connect(address, number, { timeoutMs }): Promise<Connection> {
			const key = `${address}:${number}`;
			const port = scenario.ports?.[key] ?? { tcp: 'refused' };
			opened.push(key);
			if (port.tcp !== undefined && port.tcp !== 'open') {
				if (port.tcp === 'timeout') await pause(timeoutMs);
				return { ok: false, failure: port.tcp, error: `connect ${port.tcp} ${key}` };
			}
			const sourcePort = nextPort++;
			return { ok: true, stream: accept(port, sourcePort), sourceAddress, sourcePort };
		},
		async run(argv) {
			const command = formatCommand(argv);
			ran.push(command);
			const [prefix, answer] =
				Object.entries(scenario.commands ?? {}).find(([start]) => command.startsWith(start)) ?? [];
			const base = { command, durationMs: 1 };
			if (answer === undefined || answer.missing)
				return { ...base, outcome: 'not-found', exitCode: null, stdout: '', stderr: '' };
			const { stdout = '', stderr = '', exitCode = 0 } = answer;
			const logged = (logs.get(prefix ?? '') ?? []).map((line) => `${line}\n`).join('');
			return { ...base, outcome: exitCode === 0 ? 'done' : 'failed', exitCode, stdout: stdout + logged, stderr };
		},
		async stream(argv) {
			const stdout = new PassThrough();
			const stderr = new PassThrough();
			const ended = Promise.withResolvers<{ outcome: 'stopped'; exitCode: null }>();
			const stop = () => {
				stdout.end();
				stderr.end();
				ended.resolve({ outcome: 'stopped', exitCode: null });
			};
			return { command: formatCommand(argv), stdout, stderr, ended: ended.promise, stop };
		},
		async dispose() {},
	};
	return { ...withPodman(host), opened, ran };
}
