import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { nodeHttp, nodeHttps } from '../domain/late-modules.ts';
import { formatTarget } from '../domain/target.ts';
import { messageOf } from '../domain/user-error.ts';
import type { Address, Connection, Host, RunOptions } from '../hosts/host.ts';
import { bareHost, type HttpProxy, proxyFor } from './proxy.ts';
import { Late, startTls, TlsFailure } from './tls.ts';

/** At which step a request ended: name, TCP, the proxy, TLS, or no HTTP answer. */
export type HttpStep = 'name' | 'tcp' | 'proxy' | 'tls' | 'http' | 'timeout';

export type HttpAnswer = (
	| {
			readonly ok: true;
			readonly status: number;
			readonly body: string;
			/** By their names in lower case. */
			readonly headers: Readonly<Record<string, string>>;
	  }
	| { readonly ok: false; readonly step: HttpStep; readonly reason: string }
) & {
	/** `proxy.example:3128`; null for a direct way. */
	readonly proxy: string | null;
};

type Failure = Extract<HttpAnswer, { ok: false }>;

export type HttpOptions = RunOptions & {
	/** Where HTTPS_PROXY and its like are read; else the host's own, or vpmon's. */
	readonly environment?: Readonly<Record<string, string | undefined>>;
};

const mostBody = 32 * 1024 * 1024; // Characters.

/**
 * One GET that leaves from the connector's host, through the proxy that the environment names, step by step, so that each failure
 * has its own name. Never rejects.
 */
export async function httpGet(
	host: Host,
	url: URL,
	headers: Readonly<Record<string, string>>,
	options: HttpOptions,
): Promise<HttpAnswer> {
	const proxy = proxyFor(url, options.environment ?? host.environment?.() ?? process.env);
	if (typeof proxy === 'string') return { ok: false, step: 'proxy', reason: proxy, proxy: null };
	const shown = proxy?.shown ?? null;
	const fail = (step: HttpStep, reason: string): Failure => ({ ok: false, step, reason, proxy: shown });
	const secure = url.protocol === 'https:';
	const name = bareHost(url);
	const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
	const resolution = await host.resolve(proxy?.host ?? name, options);
	const whose = proxy === null ? '' : `the proxy ${proxy.shown}: `;
	if (!resolution.ok) return fail('name', whose + resolution.error);
	const connection = await connectToAny(host, resolution.addresses, proxy?.port ?? port, options);
	if (connection === null) return fail('name', `${whose}the name has no address`);
	if (!connection.ok) return fail(connection.failure === 'timeout' ? 'timeout' : 'tcp', whose + connection.error);
	const { stream } = connection;
	stream.on('error', () => {});
	const { timeoutMs } = options;
	try {
		let carrier: Duplex = stream;
		if (proxy?.secure) carrier = await startTls(carrier, proxy.host, timeoutMs);
		// A plain request goes to the proxy itself; TLS needs a tunnel (RFC 9110, sections 7.6 and 9.3.6).
		if (proxy !== null && secure) {
			const refusal = await openTunnel(carrier, proxy, formatTarget(name, port), timeoutMs);
			if (refusal !== null) return fail('proxy', refusal);
		}
		if (secure) carrier = await startTls(carrier, name, timeoutMs);
		const plainProxy = secure ? null : proxy;
		const path = plainProxy === null ? url.pathname + url.search : url.href;
		const authorization = plainProxy?.authorization ?? null;
		const all = { ...headers, ...(authorization === null ? {} : { 'proxy-authorization': authorization }) };
		const answer = await ask(carrier, url, path, all, timeoutMs);
		if (plainProxy !== null && answer.status === 407) return fail('proxy', refusalOf(plainProxy, 407, ''));
		return { ok: true, ...answer, proxy: shown };
	} catch (error) {
		const step = error instanceof Late ? 'timeout' : error instanceof TlsFailure ? 'tls' : 'http';
		return fail(step, messageOf(error));
	} finally {
		stream.destroy();
	}
}

/** The first address that opens, or the last failure. */
async function connectToAny(
	host: Host,
	addresses: readonly Address[],
	port: number,
	options: RunOptions,
): Promise<Connection | null> {
	let last: Connection | null = null;
	const timeoutMs = options.timeoutMs / Math.max(1, addresses.length);
	for (const { address } of addresses) {
		last = await host.connect(address, port, { ...options, timeoutMs });
		if (last.ok) return last;
	}
	return last;
}

/** Returns why the proxy does not let it through; null once the tunnel stands. */
function openTunnel(carrier: Duplex, proxy: HttpProxy, target: string, timeoutMs: number): Promise<string | null> {
	const { promise, resolve, reject } = Promise.withResolvers<string | null>();
	const timer = setTimeout(
		() => reject(new Late(`no answer from the proxy ${proxy.shown} within ${timeoutMs} ms`)),
		timeoutMs,
	);
	const request = nodeHttp().request({
		method: 'CONNECT',
		path: target,
		headers: {
			host: target,
			...(proxy.authorization === null ? {} : { 'proxy-authorization': proxy.authorization }),
		},
		createConnection: () => carrier,
	});
	const settle = (status: number) => resolve(status >= 200 && status < 300 ? null : refusalOf(proxy, status, target));
	request.once('connect', ({ statusCode = 0 }, _, head) => {
		if (head.length > 0) carrier.unshift(head);
		settle(statusCode);
	});
	request.once('response', ({ statusCode = 0 }) => settle(statusCode));
	request.on('error', () => resolve(`${proxy.shown} closed the connection, or is no HTTP proxy`));
	request.end();
	return promise.finally(() => clearTimeout(timer));
}

function refusalOf(proxy: HttpProxy, status: number, target: string): string {
	if (status === 407) {
		const how = proxy.authorization === null ? 'needs authentication' : 'does not accept the credentials it was given';
		return `${proxy.shown} ${how} (HTTP 407)`;
	}
	if (status === 502 || status === 503 || status === 504)
		return `${proxy.shown} does not reach ${target} (HTTP ${status})`;
	return `${proxy.shown} refuses the way to ${target} (HTTP ${status})`;
}

type Response = { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>> };

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
	);
}

function ask(
	carrier: Duplex,
	url: URL,
	path: string,
	headers: Readonly<Record<string, string>>,
	timeoutMs: number,
): Promise<Response> {
	const { promise, resolve, reject } = Promise.withResolvers<Response>();
	const timer = setTimeout(() => reject(new Late(`no answer within ${timeoutMs} ms`)), timeoutMs);
	// The carrier is already encrypted where it has to be; the request itself only writes to it.
	const { request: send } = url.protocol === 'https:' ? nodeHttps() : nodeHttp();
	const request = send(
		url,
		{ path, createConnection: () => carrier, headers: { ...headers, connection: 'close' } },
		(response) => {
			let body = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => {
				body += chunk;
				if (body.length <= mostBody) return;
				reject(new Error('the answer is larger than 32 MB'));
				response.destroy();
			});
			response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: plainHeaders(response) }));
			response.on('error', reject);
		},
	);
	request.on('error', reject);
	request.end();
	return promise.finally(() => clearTimeout(timer));
}
