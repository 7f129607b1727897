import { canonicalAddress } from '../domain/target.ts';

/**
 * Whether a request that came to loopback was meant for it. A web page can lead its own name to 127.0.0.1 and have the browser ask
 * there (DNS rebinding); the browser then sends the name of the page.
 *
 * @param header the `Host` of the request (RFC 9110, section 7.2); undefined where there is none, as no browser does.
 * @param listenHost as the flag gave it.
 */
export function isMeantForLoopback(header: string | undefined, listenHost: string): boolean {
	if (header === undefined) return true;
	const given = header
		.toLowerCase()
		.replace(/:\d*$/, '')
		.replace(/^\[(.*)\]$/, '$1')
		.replace(/\.$/, '');
	const name = canonicalAddress(given);
	return (
		name === 'localhost' ||
		name === '::1' ||
		/^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name) ||
		(name !== '' && name === listenHost.toLowerCase())
	);
}
