import type { Safe } from '../../domain/inventory.ts';
import { isTrustedWriter } from '../../domain/measurement.ts';
import { judgedAs } from '../session/conclude-safe.ts';
import type { TargetMeasured } from '../session/fact.ts';
import { factsOf } from '../session/read.ts';
import { withMeasurement } from '../session/safe-facts.ts';
import type { SessionStore } from '../session/session.ts';

/**
 * For a program whose word ends an alert: whether a Safe that fails here would stop failing by the evidence of another user, who is
 * neither root nor this one. Then it is measured by this program itself, and only that counts.
 */
export function isDoubtfulRecovery(session: SessionStore, fact: TargetMeasured): boolean {
	const { safe, writer, answeredTo } = fact;
	const { self } = session.facts;
	const isTrusted = isTrustedWriter(writer, self) && (answeredTo === null || isTrustedWriter(answeredTo, self));
	if (isTrusted || session.safe(safe.name)?.result.verdict !== 'fail') return false;
	return judgedAs(session, safe, withMeasurement(factsOf(session, safe), safe, fact)).verdict !== 'fail';
}

/** The same, and measures such a Safe again, one time for all that is told of it meanwhile. */
export function doubtRecovery(
	session: SessionStore,
	measureAgain: (safe: Safe) => Promise<void>,
): (fact: TargetMeasured) => boolean {
	const underWay = new Set<string>();
	return (fact) => {
		if (!isDoubtfulRecovery(session, fact)) return false;
		const { safe } = fact;
		if (!underWay.has(safe.name)) {
			underWay.add(safe.name);
			void measureAgain(safe).finally(() => underWay.delete(safe.name));
		}
		return true;
	};
}
