import { basename } from 'node:path';
import type { Connector } from '../domain/inventory.ts';
import { formatClock } from '../domain/time.ts';
import { UserError } from '../domain/user-error.ts';
import type { Claim } from '../storage/site-memory/site-memory.ts';
import type { Engine } from './engine.ts';
import type { ReadyFix } from './run-fix.ts';
import { originOf } from './sharing/board.ts';
import { connectorAddress } from './sharing/connector-sharing.ts';

/** Milliseconds: renewed as long as the fix is under way. */
const claimLeaseMs = 15_000;

/**
 * Two people do not restart one connector, or edit one inventory, at the same time.
 *
 * @throws UserError that says who is at it.
 */
export async function claimFix(engine: Engine, { plan, connector, edit }: ReadyFix): Promise<Claim | null> {
	await engine.sharing.sites;
	const shared = engine.sharing.siteOf({ sensitive: false });
	if (shared === null || shared.problem() !== null) return null;
	const doing = plan.fix.id === 'restart-connector' ? 'restarting' : 'starting';
	// Others read it behind a name: anna is restarting dc1.
	const what = edit === null ? `${doing} ${connector.name}` : `changing ${basename(edit.file)}`;
	const claim = await shared.claim([fixClaimKey(engine, connector, edit?.file ?? null)], what, claimLeaseMs);
	if (claim.ok) return claim;
	engine.session.learn({ kind: 'account seen', user: claim.by.user });
	throw new UserError(
		`${claim.by.user} is at it since ${formatClock(claim.since)}: ${claim.what}.`,
		'Nothing was changed. Wait until that is done, and look again.',
	);
}

/** What a fix works on: a connector of a host, or an inventory file. */
function fixClaimKey(engine: Engine, connector: Connector, file: string | null): string {
	if (file !== null) return `fix ${JSON.stringify(['inventory', file])}`;
	const host = engine.anyHostOf(connector);
	const source = host === null ? connector.name : originOf(host).source;
	return `fix ${JSON.stringify([source, connectorAddress(connector)])}`;
}
