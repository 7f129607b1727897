import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { formatTarget, parseUserAtTarget, type TypedTarget } from '../domain/target.ts';
import { messageOf } from '../domain/user-error.ts';
import type { ConnectorEntry, SafeEntry } from '../inventory/edit.ts';
import { singleConnector } from './single-target.ts';

/** What a person typed of one target, made into what the inventory holds. */

/** What is wrong with target or key, or null. */
export function targetProblem({ target, key }: TypedTarget): string | null {
	if (target.trim() === '') return 'Type the target first: user@host or user@host:port.';
	if (parseUserAtTarget(target.trim()) === null)
		return `${JSON.stringify(target.trim())} is no target. Write it as user@host or user@host:port, IPv6 as user@[address]:port.`;
	return key.trim() === '' || existsSync(keyPath(key)) ? null : `There is no file ${keyPath(key)}.`;
}

/** The same, with a connector that is described as for `--connector`. */
export function problemOfFields(typed: TypedTarget): string | null {
	const problem = targetProblem(typed);
	if (problem !== null) return problem;
	try {
		connectorFlag(typed.connector);
	} catch (error) {
		return `${messageOf(error)} Write docker:NAME or systemd:UNIT, or leave it empty.`;
	}
	return null;
}

/** No shell has made anything of what was typed here. */
export function keyPath(text: string): string {
	const path = text.trim();
	return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(path);
}

function connectorFlag(text: string) {
	return singleConnector(text.trim() === '' ? undefined : text.trim());
}

/** As the file writes them; only for fields without a problem. */
export function entriesOf(fields: TypedTarget): { readonly connector: ConnectorEntry; readonly safe: SafeEntry } {
	const { runtime, container, unit, name } = connectorFlag(fields.connector);
	const connector: ConnectorEntry = {
		name: runtime === 'none' ? 'this-host' : name,
		runtime,
		...(container === null ? {} : { container }),
		...(unit === null ? {} : { unit }),
	};
	return { connector, safe: safeEntry(fields, connector.name) };
}

export function safeEntry({ target, key }: TypedTarget, connector: string): SafeEntry {
	const parsed = parseUserAtTarget(target.trim());
	if (parsed === null) throw new Error(`the form let ${target} through`);
	const { username, host, port } = parsed;
	return {
		name: `${username}@${formatTarget(host, port)}`,
		connector,
		host,
		...(port === 22 ? {} : { port }),
		username,
		credential: key.trim() === '' ? { type: 'password' } : { type: 'ssh-key', publicKey: keyPath(key) },
	};
}
