import type { ConnectionEvidence } from '../domain/evidence.ts';

/** The address sessions go to: the first that opened, in the resolver's order. Null when none did. */
export function mainAddress(connections: readonly ConnectionEvidence[]): string | null {
	return connections.find(({ outcome }) => outcome === 'open')?.address ?? null;
}

/** What was measured at the address sessions go to; everything where none opened. */
export function atMainAddress(connections: readonly ConnectionEvidence[]): readonly ConnectionEvidence[] {
	const main = mainAddress(connections);
	return main === null ? connections : connections.filter(({ address }) => address === main);
}

/** What was measured at the other addresses of the name, an entry each. */
export function atOtherAddresses(
	connections: readonly ConnectionEvidence[],
): ReadonlyArray<readonly [address: string, connections: readonly ConnectionEvidence[]]> {
	const main = mainAddress(connections);
	const others = [...new Set(connections.map(({ address }) => address))].filter((address) => address !== main);
	return others.map((address) => [address, connections.filter((connection) => connection.address === address)]);
}
