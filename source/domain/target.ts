import { cleanText } from './clean.ts';

/** A target is host:port of a Safe. IPv6 addresses are written in brackets, as in RFC 3986 section 3.2.2. */

export const defaultSshPort = 22;

export function formatTarget(host: string, port: number): string {
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A port number from text, or null when it is not one (1 to 65535). */
export function parsePort(text: string): number | null {
	if (!/^\d{1,5}$/.test(text)) return null;
	const port = Number(text);
	return port >= 1 && port <= 65_535 ? port : null;
}

/** One spelling for every IP address, so that two of one cannot be two targets: IPv6 as RFC 5952 writes it, mapped IPv4 as IPv4. */
export function canonicalAddress(address: string): string {
	if (!address.includes(':') || !URL.canParse(`http://[${address}]/`)) return address.toLowerCase();
	const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
	const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
	if (mapped === null) return canonical;
	const [high = 0, low = 0] = mapped.slice(1).map((part) => Number.parseInt(part, 16));
	return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

const isLine = (text: string) => cleanText(text) === text && !text.includes('\n');

/** A host name or an IP address, without port, user or blanks. With a dash in front it would be an option of a program. */
export function isHost(text: string): boolean {
	const isWord = /^(?!-)[^\s/@[\]\u0000-\u0020\u007f-\u009f]{1,253}$/.test(text);
	return isWord && !/^[^:]*:[^:]*$/.test(text) && isLine(text);
}

/** What can be a user name anywhere. */
export function isUserName(text: string): boolean {
	return text !== '' && text.length <= 255 && isLine(text);
}

export type UserAtTarget = {
	readonly username: string;
	readonly host: string;
	readonly port: number;
};

/** `user@host`, `user@host:port` or `user@[address]:port`; null when the text is none of them. The last @ separates: user names may hold one. */
export function parseUserAtTarget(text: string): UserAtTarget | null {
	const at = text.lastIndexOf('@');
	if (at < 1) return null;
	const username = text.slice(0, at);
	const rest = text.slice(at + 1);
	const bracketed = /^\[([0-9a-fA-F:.%\w-]+)\](?::(\d+))?$/.exec(rest);
	const plain = /^([^\s:/[\]@]+)(?::(\d+))?$/.exec(rest);
	const bareAddress = /^[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(rest) ? rest : null;
	const host = bracketed?.[1] ?? plain?.[1] ?? bareAddress;
	if (host === null || host === undefined || !isHost(host) || !isUserName(username)) return null;
	const portText = bracketed?.[2] ?? plain?.[2];
	const port = portText === undefined ? defaultSshPort : parsePort(portText);
	return port === null ? null : { username, host, port };
}

/** What a person types of one target on the screen. */
export type TypedTarget = {
	/** `user@host:port` */
	readonly target: string;
	/** Path of a public key; empty for a password. */
	readonly key: string;
	/** Empty for the one there is. */
	readonly connector: string;
};
