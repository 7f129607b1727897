import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { messageOf } from '../domain/user-error.ts';
import type { Address, Connection, Host, RunOptions } from '../hosts/host.ts';

export type HttpAnswer =
	| { readonly ok: true; readonly status: number; readonly body: string }
	/** At which step it ended: name, TCP, TLS, or no HTTP answer. */
	| {
			readonly ok: false;
			readonly step: 'name' | 'tcp' | 'tls' | 'http' | 'timeout';
			readonly reason: string;
	  };

const mostBody = 4 * 1024 * 1024; // Bytes.

/** One GET that leaves from the connector's host, step by step, so that each failure has its own name. Never rejects. */
export async function httpGet(
	host: Host,
	url: URL,
	headers: Readonly<Record<string, string>>,
	options: RunOptions,
): Promise<HttpAnswer> {
	const name = url.hostname.replace(/^\[|\]$/g, '');
	const secure = url.protocol === 'https:';
	const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
	const resolution = await host.resolve(name, options);
	if (!resolution.ok) return { ok: false, step: 'name', reason: resolution.error };
	const connection = await connectToAny(host, resolution.addresses, port, options);
	if (connection === null) return { ok: false, step: 'name', reason: 'the name has no address' };
	if (!connection.ok) {
		return { ok: false, step: connection.failure === 'timeout' ? 'timeout' : 'tcp', reason: connection.error };
	}
	const { stream } = connection;
	stream.on('error', () => {});
	try {
		const carrier = secure ? await startTls(stream, name, options.timeoutMs) : stream;
		return await ask(carrier, url, headers, options.timeoutMs);
	} catch (error) {
		const late = error instanceof Late;
		return {
			ok: false,
			step: late ? 'timeout' : error instanceof TlsFailure ? 'tls' : 'http',
			reason: messageOf(error),
		};
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

class Late extends Error {}
class TlsFailure extends Error {}

function startTls(stream: Duplex, name: string, timeoutMs: number): Promise<Duplex> {
	return new Promise((resolve, reject) => {
		const secure = connectTls({
			socket: stream,
			...(isIP(name) === 0 ? { servername: name } : {}),
		});
		const timer = setTimeout(() => reject(new Late(`no TLS handshake within ${timeoutMs} ms`)), timeoutMs);
		secure.once('secureConnect', () => {
			clearTimeout(timer);
			resolve(secure);
		});
		secure.once('error', (error) => {
			clearTimeout(timer);
			reject(new TlsFailure(error.message));
		});
	});
}

function ask(
	carrier: Duplex,
	url: URL,
	headers: Readonly<Record<string, string>>,
	timeoutMs: number,
): Promise<HttpAnswer> {
	const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
	const timer = setTimeout(() => reject(new Late(`no answer within ${timeoutMs} ms`)), timeoutMs);
	// The carrier is already encrypted where it has to be; the request itself only writes to it.
	const send = url.protocol === 'https:' ? requestTls : requestPlain;
	const request = send(
		url,
		{ createConnection: () => carrier, headers: { ...headers, connection: 'close' } },
		(response) => {
			let body = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => {
				if (body.length < mostBody) body += chunk;
			});
			response.on('end', () => resolve({ ok: true, status: response.statusCode ?? 0, body }));
			response.on('error', reject);
		},
	);
	request.on('error', reject);
	request.end();
	return promise.finally(() => clearTimeout(timer));
}
