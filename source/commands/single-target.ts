import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseStoredHostKey } from '../domain/host-key.ts';
import {
	type Connector,
	containerName,
	defaultSettings,
	type Inventory,
	noControlPlane,
	unitName,
} from '../domain/inventory.ts';
import { formatTarget, parseUserAtTarget } from '../domain/target.ts';
import { UserError } from '../domain/user-error.ts';

/** What `vpmon check user@host:port` is told of its target beside that. */
export type TargetFlags = { inventory?: string; connector?: string; key?: string; hostKey?: string };

const localName = 'this host';

/** The inventory of one target that was typed as user@host:port. */
export function singleTarget(text: string, flags: TargetFlags): Inventory {
	const target = parseUserAtTarget(text);
	if (target === null) throw noTarget(text);
	if (flags.key !== undefined) requireFile(flags.key);
	const hostKey = flags.hostKey === undefined ? null : parseStoredHostKey(flags.hostKey);
	if (flags.hostKey !== undefined && hostKey === null) {
		throw new UserError(
			`${JSON.stringify(flags.hostKey.slice(0, 80))} is no host key.`,
			'Give --host-key as SHA256:…, MD5:… or a whole public key line.',
		);
	}
	const connector = singleConnector(flags.connector);
	return {
		file: null,
		changedAt: null,
		controlPlane: noControlPlane,
		settings: defaultSettings,
		connectors: [connector],
		safes: [
			{
				name: `${target.username}@${formatTarget(target.host, target.port)}`,
				connector: connector.name,
				...target,
				credential:
					flags.key === undefined
						? { type: 'unknown' }
						: { type: 'ssh-key', publicKey: { kind: 'file', path: resolve(flags.key) } },
				hostKey,
				id: null,
				hostKeyPlace: null,
				sensitive: false,
				exempt: false,
				place: null,
			},
		],
	};
}

function noTarget(text: string): UserError {
	const shown = JSON.stringify(text);
	const [before = '', after = ''] = text.split(/@(?=[^@]*$)/);
	if (before === '') return new UserError(`${shown} names no user.`, `Write the user in front: root@${after}`);
	if (after === '') return new UserError(`${shown} names no host.`, `Write the host behind the @: ${before}@10.0.3.7`);
	return new UserError(
		`${shown} is no target.`,
		'Write it as user@host or user@host:port, IPv6 as user@[address]:port.',
	);
}

/** A path that was mistyped is no finding about the target. */
function requireFile(path: string): void {
	const given = JSON.stringify(path);
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === undefined)
		throw new UserError(`--key ${given}: there is no such file.`, 'Give the path of a public key, such as deploy.pub.');
	if (!stat.isFile())
		throw new UserError(`--key ${given} is no file.`, 'Give the path of a public key, such as deploy.pub.');
}

/** Words that name a target without its user, or several targets: refused with what is missing. Null where they may be names of Safes. */
export function refuseTargets(words: readonly string[]): UserError | null {
	const targets = words.filter((word) => parseUserAtTarget(word) !== null);
	if (words.length > 1 && targets.length > 0)
		return new UserError(
			`${targets.slice(0, 2).join(' and ')}: without an inventory one target at a time.`,
			'Several go into an inventory: vpmon init writes a first one, vpmon import takes a list.',
		);
	const [word = ''] = words;
	const isAddress = /^[\w-]+(\.[\w-]+)+(:\d+)?$|^[^\s:@]+:\d+$|^\[?[0-9a-f:]*:[0-9a-f:]+\]?(:\d+)?$/i.test(word);
	if (words.length !== 1 || !isAddress) return null;
	return new UserError(
		`${JSON.stringify(word)} names no Safe, and for a target the user is missing.`,
		`Write the user in front: vpmon check root@${word}`,
	);
}

const flagExample = { docker: 'docker:vaultpam-connector', systemd: 'systemd:vaultpam-connector' } as const;

/** The connector that `--connector` names; without it one that nothing is known of. */
export function singleConnector(flag: string | undefined): Connector {
	const base = {
		host: 'local',
		container: null,
		unit: null,
		journalDirectory: null,
		logFile: null,
		place: null,
	} as const;
	if (flag === undefined) return { ...base, name: localName, runtime: 'none' };
	const match = /^(docker|systemd):(.+)$/.exec(flag);
	if (match === null)
		throw new UserError(`${JSON.stringify(flag)} is no connector.`, 'Give --connector as docker:NAME or systemd:UNIT.');
	const [, runtime, name = ''] = match;
	const isContainer = runtime === 'docker';
	if (!(isContainer ? containerName : unitName).test(name))
		throw new UserError(
			`${JSON.stringify(name)} is no name of a ${isContainer ? 'container' : 'unit'}.`,
			`Such a name begins with a letter or a digit, and has no blanks: --connector ${flagExample[isContainer ? 'docker' : 'systemd']}`,
		);
	return isContainer ? { ...base, name, runtime, container: name } : { ...base, name, runtime: 'systemd', unit: name };
}
