import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';

/**
 * The address the kernel would send from towards another one: a firewall that drops us has to allow it. Connecting a UDP socket
 * looks up the route and sends nothing (connect(2), udp(7)). Null without a route.
 */
export function sourceAddressTo(address: string, port: number): Promise<string | null> {
	return new Promise((resolve) => {
		const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
		const settle = (found: string | null) => {
			socket.removeAllListeners().close();
			resolve(found);
		};
		socket.once('error', () => settle(null));
		socket.once('connect', () => settle(socket.address().address));
		socket.connect(port, address);
	});
}
