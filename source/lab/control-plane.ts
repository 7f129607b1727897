import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodeHttp } from '../domain/late-modules.ts';

export type LabControlPlane = {
	readonly url: string;
	/** What it has as Safes, by name. */
	list(safes: readonly string[]): void;
	/** A connector says that it lives. */
	heartbeat(connector: string): void;
	close(): void;
};

const organisation = 'org_lab';
const offlineAfter = 5000; // Milliseconds without a heartbeat.

/** The part of a control plane that the lab needs: /healthz, the documented lists, and connectors whose status follows from their heartbeats. */
export async function startControlPlane(token: string, connectors: readonly string[]): Promise<LabControlPlane> {
	const startedAt = Date.now();
	let safes: readonly string[] = [];
	const lastHeartbeat = new Map<string, number>();
	const server: Server = nodeHttp().createServer((request, response) => {
		const send = (status: number, body: unknown) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(body));
		};
		if (request.url === '/healthz') return send(200, { status: 'ok' });
		if (request.headers.authorization !== `Bearer ${token}`) {
			return send(401, { error: 'AUTH_FAILED', message: 'Authentication failed.' });
		}
		if (request.url === '/api/v1/org/memberships')
			return send(200, { active_org_id: organisation, memberships: [{ org_id: organisation, role: 'operator' }] });
		if (request.url === '/api/v1/safes' && request.headers['x-active-org-id'] === organisation)
			return send(
				200,
				safes.map((name) => ({ id: `safe_${name}`, name })),
			);
		if (request.url !== '/api/v1/connectors') return send(404, { error: 'NOT_FOUND', message: 'Not found.' });
		send(
			200,
			connectors.map((name) => {
				const last = lastHeartbeat.get(name) ?? null;
				const online = last !== null && Date.now() - last < offlineAfter;
				return {
					id: name,
					name,
					status: online ? 'Online' : 'Offline',
					since: new Date(online ? startedAt : (last ?? startedAt)).toISOString(),
				};
			}),
		);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		list(names) {
			safes = names;
		},
		heartbeat: (connector) => lastHeartbeat.set(connector, Date.now()),
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}
