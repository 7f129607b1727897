import { mapChecks, rowsOf, type SafeResult } from '../../domain/check.ts';
import type { Safe } from '../../domain/inventory.ts';
import { concludeSafe, summarise } from '../../runbook/judge-safe.ts';
import { markUnstable, recordRows } from '../../runbook/stability.ts';
import { type Recalled, safeEvent, sameStanding } from '../history/events.ts';
import { leaveOut, tellUnconfirmed } from './adjust-result.ts';
import { hostOf, shownConnector } from './conclude-connector.ts';
import { noSafeFacts, type SafeFacts } from './safe-facts.ts';
import type { SafeState, SessionStore } from './session.ts';
import type { FactsDraft, SessionFacts } from './session-facts.ts';
import type { SessionView } from './session-view.ts';

/** Judges a Safe anew from all that is known, and puts what it came to into the view. */
export function concludeAgain(facts: FactsDraft, view: SessionView, safe: Safe): void {
	const known = facts.safes.get(safe.name) ?? noSafeFacts;
	const { result: judged, history } = judge(facts, view, safe, known);
	if (history !== known.history) facts.safes.set(safe.name, { ...known, history });
	const result = leaveOut(safe, tellUnconfirmed(judged, known.unconfirmed), facts.only);
	const isMeasured = isOneMeasured(result);
	const recalled = facts.recalled.safes.get(safe.name) ?? null;
	view.putSafe(safe.name, (state) => {
		if (isMeasured && facts.only === null) {
			const before = state.since === null ? null : state.result;
			view.note(safeEvent(before, result, recalled, new Date()));
		}
		return { ...state, result, since: sinceOf(state, result, isMeasured, recalled) };
	});
}

/** What would be said of a Safe if this was known of it. Nothing changes. */
export function judgedAs(session: SessionStore, safe: Safe, known: SafeFacts): SafeResult {
	return judge(session.facts, session, safe, known).result;
}

function judge(
	facts: SessionFacts,
	view: Pick<SessionView, 'get'>,
	safe: Safe,
	known: SafeFacts,
): { readonly result: SafeResult; readonly history: SafeFacts['history'] } {
	const connector = facts.index.connectorOf(safe);
	const host = hostOf(facts, connector.name);
	const origin = facts.origins.get(connector.name);
	const judged = concludeSafe(
		{
			...known,
			// An answer about another key says nothing of this one.
			auth: isAboutKey(known) ? known.auth : null,
			holdersOf: (fingerprint: string) => facts.index.holders.others(safe, fingerprint),
			safe,
			connector: shownConnector(facts, view, connector.name),
			measuredFrom: origin?.from ?? host.name,
			originNote: origin?.note ?? null,
			hostUnreachable: host.unreachable,
			self: facts.self,
			isTargetStale: isStale(known, facts.index.inventory.settings.sweepEveryMs),
		},
		connector,
	);
	const history = recordRows(known.history, rowsOf(judged).slice(1));
	const stable = mapChecks(judged.checks, (row) => markUnstable(history, row));
	return { result: { ...judged, ...summarise(safe, stable) }, history };
}

const staleAfterSweeps = 3;
/** Milliseconds: the budget lets nobody sweep more often for long. */
const shortestSweep = 5 * 60_000;

/** What may not be measured now was last measured three sweeps ago. */
function isStale({ target, refusal }: SafeFacts, sweepEveryMs: number): boolean {
	if (target === null || refusal === null) return false;
	const age = Date.now() - Date.parse(target.measuredAt);
	return age > staleAfterSweeps * Math.max(sweepEveryMs, shortestSweep);
}

/** That its connector is fine alone says nothing of a Safe. */
function isOneMeasured(result: SafeResult): boolean {
	return rowsOf(result).some(
		({ id, measuredAt }) => measuredAt !== null && (id !== 'connector' || result.cause !== null),
	);
}

function sinceOf(state: SafeState, result: SafeResult, isMeasured: boolean, recalled: Recalled | null): number | null {
	const isSame = state.result.verdict === result.verdict && state.result.cause === result.cause;
	if (isSame && state.since !== null) return state.since;
	if (!isMeasured) return null;
	const isAsRecalled = state.since === null && recalled !== null && sameStanding(recalled.standing, result);
	return isAsRecalled ? Date.parse(recalled.at) : Date.now();
}

function isAboutKey({ auth, key }: SafeFacts): boolean {
	return auth?.auth.asked !== 'public-key' || !key?.ok || auth.auth.key === key.fingerprint;
}
