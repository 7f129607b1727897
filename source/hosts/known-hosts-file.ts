import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { constants } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeHostKey, hostKeyTypes } from '../domain/host-key.ts';
import { readPlainTextIfThere } from '../domain/plain-file.ts';
import { defaultSshPort } from '../domain/target.ts';
import { messageOf } from '../domain/user-error.ts';
import type { SshDestination } from './ssh-destination.ts';

/** The user's own known_hosts files, read as OpenSSH's client does: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */

/** A hundred thousand hosts are far below. */
const maxBytes = 64 * 1024 * 1024;
const { O_APPEND, O_CREAT, O_NONBLOCK = 0, O_WRONLY } = constants;
/** Not waiting for somebody to read a pipe. */
const toAppend = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK;

export type KnownKey = {
	/** `~/.ssh/known_hosts:3`, with the whole path. */
	readonly place: string;
	readonly marker: '@revoked' | '@cert-authority' | null;
	readonly type: string;
	readonly blob: Buffer;
	/** The line has the name without its port: it vouches for a key, but no other key contradicts it. */
	readonly isLoose: boolean;
};

/** How an offered key stands to what is known. `changed` names a line that has another key of that type. */
export type HostKeyStanding =
	| { readonly verdict: 'known' | 'unknown' }
	| { readonly verdict: 'changed' | 'revoked'; readonly place: string };

/** All lines that speak of a server. A file that is not there or cannot be read has none. */
export async function readKnownKeys(destination: SshDestination): Promise<readonly KnownKey[]> {
	const names = namesOf(destination);
	const found: KnownKey[] = [];
	for (const file of [...destination.knownHosts, ...destination.globalKnownHosts]) {
		const text = await readPlainTextIfThere(file, maxBytes);
		found.push(...parseKnownKeys(text, file, names));
	}
	return found;
}

export function parseKnownKeys(text: string, file: string, names: readonly string[]): KnownKey[] {
	return text.split('\n').flatMap((line, index) => {
		const match = /^\s*(?:(@\S+)\s+)?([^\s#]\S*)\s+(\S+)\s+(AAAA[A-Za-z0-9+/]+={0,2})/.exec(line);
		const [, marker = null, patterns = '', type = '', base64 = ''] = match ?? [];
		const which = names.findIndex((name) => matches(patterns, name));
		if (match === null || which === -1) return [];
		if (marker !== null && marker !== '@revoked' && marker !== '@cert-authority') return [];
		const blob = Buffer.from(base64, 'base64');
		if (describeHostKey(blob).type !== type) return [];
		return [{ place: `${file}:${index + 1}`, marker, type, blob, isLoose: which > 0 }];
	});
}

export function standingOf(known: readonly KnownKey[], offered: Buffer): HostKeyStanding {
	const { type } = describeHostKey(offered);
	const revoked = known.find(({ marker, blob }) => marker === '@revoked' && blob.equals(offered));
	if (revoked !== undefined) return { verdict: 'revoked', place: revoked.place };
	const own = known.filter(({ marker }) => marker === null);
	if (own.some(({ blob }) => blob.equals(offered))) return { verdict: 'known' };
	const strict = own.filter(({ isLoose }) => !isLoose);
	const other = strict.find((key) => key.type === type) ?? strict[0];
	return other === undefined ? { verdict: 'unknown' } : { verdict: 'changed', place: other.place };
}

/** The types to ask the server for, so that it shows a key that can be compared; null where none is known. */
export function knownTypes(known: readonly KnownKey[]): readonly string[] | null {
	const types = hostKeyTypes.filter((type) =>
		known.some((key) => key.marker === null && !key.isLoose && key.type === type),
	);
	return types.length === 0 ? null : types;
}

/** The line that ssh would add after a yes. */
export function knownHostsLine(destination: SshDestination, blob: Buffer, isHashed: boolean): string {
	const [name = ''] = namesOf(destination);
	const { type } = describeHostKey(blob);
	return `${isHashed ? hashed(name) : name} ${type} ${blob.toString('base64')}`;
}

/** Adds a line to the first of the user's files, which is made where it is missing. Returns why it cannot. */
export async function appendKnownHost(destination: SshDestination, blob: Buffer): Promise<string | null> {
	const [file] = destination.knownHosts;
	if (file === undefined) return 'the ssh config names no UserKnownHostsFile';
	try {
		await mkdir(dirname(file), { recursive: true, mode: 0o700 });
		const before = await readPlainTextIfThere(file, maxBytes);
		const start = before === '' || before.endsWith('\n') ? '' : '\n';
		const line = knownHostsLine(destination, blob, destination.hashKnownHosts);
		await appendFile(file, `${start}${line}\n`, { mode: 0o600, flag: toAppend });
		return null;
	} catch (error) {
		return messageOf(error);
	}
}

/** The name a line of this server has; a plain name also speaks for another port, as with ssh. */
function namesOf({ hostKeyAlias, hostName, port }: SshDestination): readonly string[] {
	if (hostKeyAlias !== null) return [hostKeyAlias.toLowerCase()];
	const name = hostName.toLowerCase();
	return port === defaultSshPort ? [name] : [`[${name}]:${port}`, name];
}

function matches(patterns: string, name: string): boolean {
	if (patterns.startsWith('|1|')) return isHashOf(patterns, name);
	let found = false;
	for (const pattern of patterns.split(',')) {
		const isNegated = pattern.startsWith('!');
		if (!matchesWildcard(name, (isNegated ? pattern.slice(1) : pattern).toLowerCase())) continue;
		if (isNegated) return false;
		found = true;
	}
	return found;
}

/** `*` and `?` as in ssh_config(5), PATTERNS. Not as a regular expression: one with many stars takes for ever. */
function matchesWildcard(text: string, pattern: string): boolean {
	let [at, next, star, retry] = [0, 0, -1, 0];
	while (at < text.length) {
		if (pattern[next] === '*') [star, retry, next] = [next, at, next + 1];
		else if (pattern[next] === '?' || pattern[next] === text[at]) [at, next] = [at + 1, next + 1];
		else if (star === -1) return false;
		// The last star takes one character more.
		else [retry, at, next] = [retry + 1, retry + 1, star + 1];
	}
	return /^\**$/.test(pattern.slice(next));
}

/** `|1|salt|hash`: HMAC-SHA1 of the name (sshd(8)). */
function isHashOf(text: string, name: string): boolean {
	const [, , salt = '', hash = ''] = text.split('|');
	const wanted = Buffer.from(hash, 'base64');
	const own = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
	return wanted.length === own.length && timingSafeEqual(wanted, own);
}

function hashed(name: string): string {
	const salt = randomBytes(20);
	return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}
