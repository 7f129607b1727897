import type { ConnectionEvidence } from '../domain/evidence.ts';
import { mainAddress } from './addresses.ts';
import { lacksHostKeyType } from './next-host-key-type.ts';

/** Of one name; a name with more is a load balancer of which a few say enough. */
const mostAddresses = 4;

/** Addresses of a name that something may still be learned from: not tried because an earlier one opened, or short of a host key type. */
export function untriedAddresses(addresses: readonly string[], connections: readonly ConnectionEvidence[]): string[] {
	const main = mainAddress(connections);
	const isDone = (address: string) =>
		connections.some(
			(connection) =>
				connection.address === address && !connection.handshake?.hostKeyProven && !lacksHostKeyType(connection),
		);
	return addresses.slice(0, mostAddresses).filter((address) => address !== main && !isDone(address));
}
