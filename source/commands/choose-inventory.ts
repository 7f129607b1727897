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
import { loadInventory } from '../inventory/file.ts';
import { findInventory } from '../inventory/find.ts';
import { notice } from '../own-words.ts';
import { configDirectory, systemInventory } from '../storage/directories.ts';
import { whoseInventory } from './whose-inventory.ts';

export type TargetFlags = { inventory?: string; connector?: string; key?: string; hostKey?: string };

/** The inventory of a command: the file, cut down to the named Safes, or one made for a single user@host:port. */
export function chooseInventory(names: readonly string[], flags: TargetFlags): Inventory {
	const inventory = wholeInventory(names, flags);
	const safes = inventory.safes.filter(({ name }) => names.includes(name));
	// One made for a single target has nothing to leave out.
	if (names.length === 0 || inventory.file === null) return inventory;
	return {
		...inventory,
		safes,
		connectors: inventory.connectors.filter(({ name }) => safes.some(({ connector }) => connector === name)),
	};
}

/** The same with all that the file holds, once the names are known to be in it. */
export function wholeInventory(names: readonly string[], flags: TargetFlags): Inventory {
	const [first] = names;
	// With an inventory named, user@host can be the name of a Safe in it.
	if (names.length === 1 && first?.includes('@') && flags.inventory === undefined) return singleTarget(first, flags);
	for (const flag of ['connector', 'key', 'hostKey'] as const) {
		if (flags[flag] !== undefined) {
			const shown = flag === 'hostKey' ? '--host-key' : `--${flag}`;
			throw new UserError(
				`${shown} goes with one target given as user@host:port.`,
				'With an inventory, the Safe itself says these.',
			);
		}
	}
	const inventory = loadInventory(findInventory(flags.inventory, configDirectory, systemInventory));
	const whose = inventory.file === null ? null : whoseInventory(inventory.file);
	if (whose !== null) notice(whose);
	const unknown = names.filter((name) => !inventory.safes.some((safe) => safe.name === name));
	if (unknown.length > 0) {
		const known = inventory.safes.slice(0, 10).map(({ name }) => name);
		const listed = `${known.join(', ')}${inventory.safes.length > known.length ? ', …' : ''}`;
		throw new UserError(
			`There is no Safe named ${unknown.map((name) => JSON.stringify(name)).join(' or ')} in ${inventory.file}.`,
			inventory.settings.mask ? 'vpmon check lists those that it has, by their pseudonyms.' : `It has ${listed}`,
		);
	}
	return inventory;
}

const localName = 'this host';

function singleTarget(text: string, flags: TargetFlags): Inventory {
	const target = parseUserAtTarget(text);
	if (target === null)
		throw new UserError(
			`${JSON.stringify(text)} is no target.`,
			'Write it as user@host or user@host:port, IPv6 as user@[address]:port.',
		);
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
