import type { AttributeName, CheckId, SafeResult } from '../domain/check.ts';
import type { ConnectionEvidence } from '../domain/evidence.ts';
import { subnetOf } from '../domain/subnet.ts';

/** What is known of a Safe, by attribute; what was not measured is left out. */
export type Attributes = Readonly<Partial<Record<AttributeName, string>>>;

/** Which attributes can explain a failing row; where two do so equally well, the first names it. No port is shut because of a username. */
export const explaining: Readonly<Record<CheckId, readonly AttributeName[]>> = {
	connector: ['connector'],
	port: ['target', 'address', 'subnet', 'connector'],
	username: ['target', 'username', 'key', 'address', 'hostKey', 'subnet', 'connector'],
	'host-key': ['target', 'hostKey', 'address', 'subnet', 'connector'],
	'ssh-key': ['target', 'key', 'username', 'address', 'hostKey', 'subnet', 'connector'],
};

const known = new WeakMap<SafeResult, Attributes>();

/** Worked out once for each result: of thousands, a sweep changes a few at a time. */
export function attributesOf(safe: SafeResult): Attributes {
	const attributes = known.get(safe) ?? readAttributes(safe);
	known.set(safe, attributes);
	return attributes;
}

function readAttributes({ connector, target, username, checks }: SafeResult): Attributes {
	const connections = checks.port.evidence?.connections ?? [];
	const [hostKey] = checks['host-key'].evidence?.offered ?? [];
	const key = checks['ssh-key'].evidence?.publicKey;
	const host = target.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
	const address = addressOf(connections) ?? (subnetOf(host) === null ? null : host);
	const subnet = address === null ? null : subnetOf(address);
	return {
		connector,
		target,
		username,
		...(address === null ? {} : { address }),
		...(subnet === null ? {} : { subnet }),
		...(key?.ok ? { key: key.fingerprint } : {}),
		...(hostKey === undefined ? {} : { hostKey: hostKey.sha256 }),
	};
}

/** The address that answered, else the first that was tried. */
function addressOf(connections: readonly ConnectionEvidence[]): string | null {
	return (connections.find(({ outcome }) => outcome === 'open') ?? connections[0])?.address ?? null;
}
