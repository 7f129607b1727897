import { BlockList, isIP } from 'node:net';
import { formatTarget } from '../domain/target.ts';

/** A proxy that stands between the connector's host and the control plane. */
export type HttpProxy = {
	readonly host: string;
	readonly port: number;
	/** The way to the proxy itself is TLS. */
	readonly secure: boolean;
	/** The value of Proxy-Authorization (RFC 9110, section 11.7.2). A secret. */
	readonly authorization: string | null;
	/** `proxy.example:3128`: what may be shown of it. */
	readonly shown: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL as the environment has it: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, the lower-case names first (curl(1),
 * ENVIRONMENT). Loopback is never proxied, as in Go's net/http.
 *
 * @returns null for a direct way, or text that says why the variable cannot be used, which does not quote it.
 */
export function proxyFor(url: URL, environment: Environment): HttpProxy | null | string {
	const name = bareHost(url);
	const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
	if (isLoopback(name) || isExcepted(name, port, read(environment, 'no_proxy').text)) return null;
	const { text, variable } = read(environment, url.protocol === 'https:' ? 'https_proxy' : 'http_proxy');
	if (text === '') return null;
	try {
		return parseProxy(text);
	} catch {
		return `${variable} is not the address of an HTTP proxy`;
	}
}

function read(environment: Environment, name: string): { text: string; variable: string } {
	const upper = name.toUpperCase();
	const variable = environment[name] ? name : upper;
	return { text: environment[variable]?.trim() ?? '', variable };
}

function parseProxy(text: string): HttpProxy {
	const url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
	if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('not an HTTP proxy');
	const secure = url.protocol === 'https:';
	const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
	const host = bareHost(url);
	const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
	const authorization = credentials === ':' ? null : `Basic ${Buffer.from(credentials).toString('base64')}`;
	return { host, port, secure, authorization, shown: formatTarget(host, port) };
}

/** Without the brackets of an IPv6 address. */
export function bareHost(url: URL): string {
	return url.hostname.replace(/^\[|\]$/g, '');
}

function isLoopback(name: string): boolean {
	return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
}

/** Entries are names with all below them, addresses, networks such as 10.0.0.0/8, each with or without a port; `*` is all. */
function isExcepted(name: string, port: number, text: string): boolean {
	return text
		.toLowerCase()
		.split(/[\s,]+/)
		.some((entry) => {
			if (entry === '' || entry === '*') return entry === '*';
			if (entry.includes('/')) return isInNetwork(name, entry);
			const [, base = entry, only] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
			if (only !== undefined && Number(only) !== port) return false;
			const domain = base.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
			return name === domain || (isIP(name) === 0 && name.endsWith(`.${domain}`));
		});
}

function isInNetwork(name: string, network: string): boolean {
	const [base = '', bits = ''] = network.split('/');
	const family = isIP(base);
	if (family === 0 || isIP(name) !== family || !/^\d+$/.test(bits)) return false;
	const kind = family === 6 ? 'ipv6' : 'ipv4';
	const list = new BlockList();
	try {
		list.addSubnet(base, Number(bits), kind);
	} catch {
		return false;
	}
	return list.check(name, kind);
}
