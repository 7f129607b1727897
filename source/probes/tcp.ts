import type { ConnectionEvidence, NameEvidence } from '../domain/evidence.ts';
import type { Connection, Host } from '../hosts/host.ts';

type Options = {
	readonly timeoutMs: number;
	readonly signal?: AbortSignal | undefined;
};

/** Resolves a target's name where its sessions leave from. */
export async function resolveTarget(host: Host, name: string, options: Options): Promise<NameEvidence> {
	const started = performance.now();
	const resolution = await host.resolve(name, options);
	return {
		name,
		addresses: resolution.ok ? resolution.addresses.map(({ address }) => address) : [],
		durationMs: performance.now() - started,
		error: resolution.ok ? (resolution.addresses.length === 0 ? 'the name has no address' : null) : resolution.error,
	};
}

export type OpenedTarget = {
	readonly connection: Connection;
	readonly evidence: Omit<ConnectionEvidence, 'handshake' | 'answers' | 'held'>;
};

/** Opens one TCP connection and says how that went. */
export async function openTarget(host: Host, address: string, port: number, options: Options): Promise<OpenedTarget> {
	const startedAt = new Date().toISOString();
	const started = performance.now();
	const connection = await host.connect(address, port, options);
	return {
		connection,
		evidence: {
			startedAt,
			address,
			port,
			outcome: connection.ok ? 'open' : connection.failure,
			error: connection.ok ? null : connection.error,
			connectMs: performance.now() - started,
			sourceAddress: connection.sourceAddress ?? null,
			sourcePort: connection.ok ? connection.sourcePort : null,
			...(connection.way === undefined ? {} : { way: connection.way }),
		},
	};
}
