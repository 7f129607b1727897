import { cleanLine } from '../../domain/clean.ts';
import type { KeyEvidence } from '../../domain/evidence.ts';
import { type Connector, formatRemote, type Safe } from '../../domain/inventory.ts';
import { parseJson } from '../../domain/json.ts';
import { canonicalAddress } from '../../domain/target.ts';
import { connectorOf, factsOf } from '../session/read.ts';
import type { SessionStore } from '../session/session.ts';

/**
 * What notes, reported errors and samples of a Safe are kept under: the Safe as it is, whatever inventories call it. Another user, key
 * or stored host key makes it another one, since what was said before may no longer hold.
 *
 * @returns JSON of connector host, address, port, user, credential and stored host key. No secret, no path, no name of a Safe.
 */
export function safeIdentity(session: Pick<SessionStore, 'facts'>, safe: Safe): string {
	return identityOf(safe, connectorOf(session, safe), factsOf(session, safe).key);
}

/** @param key null where it was not read yet; a Safe whose key cannot be read has no fingerprint in its identity. */
export function identityOf(safe: Safe, connector: Connector, key: KeyEvidence | null): string {
	const { host, port, username, credential, hostKey } = safe;
	const source = connector.host === 'local' ? 'local' : formatRemote({ ...connector.host, username: null });
	const fingerprint = credential.type === 'ssh-key' && key?.ok ? key.fingerprint : null;
	return JSON.stringify([
		source,
		canonicalAddress(host),
		port,
		username,
		credential.type,
		fingerprint,
		hostKey?.fingerprint ?? null,
	]);
}

export type ToldBySafeIdentity = {
	/** `local`, or `ssh://…` of a connector host elsewhere. */
	readonly source: string;
	readonly host: string;
	readonly port: number;
	readonly username: string;
};

/** What an identity says by itself, cleaned: anybody of the group may have written it. Null where it is none. */
export function readIdentity(identity: string): ToldBySafeIdentity | null {
	const parts = parseJson(identity);
	if (!Array.isArray(parts) || parts.length !== 7) return null;
	const [source, host, port, username] = parts as unknown[];
	if (typeof source !== 'string' || typeof host !== 'string' || typeof username !== 'string') return null;
	if (typeof port !== 'number' || !Number.isInteger(port)) return null;
	return { source: cleanLine(source), host: cleanLine(host), port, username: cleanLine(username) };
}
