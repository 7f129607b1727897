import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noControlPlane } from '../../source/domain/inventory.ts';
import type { Host } from '../../source/hosts/host.ts';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { createApiAccess } from '../../source/inventory/api-access.ts';
import { fetchConnectors, fetchSafes } from '../../source/inventory/control-plane.ts';
import { startTestControlPlane, type TestControlPlane, token } from '../helpers/control-plane.ts';

let host: Host;
let started: TestControlPlane[] = [];
beforeEach(() => {
	host = createLocalHost();
	started = [];
});
afterEach(async () => {
	for (const server of started) server.close();
	await host.dispose();
});

const list = [{ id: 's1', name: 'db-primary', policy: { unknown: true } }, { id: 2 }, { id: 's3', name: null }];

async function serve(...given: Parameters<typeof startTestControlPlane>) {
	const server = await startTestControlPlane(...given);
	started.push(server);
	return server;
}

const access = (part = {}) => createApiAccess({ token, ...part });
const ask = (url: string | null, api = access(), timeoutMs = 2000) =>
	fetchSafes(host, { ...noControlPlane, url }, api, { timeoutMs });
const reasonOf = async (
	instead: (request: IncomingMessage, response: ServerResponse) => boolean,
	api = access(),
	timeoutMs = 2000,
) => {
	const answer = await ask((await serve(list, instead)).url, api, timeoutMs);
	if (answer === null || answer.ok) throw new Error('it was taken');
	expect(JSON.stringify(answer)).not.toContain(token);
	return answer.reason;
};

test('the Safes of the active organisation, by the documented calls; only the id is needed', async () => {
	const server = await serve(list);
	const api = access();
	expect(await ask(server.url, api)).toEqual({
		ok: true,
		url: `${server.url}/api/v1/safes`,
		safes: [
			{ id: 's1', name: 'db-primary' },
			{ id: '2', name: null },
			{ id: 's3', name: null },
		],
		unreadable: 0,
	});
	expect(server.last.headers).toMatchObject({ authorization: `Bearer ${token}`, 'x-active-org-id': 'org_01HXZ' });
	// The organisation is asked for once.
	await ask(server.url, api);
	expect(server.asked).toEqual(['/api/v1/org/memberships', '/api/v1/safes', '/api/v1/safes']);
	await ask(server.url, access({ orgId: 'org_01HXZ' }));
	expect(server.asked).toHaveLength(4);
	expect(await fetchSafes(host, noControlPlane, access({ baseUrl: server.url }), { timeoutMs: 2000 })).toMatchObject({
		ok: true,
	});
	expect(await ask(null)).toBeNull();
});

test('an envelope is taken too, records without an id are counted, names are made harmless', async () => {
	const server = await serve({
		items: [{ id: 'a', name: 'x\u001b[31m\u202ey' }, { name: 'no id' }, 'text'],
		next: null,
	});
	expect(await ask(server.url)).toMatchObject({ ok: true, safes: [{ id: 'a', name: 'xy' }], unreadable: 2 });
	const other = await serve({ error: 'no list' });
	expect(await ask(other.url)).toMatchObject({ ok: false, reason: 'the answer is not a list of Safes' });
});

test('a token that is refused is signed out, since then', async () => {
	const server = await serve(list);
	const api = access({ token: 'expired-token' });
	const first = await ask(server.url, api);
	expect(first).toMatchObject({ reason: expect.stringMatching(/signed out since \d\d:\d\d:\d\d UTC$/) });
	const since = api.signedOutSince;
	expect(await ask(server.url, api)).toEqual(first);
	expect(api.signedOutSince).toBe(since);
});

test('limits are kept: 429 waits as long as it says, and a budget that runs out is not used up', async () => {
	const server = await serve(list, undefined, { limit: 1 });
	const api = access();
	// The one request that is allowed leaves none for the next.
	expect(await ask(server.url, api)).toMatchObject({
		ok: false,
		reason: expect.stringMatching(/^not asked before .*rate limit/),
	});
	expect(server.asked).toEqual(['/api/v1/org/memberships']);
	const limited = access();
	await reasonOf((_, response) => {
		response.writeHead(429, { 'retry-after': '37' });
		response.end('{"error": "RATE_LIMITED", "message": "Too many requests. Retry after 37 seconds."}');
		return true;
	}, limited).then((reason) =>
		expect(reason).toBe('HTTP 429: RATE_LIMITED, Too many requests. Retry after 37 seconds.'),
	);
	const until = limited.waitsUntil(Date.now()) ?? 0;
	expect(until - Date.now()).toBeGreaterThan(35_000);
	expect(until - Date.now()).toBeLessThanOrEqual(37_000);
	const own = access();
	const now = Date.now();
	expect(Array.from({ length: 100 }, () => own.take(now)).filter(Boolean)).toHaveLength(60);
	expect(own.take(now + 60_001)).toBe(true);
	own.heard(429, { 'retry-after': '99999999' }, now + 60_001);
	expect(own.waitsUntil(now + 60_002)).toBe(now + 60_001 + 3_600_000);
});

test.each([
	['JSON', 403, '{"error": "FORBIDDEN", "message": "Not a member."}', 'HTTP 403: FORBIDDEN, Not a member.'],
	['plain text', 500, 'upstream\u001b[2J broke', 'HTTP 500: upstream broke'],
	['nothing', 502, '', 'HTTP 502'],
	[
		'a page',
		403,
		'<!DOCTYPE html><html><title>Blocked</title>',
		'HTTP 403, a web page: something before the API answered',
	],
	['a page in place of the list', 200, '<html>Sign in</html>', 'the answer is no JSON, but a web page'],
	['broken JSON', 200, '[{"id": "a"', 'the answer is no JSON'],
	['not found', 404, '{"error": "NOT_FOUND"}', 'not offered by this control plane (HTTP 404)'],
	[
		'an echo of the token',
		400,
		`bad header Authorization: Bearer ${token}`,
		expect.stringContaining('HTTP 400: bad header'),
	],
])('an error as %s is told in a line', async (_, status, body, expected) => {
	const reason = await reasonOf((__, response) => {
		response.writeHead(status);
		response.end(body);
		return true;
	});
	expect(reason).toEqual(expected);
});

test('the token goes to the named host alone, and over TLS unless that is loopback', async () => {
	const thief = await serve(list);
	const reason = await reasonOf((_, response) => {
		response.writeHead(302, { location: `${thief.url}/api/v1/org/memberships` });
		response.end();
		return true;
	});
	expect(reason).toBe(`HTTP 302: it leads to ${thief.url}, where the token is not sent`);
	expect(thief.asked).toEqual([]);
	expect(await ask('http://control.example')).toMatchObject({
		ok: false,
		reason: 'VAULTPAM_TOKEN is not sent over http',
	});
	expect(await ask(thief.url, access({ token: 'a\r\nb' }))).toMatchObject({
		reason: expect.stringContaining('is no token'),
	});
	expect(await ask(thief.url, access({ orgId: 'a\r\nb' }))).toMatchObject({
		reason: expect.stringContaining('is no id'),
	});
	expect(await ask(thief.url, access({ token: '' }))).toMatchObject({ reason: 'VAULTPAM_TOKEN is not set' });
	expect(await ask(null, access({ baseUrl: 'file:///etc/passwd' }))).toMatchObject({ ok: false });
	expect(thief.asked).toEqual([]);
});

test('slow, endless and broken answers end', async () => {
	expect(await reasonOf(() => true, access(), 200)).toBe('no answer within 200 ms');
	const dripping = await reasonOf(
		(_, response) => {
			response.writeHead(200);
			const timer = setInterval(() => response.write(' '), 20);
			response.on('close', () => clearInterval(timer));
			return true;
		},
		access(),
		300,
	);
	expect(dripping).toBe('no answer within 300 ms');
	const endless = await reasonOf(
		(_, response) => {
			response.writeHead(200);
			const piece = 'x'.repeat(1 << 20);
			const write = () => {
				while (!response.destroyed && response.write(piece));
			};
			response.on('drain', write);
			write();
			return true;
		},
		access(),
		20_000,
	);
	expect(endless).toBe('the answer is larger than 32 MB');
	const cut = await reasonOf((request, response) => {
		response.writeHead(200, { 'content-length': '1000' });
		response.write('[');
		setTimeout(() => request.socket.destroy(), 20);
		return true;
	});
	expect(cut).not.toBe('');
});

test('connectors are only asked for where a path is set, with the same limits', async () => {
	const server = await serve(list);
	const controlPlane = { ...noControlPlane, url: server.url };
	expect(await fetchConnectors(host, controlPlane, access(), { timeoutMs: 2000 })).toBeNull();
	expect(
		await fetchConnectors(host, { ...controlPlane, connectorsPath: '/api/v1/connectors' }, access(), {
			timeoutMs: 2000,
		}),
	).toMatchObject({ ok: false, reason: 'not offered by this control plane (HTTP 404)' });
	expect(
		await fetchConnectors(host, { ...controlPlane, connectorsPath: '/\\evil.example/x' }, access(), {
			timeoutMs: 2000,
		}),
	).toMatchObject({ ok: false, reason: 'the path leads to another host' });
});
