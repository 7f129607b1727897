import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { promisify } from 'node:util';
import { constants, gzip as gzipWith } from 'node:zlib';
import { nodeHttp, nodeHttps } from '../domain/late-modules.ts';
import type { ListenAddress } from '../domain/listen-address.ts';
import { formatTarget } from '../domain/target.ts';
import { isLoopbackAddress, isMeantForLoopback } from './host-header.ts';
import { limitPeers, type Peers } from './peers.ts';
import { type Format, formatFor } from './render.ts';

export type Pages = {
	/** Null until there is something to tell. */
	readonly metrics: (format: Format) => Promise<string> | null;
	/** Why measuring has come to a stop, or null. */
	readonly problem: () => string | null;
};

export type ServeOptions = {
	/** Without it everybody who can connect may read. */
	readonly token: string | null;
	/** Certificate and key; null serves plain HTTP. */
	readonly tls: SecureContextOptions | null;
	/** As the flag gives it: one of the names that a request to loopback may have. */
	readonly listenHost?: string;
	/** Told of what is no fault of the one who asks. */
	readonly onBug: (error: unknown) => void;
};

const gzip = promisify(gzipWith);
// Milliseconds: whoever asks slowly, or reads the answer slowly, holds a place no longer.
const requestMs = 10_000;
const answerMs = 30_000;

/** `/metrics` and `/healthz`. Two who ask at a time in the same format get the same answer. */
export function createMetricsServer(pages: Pages, { token, tls, listenHost = '', onBug }: ServeOptions): Server {
	const underWay = new Map<Format, Promise<string>>();
	const render = (format: Format) => {
		const shared = underWay.get(format) ?? pages.metrics(format)?.finally(() => underWay.delete(format)) ?? null;
		if (shared !== null) underWay.set(format, shared);
		return shared;
	};
	let peers: Peers;
	const answer = async (request: IncomingMessage, response: ServerResponse) => {
		// No page has a certificate for the name of another that a browser takes: with TLS there is no such doubt.
		// Asked is where this request came to: who listens on all addresses listens on 127.0.0.1 too.
		const isOnLoopback = isLoopbackAddress(request.socket.localAddress ?? '');
		if (tls === null && isOnLoopback && !isMeantForLoopback(request.headers.host, listenHost))
			return say(response, 421, 'this is 127.0.0.1: ask for localhost, or give vpmon exporter another --listen');
		const path = (request.url ?? '').replace(/\?.*$/s, '');
		if (request.method !== 'GET' && request.method !== 'HEAD')
			return say(response, 405, 'only GET and HEAD', { allow: 'GET, HEAD' });
		if (path === '/healthz') {
			const problem = pages.problem();
			return say(response, problem === null ? 200 : 503, problem ?? 'ok');
		}
		if (path !== '/metrics') return say(response, 404, 'there are /metrics and /healthz');
		if (token !== null && !isToken(request.headers.authorization, token))
			return say(response, 401, 'a bearer token is needed', { 'www-authenticate': 'Bearer realm="vpmon"' });
		if (token !== null) peers.trust(request.socket);
		const format = formatFor(request.headers.accept);
		const text = await render(format);
		if (text === null) return say(response, 503, 'vpmon is starting', { 'retry-after': '5' });
		const isPacked = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
		const body = isPacked ? await gzip(text, { level: constants.Z_BEST_SPEED }) : Buffer.from(text);
		response.writeHead(200, {
			'content-type': format,
			'content-length': body.length,
			vary: 'accept, accept-encoding',
			...(isPacked ? { 'content-encoding': 'gzip' } : {}),
		});
		response.end(request.method === 'HEAD' ? undefined : body);
	};
	const listener: RequestListener = (request, response) => {
		const deadline = setTimeout(() => response.destroy(), answerMs);
		const answered = peers.began(request.socket);
		response.once('close', () => {
			clearTimeout(deadline);
			answered();
		});
		answer(request, response).catch((error) => {
			onBug(error);
			if (!response.headersSent) say(response, 500, 'this is a bug in vpmon; its stderr tells more');
		});
	};
	const limits = { requestTimeout: requestMs, headersTimeout: requestMs, connectionsCheckingInterval: requestMs / 2 };
	const server =
		tls === null
			? nodeHttp().createServer(limits, listener)
			: nodeHttps().createServer({ ...limits, ...tls, handshakeTimeout: requestMs }, listener);
	peers = limitPeers(server);
	return server;
}

function say(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
	response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
	response.end(`${text}\n`);
}

/** Takes as long for a wrong token as for the right one. */
function isToken(authorization: string | undefined, token: string): boolean {
	const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(given), digest(token));
}

/**
 * Begins to listen; the port may be 0 for a free one. Returns where.
 *
 * @throws the system's error, such as EADDRINUSE.
 */
export async function listen(server: NetServer, { host, port }: ListenAddress): Promise<string> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen({ ...(host === '' ? {} : { host }), port, exclusive: true }, () => {
			server.off('error', reject);
			resolve();
		});
	});
	const { address, port: taken } = server.address() as AddressInfo;
	return formatTarget(address, taken);
}
