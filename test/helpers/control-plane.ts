import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type TestControlPlane = {
	readonly url: string;
	/** Paths that were asked for, in order. */
	readonly asked: string[];
	/** Headers of the last request. */
	readonly last: { headers: IncomingMessage['headers'] };
	close(): void;
};

export const token = 'pat_THISisTheSecretToken0123456789';

/**
 * The documented part of a control plane (API reference: authentication, rate limits, quickstart): memberships and Safes, limits on every
 * answer, a budget that runs out.
 *
 * @param instead answers in its place where it returns true.
 */
export async function startTestControlPlane(
	safes: unknown,
	instead: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
	{ limit = 120 } = {},
): Promise<TestControlPlane> {
	const asked: string[] = [];
	const last: TestControlPlane['last'] = { headers: {} };
	const resetAt = Math.ceil(Date.now() / 1000) + 37;
	let remaining = limit;
	const server = createServer((request, response) => {
		asked.push(request.url ?? '');
		last.headers = request.headers;
		if (instead(request, response)) return;
		remaining--;
		const send = (status: number, body: unknown, more = {}) => {
			response.writeHead(status, {
				'content-type': 'application/json',
				'X-RateLimit-Limit': limit,
				'x-ratelimit-remaining': Math.max(0, remaining),
				'x-ratelimit-reset': resetAt,
				...more,
			});
			response.end(JSON.stringify(body));
		};
		if (remaining < 0) {
			const message = 'Too many requests. Retry after 37 seconds.';
			return send(429, { error: 'RATE_LIMITED', message }, { 'retry-after': '37' });
		}
		if (request.headers.authorization !== `Bearer ${token}`)
			return send(401, { error: 'AUTH_FAILED', message: 'Authentication failed.' });
		if (request.url === '/api/v1/org/memberships')
			return send(200, { active_org_id: 'org_01HXZ', memberships: [{ org_id: 'org_01HXZ', role: 'operator' }] });
		if (request.url !== '/api/v1/safes') return send(404, { error: 'NOT_FOUND', message: 'Not found.' });
		if (request.headers['x-active-org-id'] !== 'org_01HXZ')
			return send(403, { error: 'FORBIDDEN', message: 'Not a member of this organization.' });
		send(200, safes);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		asked,
		last,
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}
