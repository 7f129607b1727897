import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { messageOf } from '../domain/user-error.ts';
import type { Address, Host, Resolution, RunOptions } from './host.ts';

/** getent(1): the key was not found in the database. */
const notFound = 2;

/**
 * Resolves a name with `getent ahosts`, as every program of the host does (getaddrinfo), in its order. A program of its own can be
 * given up: the same question asked inside Node blocks one of few threads for as long as a dead name server keeps silent, and with
 * it the names behind, and even the end of the process. Where there is no getent, Node has to do, on the machine vpmon runs on.
 */
export async function resolveName(
	run: Host['run'],
	name: string,
	options: RunOptions,
	isHere = true,
): Promise<Resolution> {
	if (isOption(name)) return { ok: false, error: 'no name of a host: it begins with a dash' };
	const result = await run(['getent', 'ahosts', name], options);
	switch (result.outcome) {
		case 'done':
			return { ok: true, addresses: parseAhosts(result.stdout) };
		case 'timeout':
			return { ok: false, error: `no answer from the resolver within ${Math.round(options.timeoutMs)} ms` };
		case 'cancelled':
			return { ok: false, error: 'cancelled' };
		case 'failed':
			if (result.exitCode === notFound) return { ok: false, error: 'no such name, or no answer from the name server' };
			return { ok: false, error: `getent ended with exit code ${result.exitCode ?? 'none'}` };
		case 'lost':
			return { ok: false, error: result.stderr };
		default:
			return isHere ? lookUp(name, options) : { ok: false, error: `getent: ${result.outcome}` };
	}
}

/** getent would take it for one; some do not know `--`. */
export const isOption = (name: string): boolean => name.startsWith('-');

/** Lines such as `10.0.0.5 STREAM db1.example`, each address once for every socket type. */
export function parseAhosts(text: string): Address[] {
	const found = text.split('\n').flatMap((line) => /^(\S+)\s/.exec(line)?.[1] ?? []);
	return [...new Set(found.filter(isIP))].map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

/** Node's own question cannot be taken back, but waiting for it can. */
async function lookUp(name: string, { timeoutMs, signal }: RunOptions): Promise<Resolution> {
	const patience = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
	const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<Resolution>();
	const onAbort = () => giveUp({ ok: false, error: `no answer from the resolver within ${Math.round(timeoutMs)} ms` });
	patience.addEventListener('abort', onAbort, { once: true });
	return Promise.race([askNode(name), givenUp]).finally(() => patience.removeEventListener('abort', onAbort));
}

async function askNode(name: string): Promise<Resolution> {
	try {
		const found = await lookup(name, { all: true, order: 'verbatim' });
		return { ok: true, addresses: found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })) };
	} catch (error) {
		return { ok: false, error: messageOf(error) };
	}
}
