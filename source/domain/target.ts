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
	if (host === null || host === undefined) return null;
	const portText = bracketed?.[2] ?? plain?.[2];
	const port = portText === undefined ? defaultSshPort : parsePort(portText);
	return port === null ? null : { username, host, port };
}
