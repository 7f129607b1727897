import type { LogProof } from '../../domain/evidence.ts';
import type { Safe } from '../../domain/inventory.ts';
import { findLogProof } from '../../runbook/log-proof.ts';
import type { LogBook } from '../log-book.ts';
import { connectorOf } from '../session/read.ts';
import type { SessionStore } from '../session/session.ts';
import type { TargetRunResult } from './run-target.ts';

/** Only the target's own log tells an unknown user from an unknown key. */
export async function readLogProof(
	session: SessionStore,
	logs: LogBook,
	safe: Safe,
	{ auth }: TargetRunResult,
): Promise<LogProof | null> {
	if (auth?.auth.answer !== 'refused') return null;
	const { lines, from } = await logs.recent(connectorOf(session, safe));
	return findLogProof(lines, auth, from);
}
