import { readFileSync } from 'node:fs';
import { createServer as createHttp, request } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, createServer as createTcp, type Server } from 'node:net';
import { setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Host } from '../../source/hosts/host.ts';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { probeHealth } from '../../source/probes/control-plane-health.ts';

const pem = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
const key = pem('key');
const credentials = 'ops:s3cret';

beforeAll(() => setDefaultCACertificates([pem('authority')]));
const servers: Server[] = [];
afterEach(() => {
	for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}

/** Names that would be loopback addresses are never proxied, so both ends have a name of their own. */
const local = createLocalHost();
const host: Host = {
	...local,
	async resolve(name, options) {
		const known = ['vault.example', 'proxy.example'].includes(name);
		return known ? { ok: true, addresses: [{ address: '127.0.0.1', family: 4 }] } : local.resolve(name, options);
	},
};

const controlPlane = (certificate: string, status = 200) =>
	listen(createHttps({ key, cert: pem(certificate) }, (_, response) => response.writeHead(status).end('ok')));

const probe = (url: string, environment: Record<string, string> = {}) =>
	probeHealth(host, url, { timeoutMs: 2000, environment });

test.each([
	['good', 'vault.example', 'reachable', /^HTTP 200$/],
	['good', '127.0.0.1', 'reachable', /^HTTP 200$/],
	['expired', 'vault.example', 'tls', /^the certificate expired \d+ \w+( \d{4})?$/],
	['self-signed', 'vault.example', 'tls', /^the certificate is self-signed$/],
	['other', 'vault.example', 'tls', /^the certificate is not for vault.example but for other.example, 127.0.0.1$/],
])('certificate %s for %s: %s', async (certificate, name, outcome, detail) => {
	const port = await controlPlane(certificate);
	expect(await probe(`https://${name}:${port}/healthz?token=abc`)).toMatchObject({
		url: `https://${name}:${port}/healthz`,
		outcome,
		detail: expect.stringMatching(detail),
		proxy: null,
	});
});

test('no TLS at all, a connection that closes, and a bad status are told apart', async () => {
	const plain = await listen(createHttp((_, response) => response.end('ok')));
	const closing = await listen(createTcp((socket) => socket.on('error', () => {}).once('data', () => socket.end())));
	expect(await probe(`https://vault.example:${plain}/healthz`)).toMatchObject({
		outcome: 'tls',
		detail: 'what answers there does not speak TLS',
	});
	expect(await probe(`https://vault.example:${closing}/healthz`)).toMatchObject({
		outcome: 'tls',
		detail: 'the connection was closed during the TLS handshake',
	});
	expect(await probe(`https://vault.example:${await controlPlane('good', 503)}/healthz`)).toMatchObject({
		outcome: 'status',
		detail: 'HTTP 503',
	});
});

/** A proxy that answers every wish with this status, or with 200 grants it; it keeps what it was asked. */
async function proxy(status: number) {
	const asked: Array<{ line: string; authorization: string | undefined }> = [];
	const server = createHttp((incoming, response) => {
		asked.push({ line: `GET ${incoming.url}`, authorization: incoming.headers['proxy-authorization'] });
		if (status !== 200) return void response.writeHead(status).end();
		const port = new URL(incoming.url ?? '').port;
		request({ host: '127.0.0.1', port, path: '/healthz' }, (from) => {
			response.writeHead(from.statusCode ?? 0);
			from.pipe(response);
		}).end();
	});
	server.on('connect', (incoming, socket) => {
		asked.push({ line: `CONNECT ${incoming.url}`, authorization: incoming.headers['proxy-authorization'] });
		socket.on('error', () => {});
		if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
		const onward = connect(Number(incoming.url?.split(':')[1]), '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 OK\r\n\r\n');
			onward.pipe(socket).pipe(onward);
		});
		onward.on('error', () => socket.destroy());
	});
	return { port: await listen(server), asked };
}

test('the way leads through the proxy of the environment, whose credentials are used and never shown', async () => {
	const { port, asked } = await proxy(200);
	const secure = await controlPlane('good');
	const plain = await listen(createHttp((_, response) => response.end('ok')));
	const through = `http://${credentials}@proxy.example:${port}`;
	const found = [
		await probe(`https://vault.example:${secure}/healthz`, { https_proxy: through, HTTPS_PROXY: 'http://wrong' }),
		await probe(`http://vault.example:${plain}/healthz`, { HTTP_PROXY: through }),
	];
	for (const health of found) {
		expect(health).toMatchObject({ outcome: 'reachable', proxy: `proxy.example:${port}` });
		expect(JSON.stringify(health)).not.toContain('s3cret');
	}
	const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
	expect(asked).toEqual([
		{ line: `CONNECT vault.example:${secure}`, authorization },
		{ line: `GET http://vault.example:${plain}/healthz`, authorization },
	]);
	// The certificate is that of the control plane, not of the proxy.
	const expired = await controlPlane('expired');
	expect(await probe(`https://vault.example:${expired}/healthz`, { HTTPS_PROXY: through })).toMatchObject({
		outcome: 'tls',
		detail: expect.stringContaining('expired'),
	});
});

test.each([
	[407, 'http', 'needs authentication (HTTP 407)'],
	[407, `http://${credentials}@`, 'does not accept the credentials it was given (HTTP 407)'],
	[403, 'http', 'refuses the way to vault.example:443 (HTTP 403)'],
	[502, 'http', 'does not reach vault.example:443 (HTTP 502)'],
])('a proxy that says %i to %s', async (status, prefix, words) => {
	const { port } = await proxy(status);
	const through = `${prefix === 'http' ? 'http://' : prefix}proxy.example:${port}`;
	const health = await probe('https://vault.example/healthz', { https_proxy: through });
	expect(health).toMatchObject({ outcome: 'proxy', detail: `proxy.example:${port} ${words}` });
	expect(JSON.stringify(health)).not.toContain('s3cret');
});

test('a proxy that is away, has no name, or is none', async () => {
	const ssh = await listen(createTcp((socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.6\r\n')));
	const closed = await listen(createTcp());
	await new Promise((resolve) => servers.pop()?.close(resolve));
	const via = (https_proxy: string) => probe('https://vault.example/healthz', { https_proxy });
	expect(await via(`http://proxy.example:${closed}`)).toMatchObject({
		outcome: 'tcp',
		detail: expect.stringMatching(/^the proxy proxy\.example:\d+: /),
	});
	expect(await via('proxy.invalid:3128')).toMatchObject({ outcome: 'name', proxy: 'proxy.invalid:3128' });
	expect(await via(`http://proxy.example:${ssh}`)).toMatchObject({ outcome: 'proxy' });
	expect(await via(`socks5://${credentials}@proxy.example`)).toMatchObject({
		outcome: 'proxy',
		detail: 'https_proxy is not the address of an HTTP proxy',
	});
});
