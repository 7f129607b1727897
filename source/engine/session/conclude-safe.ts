import { mapChecks, rowsOf, type SafeResult } from '../../domain/check.ts';
import type { Safe } from '../../domain/inventory.ts';
import { concludeSafe, summarise } from '../../runbook/judge-safe.ts';
import { markUnstable, recordRows } from '../../runbook/stability.ts';
import { evidenceTime, isUnmeasured, safeEvent, standingOf } from '../history/events.ts';
import { sameStanding, type ToldSafe, tell } from '../history/told.ts';
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
	view.putSafe(safe.name, (state) => {
		const isTold = isMeasured && facts.only === null && !isRefusal(known, result);
		if (isTold) tellChange(facts, view, state.since === null ? null : state.result, result);
		const told = facts.told.safes.get(safe.name) ?? null;
		return { ...state, result, since: sinceOf(state, result, isMeasured, told) };
	});
}

function tellChange(facts: FactsDraft, view: SessionView, before: SafeResult | null, result: SafeResult): void {
	const { safes } = facts.told;
	const told = safes.get(result.name) ?? null;
	const now = new Date();
	const event = safeEvent(before, result, told, now);
	if (event !== null) {
		view.note(event);
		tell(facts.told, event, false);
	} else if (told === null) {
		const at = evidenceTime(null, result, now) ?? now.getTime();
		safes.set(result.name, { standing: standingOf(result), at, rows: {}, isForeign: false });
	}
}

/** Nothing was found out, because the budget forbade it or because it was not asked yet: that is no change. */
function isRefusal({ target, refusal, authRefusal }: SafeFacts, result: SafeResult): boolean {
	if (result.verdict !== 'unknown') return false;
	const unknown = rowsOf(result).filter(({ verdict }) => verdict === 'unknown');
	return unknown.every(isUnmeasured) || [refusal, authRefusal, target?.refusal ?? null].some((why) => why !== null);
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
			isTargetStale: isStale(known, facts),
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

/**
 * What may not be measured now was last measured three sweeps ago. So was what another program found, days ago perhaps: a screen that
 * measures on demand only would show it for ever.
 */
function isStale({ target, targetBy, refusal }: SafeFacts, { self, index }: SessionFacts): boolean {
	if (target === null || (refusal === null && (targetBy === null || targetBy === self))) return false;
	const { sweepEveryMs } = index.inventory.settings;
	const age = Math.abs(Date.now() - Date.parse(target.measuredAt));
	return age > staleAfterSweeps * Math.max(sweepEveryMs, shortestSweep);
}

/** That its connector is fine alone says nothing of a Safe. */
function isOneMeasured(result: SafeResult): boolean {
	return rowsOf(result).some(
		({ id, measuredAt }) => measuredAt !== null && (id !== 'connector' || result.cause !== null),
	);
}

function sinceOf(state: SafeState, result: SafeResult, isMeasured: boolean, told: ToldSafe | null): number | null {
	if (state.since !== null && sameStanding(state.result, result)) return state.since;
	if (!isMeasured) return null;
	return told !== null && sameStanding(told.standing, result) ? told.at : Date.now();
}

function isAboutKey({ auth, key }: SafeFacts): boolean {
	return auth?.auth.asked !== 'public-key' || !key?.ok || auth.auth.key === key.fingerprint;
}
