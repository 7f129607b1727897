import { createServer as createHttp, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server as TcpServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Host } from '../../source/hosts/host.ts';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { httpGet } from '../../source/probes/http.ts';

const host = createLocalHost();
const servers: Array<Server | TcpServer> = [];
afterEach(async () => {
	for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: Server | TcpServer): Promise<number> {
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}

const get = (url: string, via: Host = host, timeoutMs = 1000) => httpGet(via, new URL(url), {}, { timeoutMs });

test('an answer has its status and its body', async () => {
	const port = await listen(createHttp((_, response) => response.writeHead(503).end('sealed')));
	expect(await get(`http://127.0.0.1:${port}/healthz`)).toMatchObject({
		ok: true,
		status: 503,
		body: 'sealed',
		proxy: null,
	});
});

test('each step that fails has its name', async () => {
	const silent = await listen(createTcp((socket) => socket.on('error', () => {}).resume()));
	const garbage = await listen(
		createTcp((socket) =>
			socket
				.on('error', () => {})
				.resume()
				.end('SSH-2.0-OpenSSH_9.6\r\n'),
		),
	);
	const closed = await listen(createTcp());
	await new Promise((resolve) => servers.pop()?.close(resolve));
	expect(await get('http://no-such-name.invalid/', host, 3000)).toMatchObject({ ok: false, step: 'name' });
	expect(await get(`http://127.0.0.1:${closed}/`)).toMatchObject({ ok: false, step: 'tcp' });
	expect(await get(`https://127.0.0.1:${garbage}/`)).toMatchObject({ ok: false, step: 'tls' });
	expect(await get(`http://127.0.0.1:${garbage}/`)).toMatchObject({ ok: false, step: 'http' });
	expect(await get(`http://127.0.0.1:${silent}/`, host, 200)).toMatchObject({ ok: false, step: 'timeout' });
	expect(await get(`https://127.0.0.1:${silent}/`, host, 200)).toMatchObject({ ok: false, step: 'timeout' });
});

test('where the first address of a name is closed, the next is tried', async () => {
	const port = await listen(createHttp((_, response) => response.end('ok')));
	const resolve: Host['resolve'] = async () => ({
		ok: true,
		addresses: [
			{ address: '127.0.0.2', family: 4 },
			{ address: '127.0.0.1', family: 4 },
		],
	});
	expect(await get(`http://vault.example:${port}/`, { ...host, resolve })).toMatchObject({ ok: true, body: 'ok' });
});
