import { readFileSync } from 'node:fs';
import { request as ask } from 'node:http';
import { request as askTls } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { createMetricsServer, listen, type Pages, type ServeOptions } from '../../source/exporter/serve.ts';
import { until } from '../helpers/system.ts';

const pem = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
const token = 'a-token-that-is-long-enough';
const bugs: unknown[] = [];
let stop = () => {};
afterEach(() => {
	stop();
	bugs.length = 0;
});

async function serve(pages: Partial<Pages> = {}, options: Partial<ServeOptions> = {}, listenOn = '127.0.0.1') {
	const server = createMetricsServer(
		{ metrics: async (format) => `as ${format}\n`, problem: () => null, ...pages } as Pages,
		{ token: null, tls: null, onBug: (error) => bugs.push(error), ...options },
	);
	const address = await listen(server, { host: listenOn, port: 0 });
	stop = () => {
		server.close();
		server.closeAllConnections();
	};
	const { port } = server.address() as AddressInfo;
	const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
		new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
			const base = { host: '127.0.0.1', port, path, method, headers, agent: false as const };
			const sent = options.tls ? askTls({ ...base, ca: pem('authority'), servername: 'vault.example' }) : ask(base);
			sent.on('error', reject).on('response', (response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk) => chunks.push(chunk));
				response.on('end', () =>
					resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
				);
			});
			sent.end();
		});
	/** A connection that sends something and then nothing. */
	const hold = (text: string, localAddress = '127.0.0.1') => {
		const socket = connect({ host: '127.0.0.1', port, localAddress }, () => socket.write(text));
		socket.on('error', () => {});
		held.push(socket);
		return socket;
	};
	return { get, address, server, port, hold };
}

const held: Socket[] = [];
afterEach(() => {
	for (const socket of held.splice(0)) socket.destroy();
});
const halfSent = 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n';
const isEnded = (socket: Socket) => socket.destroyed;

test('answers in the format that is asked for, packed where it may be', async () => {
	const { get } = await serve();
	const text = await get('/metrics');
	expect([text.status, text.headers['content-type'], String(text.body)]).toEqual([
		200,
		'text/plain; version=0.0.4; charset=utf-8',
		'as text/plain; version=0.0.4; charset=utf-8\n',
	]);
	// As Prometheus 2.42 asks.
	const open = await get('/metrics?a=b', {
		accept:
			'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
		'accept-encoding': 'gzip',
	});
	expect(open.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
	expect(open.headers['content-encoding']).toBe('gzip');
	expect(String(gunzipSync(open.body))).toContain('as application/openmetrics-text');
	expect((await get('/metrics', {}, 'HEAD')).body).toHaveLength(0);
});

test('knows two pages, and only reads', async () => {
	const { get } = await serve();
	expect((await get('/')).status).toBe(404);
	expect((await get('/metrics/../etc')).status).toBe(404);
	const post = await get('/metrics', {}, 'POST');
	expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
});

test('is healthy until it says why not; before there is anything to tell it says so', async () => {
	let problem: string | null = null;
	const { get } = await serve({ problem: () => problem, metrics: () => null });
	expect(await get('/healthz')).toMatchObject({ status: 200, body: Buffer.from('ok\n') });
	problem = 'no Safe was measured for 900 s';
	expect(await get('/healthz')).toMatchObject({ status: 503, body: Buffer.from(`${problem}\n`) });
	expect((await get('/metrics')).status).toBe(503);
});

test('a token is asked for where there is one, and for metrics alone', async () => {
	const { get } = await serve({}, { token });
	const refused = await get('/metrics');
	expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer realm="vpmon"']);
	for (const wrong of [`Bearer ${token}x`, 'Bearer ', `Basic ${token}`, token, 'Bearer'])
		expect((await get('/metrics', { authorization: wrong })).status).toBe(401);
	expect((await get('/metrics', { authorization: `Bearer ${token}` })).status).toBe(200);
	expect((await get('/healthz')).status).toBe(200);
});

test('speaks TLS', async () => {
	const { get } = await serve({}, { tls: { cert: pem('good'), key: pem('key') } });
	expect((await get('/metrics')).status).toBe(200);
});

test.each([false, true])('a peer that holds a hundred connections keeps nobody out, TLS %s', async (isTls) => {
	const { get, hold } = await serve({}, { token, tls: isTls ? { cert: pem('good'), key: pem('key') } : null });
	const authorization = `Bearer ${token}`;
	for (let round = 0; round < 5; round++) {
		for (let count = 0; count < 20; count++) hold(isTls ? '' : halfSent);
		expect((await get('/metrics', { authorization })).status).toBe(200);
	}
	// Sixteen of that address stay.
	await until('the oldest are gone', () => held.filter((socket) => !isEnded(socket)).length <= 16);
});

test('a peer with hundreds of addresses keeps nobody out either', async () => {
	const { get, hold } = await serve({}, { token });
	for (let count = 0; count < 200; count++) hold(halfSent, `127.1.${count % 7}.${count + 1}`);
	await until('the oldest are gone', () => held.filter((socket) => !isEnded(socket)).length <= 64);
	expect((await get('/metrics', { authorization: `Bearer ${token}` })).status).toBe(200);
});

test('who has shown the token keeps the connection, and so does another address; the newest gets in', async () => {
	const { hold, server } = await serve({}, { token });
	let connections = 0;
	server.on('connection', () => connections++);
	const known = hold(`${halfSent}Authorization: Bearer ${token}\r\n\r\n`);
	const other = hold(halfSent, '127.0.0.2');
	let answer = '';
	known.on('data', (chunk) => {
		answer += chunk;
	});
	await until('it is answered', () => answer.includes('as text/plain'));
	for (let count = 0; count < 80; count++) hold(halfSent);
	await until('all have come', () => connections === 82);
	await until('the oldest are gone', () => held.filter(isEnded).length === 64);
	expect([isEnded(known), isEnded(other), held.slice(-16).some(isEnded)]).toEqual([false, false, false]);
});

test('on loopback only its own names are answered, unless it is by TLS', async () => {
	const { get, server } = await serve({}, { listenHost: 'Metrics.Example' });
	const { port } = server.address() as AddressInfo;
	for (const host of ['127.0.0.1', `localhost:${port}`, 'LOCALHOST', '[::1]:9', '127.9.9.9', 'metrics.example:1'])
		expect([host, (await get('/metrics', { host })).status]).toEqual([host, 200]);
	for (const host of [
		'evil.example',
		`evil.example:${port}`,
		'127.0.0.1.evil.example',
		'localhost.evil.example',
		'10.0.0.1',
	])
		expect([host, (await get('/healthz', { host })).status]).toEqual([host, 421]);
	stop();
	const tls = { cert: pem('good'), key: pem('key') };
	expect((await (await serve({}, { tls })).get('/metrics', { host: 'vault.example' })).status).toBe(200);
});

test.each(['', '0.0.0.0', '::'])('the same where %j is listened on: 127.0.0.1 is one of its addresses', async (all) => {
	const { get } = await serve({}, { listenHost: all }, all);
	for (const host of ['evil.example', '127.0.0.1.evil.example', '0x7f.1', '[::2]', '[fe80::1]'])
		expect([host, (await get('/metrics', { host })).status]).toEqual([host, 421]);
	for (const host of ['[::ffff:7f00:1]', '[::ffff:127.0.0.1]:9', '[0:0:0:0:0:0:0:1]', 'localhost.', `${hostname()}:9`])
		expect([host, (await get('/metrics', { host })).status]).toEqual([host, 200]);
});

test('two who ask at once get one answer, the next a new one', async () => {
	let rendered = 0;
	let finish = () => {};
	let asked = 0;
	const { get, server } = await serve({
		metrics: () => {
			rendered++;
			return new Promise((resolve) => {
				finish = () => resolve('text\n');
			});
		},
	});
	server.on('request', () => asked++);
	const both = [get('/metrics'), get('/metrics')];
	await until('both have asked', () => asked === 2);
	finish();
	expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
	expect(rendered).toBe(1);
	const third = get('/metrics');
	await until('it is made anew', () => rendered === 2);
	finish();
	expect((await third).status).toBe(200);
});

test('a bug is told where it can be mended, not to who asks, and the next answer comes', async () => {
	let fails = true;
	const { get } = await serve({
		metrics: async () => {
			if (fails) throw new Error('secret of the inside');
			return 'text\n';
		},
	});
	const answer = await get('/metrics');
	expect(answer.status).toBe(500);
	expect(String(answer.body)).not.toContain('secret');
	expect(bugs).toHaveLength(1);
	fails = false;
	expect((await get('/metrics')).status).toBe(200);
});
