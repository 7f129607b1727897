import * as v from 'valibot';
import { cleanText } from '../domain/clean.ts';
import { parseStoredHostKey } from '../domain/host-key.ts';
import { containerName, unitName } from '../domain/inventory.ts';
import { isHost, isUserName } from '../domain/target.ts';

/** The inventory file as it may be written. Each message says what is expected; `file.ts` adds where and what was given. */
const isLine = (text: string) => cleanText(text) === text && !text.includes('\n');
const nameText = 'a name of 1 to 200 printable characters';
const isPrintable = (text: string) => text.trim() !== '' && text.length <= 200 && isLine(text);
const name = v.pipe(v.string(nameText), v.check(isPrintable, nameText));

const idText = 'the id that VaultPAM has for the Safe';

const hostText = 'a host name or an IP address, without port, user or blanks';
const hostName = v.pipe(v.string(hostText), v.check(isHost, hostText));

const userText = 'a user name; put it in quotes when it looks like a number';
const userName = v.pipe(v.string(userText), v.check(isUserName, userText));

const portText = 'a whole number from 1 to 65535';
const port = v.pipe(
	v.number(portText),
	v.check((number) => Number.isInteger(number) && number >= 1 && number <= 65_535, portText),
);

const yesNo = v.boolean('true or false');
const fileText = 'a file path of printable characters';
const filePath = v.pipe(
	v.string(fileText),
	v.check((text) => text !== '' && isLine(text), fileText),
);

const urlText = 'a URL that begins with https:// or http://, without user or password';
const webUrl = v.pipe(
	v.string(urlText),
	v.check((text) => /^https?:\/\/[^\s/@]+(?:\/\S*)?$/.test(text) && URL.canParse(text) && isLine(text), urlText),
);

const pathText = 'a path that begins with /';

const remoteText = 'local, ssh://user@host:port or ssh://alias of your ssh config';
export const remotePattern =
	/^ssh:\/\/(?:([^\s@/:-][^\s@/:]*)@)?(\[[0-9a-fA-F:.]+(?:%\w+)?\]|[^\s@/:[\]-][^\s@/:[\]]*)(?::(\d{1,5}))?\/?$/;

function isRemote(text: string): boolean {
	const match = isLine(text) ? remotePattern.exec(text) : null;
	return match !== null && (match[3] === undefined || (Number(match[3]) >= 1 && Number(match[3]) <= 65_535));
}

const durationText = 'a duration such as 30s, 5m or 1h, from 30s to 24h';
const units: Readonly<Record<string, number>> = {
	s: 1000,
	m: 60_000,
	h: 3_600_000,
};

/** `5m` in milliseconds, or null. */
export function parseDuration(text: string): number | null {
	const match = /^(\d{1,5})\s*([smh])$/.exec(text.trim());
	const factor = units[match?.[2] ?? ''];
	return match === null || factor === undefined ? null : Number(match[1]) * factor;
}

const durationBetween = (least: number, most: number, text: string) =>
	v.pipe(
		v.string(text),
		v.check((given) => {
			const ms = parseDuration(given);
			return ms !== null && ms >= least && ms <= most;
		}, text),
	);
const duration = durationBetween(30_000, 86_400_000, durationText);
const deadline = durationBetween(1000, 120_000, 'a duration such as 5s or 1m, from 1s to 2m');

const hostKeyText = 'a host key: SHA256:…, MD5:…, "ssh-ed25519 SHA256:…" or a whole public key line';
const hostKey = v.pipe(
	v.string(hostKeyText),
	v.check((text) => parseStoredHostKey(text) !== null, hostKeyText),
);

const credential = v.strictObject(
	{
		type: v.picklist(['ssh-key', 'password'], 'ssh-key or password'),
		publicKey: v.optional(v.string('a path to a public key, or the key itself')),
	},
	'type and, with ssh-key, publicKey',
);

const containerText = 'a container name, which begins with a letter or a digit';
const unitText = 'a unit name, which begins with a letter or a digit';

const connector = v.strictObject(
	{
		name,
		host: v.optional(
			v.pipe(
				v.string(remoteText),
				v.check((text) => text === 'local' || isRemote(text), remoteText),
			),
			'local',
		),
		runtime: v.optional(v.picklist(['docker', 'systemd', 'none'], 'docker, systemd or none')),
		container: v.optional(v.pipe(v.string(containerText), v.regex(containerName, containerText))),
		unit: v.optional(v.pipe(v.string(unitText), v.regex(unitName, unitText))),
		journalDirectory: v.optional(filePath),
		logFile: v.optional(filePath),
	},
	'name, host, runtime, container, unit, journalDirectory or logFile',
);

/** A Safe as it stands in the list. */
export const safeSchema = v.strictObject(
	{
		name,
		id: v.optional(
			v.pipe(v.union([v.string(idText), v.number(idText)], idText), v.transform(String), v.check(isPrintable, idText)),
		),
		connector: v.optional(name),
		host: hostName,
		port: v.optional(port),
		username: userName,
		credential: v.optional(credential),
		hostKey: v.optional(hostKey),
		sensitive: v.optional(yesNo, false),
		exempt: v.optional(yesNo, false),
	},
	'name, id, connector, host, port, username, credential, hostKey, sensitive or exempt',
);

const aList = <Item extends v.GenericSchema>(item: Item, what: string) => v.array(item, `a list of ${what}`);

/** One whose lines are all comments is as good as none. */
const section = <Section extends v.GenericSchema<object, object>>(fields: Section) => v.nullish(fields, {});

export const inventorySchema = v.strictObject(
	{
		version: v.literal(1, '1'),
		defaults: section(
			v.strictObject(
				{
					connector: v.optional(name),
					port: v.optional(port),
					credential: v.optional(credential),
				},
				'connector, port or credential',
			),
		),
		settings: section(
			v.strictObject(
				{
					probe: v.optional(v.picklist(['background', 'on-demand'], 'background or on-demand'), 'background'),
					sweepEvery: v.optional(duration, '5m'),
					rowTimeout: v.optional(deadline, '5s'),
					ladderTimeout: v.optional(deadline, '10s'),
					degraded: v.optional(v.picklist(['fail', 'warn'], 'fail or warn'), 'fail'),
					exempt: v.optional(yesNo, false),
					readOnly: v.optional(yesNo, false),
					share: v.optional(yesNo, true),
					mask: v.optional(yesNo, false),
				},
				'probe, sweepEvery, rowTimeout, ladderTimeout, degraded, exempt, readOnly, share or mask',
			),
		),
		controlPlane: section(
			v.strictObject(
				{
					url: v.optional(webUrl),
					healthUrl: v.optional(webUrl),
					connectorsPath: v.optional(
						v.pipe(
							v.string(pathText),
							v.check((text) => /^\/(?!\/)\S*$/.test(text) && isLine(text), pathText),
						),
					),
				},
				'url, healthUrl or connectorsPath',
			),
		),
		connectors: v.nullish(aList(connector, 'connectors'), []),
		safes: v.nullish(aList(safeSchema, 'Safes'), []),
	},
	'version, defaults, settings, controlPlane, connectors or safes',
);

export type InventoryFile = v.InferOutput<typeof inventorySchema>;
