import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseStoredHostKey } from '../domain/host-key.ts';
import {
	type Connector,
	type Credential,
	defaultSettings,
	type Inventory,
	type Place,
	type PublicKeySource,
	type Safe,
	type Settings,
} from '../domain/inventory.ts';
import { defaultSshPort } from '../domain/target.ts';
import { formatField, inventoryError, type Problem, type Spot } from './problems.ts';
import { type InventoryFile, parseDuration, remotePattern } from './schema.ts';

type Path = Array<string | number>;

/** What the parts of a file need to know to become parts of an inventory. */
type Building = {
	readonly raw: InventoryFile;
	readonly at: (path: Path) => NonNullable<Place>;
	readonly absolute: (path: string) => string;
	readonly report: (path: Path, message: string) => void;
};

/**
 * Turns a file of the right form into an inventory: defaults filled in, paths made absolute, names held against each other.
 *
 * @throws UserError with every problem found.
 */
export function buildInventory(
	raw: InventoryFile,
	placeOf: (path: Path) => Spot,
	{ file, changedAt }: { readonly file: string; readonly changedAt: number | null },
): Inventory {
	const problems: Problem[] = [];
	/** Safes share their keys. */
	const paths = new Map<string, string>();
	const building: Building = {
		raw,
		at: (path) => ({ file, changedAt, ...placeOf(path) }),
		absolute: (path) => {
			const known = paths.get(path) ?? resolve(dirname(file), path.replace(/^~(?=\/)/, homedir()));
			paths.set(path, known);
			return known;
		},
		report: (path, message) =>
			problems.push({
				...placeOf(path),
				field: formatField(path),
				message,
			}),
	};
	const connectors = raw.connectors.map((_, index) => buildConnector(building, index));
	const safes = raw.safes.map((_, index) => buildSafe(building, index, connectors));
	reportDoubles(building, 'connectors');
	reportDoubles(building, 'safes');
	if (problems.length > 0) throw inventoryError(file, problems);
	return {
		file,
		changedAt,
		controlPlane: {
			url: raw.controlPlane.url ?? null,
			healthUrl: raw.controlPlane.healthUrl ?? null,
			connectorsPath: raw.controlPlane.connectorsPath ?? null,
		},
		connectors,
		safes,
		settings: {
			...defaultSettings,
			...definedOf({
				probe: raw.settings.probe,
				degraded: raw.settings.degraded,
				readOnly: raw.settings.readOnly,
				share: raw.settings.share,
				mask: raw.settings.mask,
				sweepEveryMs: durationOf(raw.settings.sweepEvery),
				checkTimeoutMs: durationOf(raw.settings.rowTimeout),
				safeTimeoutMs: durationOf(raw.settings.ladderTimeout),
			}),
		},
	};
}

const durationOf = (text: string | undefined) => (text === undefined ? undefined : (parseDuration(text) ?? undefined));

function definedOf(settings: { [Key in keyof Settings]?: Settings[Key] | undefined }): Partial<Settings> {
	return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function buildConnector({ raw, at, absolute, report }: Building, index: number): Connector {
	const given = raw.connectors[index] as InventoryFile['connectors'][number];
	const path = ['connectors', index];
	const runtime =
		given.runtime ?? (given.container !== undefined ? 'docker' : given.unit !== undefined ? 'systemd' : 'none');
	for (const [field, goesWith, what] of [
		['container', 'docker', 'a container name'],
		['unit', 'systemd', 'a unit name'],
	] as const) {
		if (runtime === goesWith && given[field] === undefined) {
			report([...path, field], `missing, expected ${what}, since the runtime is ${goesWith}`);
		}
		if (runtime !== goesWith && given[field] !== undefined) {
			report(
				[...path, field],
				`goes with runtime ${goesWith}, but the runtime is ${runtime}; expected one of the two to change`,
			);
		}
	}
	const host = parseRemote(given.host);
	const there = (field: 'journalDirectory' | 'logFile'): string | null => {
		const file = given[field];
		if (file === undefined) return null;
		if (host === 'local') return absolute(file);
		if (!file.startsWith('/'))
			report([...path, field], `a path on ${given.host}; expected an absolute one, that begins with /`);
		return file;
	};
	return {
		name: given.name,
		host,
		runtime,
		container: given.container ?? null,
		unit: given.unit ?? null,
		journalDirectory: there('journalDirectory'),
		logFile: there('logFile'),
		place: at(path),
	};
}

function buildSafe({ raw, at, absolute, report }: Building, index: number, connectors: readonly Connector[]): Safe {
	const given = raw.safes[index] as InventoryFile['safes'][number];
	const path = ['safes', index];
	const onlyConnector = connectors.length === 1 ? connectors[0]?.name : undefined;
	const connector = given.connector ?? raw.defaults.connector ?? onlyConnector;
	if (!connectors.some(({ name }) => name === connector)) {
		const names = connectors.slice(0, 8).map(({ name }) => name);
		const expected = names.length === 0 ? 'at least one entry under "connectors"' : `one of ${names.join(', ')}`;
		const problem = connector === undefined ? 'missing' : `there is no connector ${JSON.stringify(connector)}`;
		report(given.connector === undefined ? path : [...path, 'connector'], `${problem}, expected ${expected}`);
	}
	const credential = given.credential ?? raw.defaults.credential ?? { type: 'password' };
	if (credential.type === 'password' && credential.publicKey !== undefined) {
		report([...path, 'credential'], 'a publicKey goes with type ssh-key; expected no publicKey with type password');
	}
	return {
		name: given.name,
		id: given.id ?? null,
		connector: connector ?? '',
		host: given.host,
		port: given.port ?? raw.defaults.port ?? defaultSshPort,
		username: given.username,
		credential: buildCredential(credential, absolute),
		hostKey: given.hostKey === undefined ? null : parseStoredHostKey(given.hostKey),
		hostKeyPlace: given.hostKey === undefined ? null : at([...path, 'hostKey']),
		sensitive: given.sensitive,
		exempt: given.exempt || (raw.settings.exempt ?? false),
		place: at(path),
	};
}

function reportDoubles({ raw, report }: Building, list: 'connectors' | 'safes'): void {
	const first = new Map<string, number>();
	for (const [index, { name }] of raw[list].entries()) {
		const earlier = first.get(name);
		if (earlier === undefined) first.set(name, index);
		else
			report(
				[list, index, 'name'],
				`${JSON.stringify(name)} is already the name of ${list}[${earlier}]; expected a name of its own`,
			);
	}
}

function parseRemote(host: string): Connector['host'] {
	const match = remotePattern.exec(host);
	if (match === null) return 'local';
	const [, username = null, name = '', port] = match;
	return { username, host: name.replace(/^\[|\]$/g, ''), port: port === undefined ? null : Number(port) };
}

type GivenCredential = NonNullable<InventoryFile['safes'][number]['credential']>;

function buildCredential(given: GivenCredential, absolute: (path: string) => string): Credential {
	if (given.type === 'password') return { type: 'password' };
	return {
		type: 'ssh-key',
		publicKey: given.publicKey === undefined ? null : publicKeySource(given.publicKey, absolute),
	};
}

/** A key itself has its type in front; anything else is a path. */
export function publicKeySource(text: string, absolute: (path: string) => string): PublicKeySource {
	const isKey = /^\s*(?:[\w@.-]+\s+AAAA|-----BEGIN|----\s*BEGIN|PuTTY-User-Key-File)/.test(text);
	return isKey ? { kind: 'text', text } : { kind: 'file', path: absolute(text.trim()) };
}
