import { BlockList, isIP } from 'node:net';
import { hostname } from 'node:os';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether an address leads to this machine alone, however it is written: `::ffff:7f00:1` does (RFC 4291, section 2.5.5.2). */
export function isLoopbackAddress(address: string): boolean {
	const family = isIP(address);
	return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Whether a request that came to a loopback address was meant for it. A web page can lead its own name to 127.0.0.1 and have the browser
 * ask there (DNS rebinding); the browser then sends the name of the page.
 *
 * @param header the `Host` of the request (RFC 9110, section 7.2); undefined where there is none, as no browser does.
 * @param listenHost as the flag gave it.
 */
export function isMeantForLoopback(header: string | undefined, listenHost: string): boolean {
	if (header === undefined) return true;
	const name = header
		.toLowerCase()
		.replace(/:\d*$/, '')
		.replace(/^\[(.*)\]$/, '$1')
		.replace(/\.$/, '');
	if (name === 'localhost' || isLoopbackAddress(name)) return true;
	// Debian has the name of the machine itself lead to 127.0.1.1 (hosts(5)).
	return name !== '' && [listenHost, hostname()].some((own) => own.toLowerCase() === name);
}
