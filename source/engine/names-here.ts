import { ownName } from '../domain/own-name.ts';
import type { Engine } from './engine.ts';
import type { SessionStore } from './session/session.ts';

/** Names of the machines that vpmon and connectors run on, with what the ways to them go by, and of the accounts there: for a mask. */
export function namesHere(engine: Engine, measuredFrom: string): { machines: string[]; accounts: string[] } {
	return { machines: machinesOf(engine, measuredFrom), accounts: accountsOf(engine.session, accountsThere(engine)) };
}

function machinesOf(engine: Engine, measuredFrom: string): string[] {
	const hosts = engine.session.get().inventory.connectors.flatMap((connector) => {
		const host = engine.anyHostOf(connector);
		return host === null ? [] : [host.name, host.ledgerName ?? host.name, ...(host.link?.names().machines ?? [])];
	});
	return [...new Set([measuredFrom, ...hosts])];
}

/** Who logs in to remote hosts. */
function accountsThere(engine: Engine): string[] {
	const { connectors } = engine.session.get().inventory;
	return connectors.flatMap((connector) => engine.anyHostOf(connector)?.link?.names().accounts ?? []);
}

/** As the shipped unit calls it: every sentence has the word. */
const exporterAccount = 'vpmon';

/** One's own account, and those of people whose programs measured or said something. */
export function accountsOf({ facts }: Pick<SessionStore, 'facts'>, more: readonly string[] = []): string[] {
	const name = ownName();
	const all = new Set([...(name === null ? [] : [name]), ...facts.accounts, ...more]);
	return [...all].filter((account) => account !== '' && account !== exporterAccount);
}
