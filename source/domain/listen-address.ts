import { isIP } from 'node:net';

/** An empty host is all addresses of this machine. */
export type ListenAddress = { readonly host: string; readonly port: number };

export const defaultListen = '127.0.0.1:9466';

/** `127.0.0.1:9466`, `[::1]:9466`, `name:9466`; `:9466` is all addresses, as elsewhere. Port 0 is a free one. Null for what is none of them. */
export function parseListen(text: string): ListenAddress | null {
	const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]/@]*)):(\d{1,5})$/.exec(text);
	if (match === null) return null;
	const [, bracketed, plain = '', port = ''] = match;
	if (Number(port) > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6)) return null;
	return { host: bracketed ?? plain, port: Number(port) };
}

/** Whether nobody but this machine gets there. */
export function isLoopback(address: string): boolean {
	return /^(?:127\.\d+\.\d+\.\d+|\[(?:::1|::ffff:127\.\d+\.\d+\.\d+)\]):\d+$/.test(address);
}
