import { checkIds } from '../../domain/check.ts';
import type { Safe } from '../../domain/inventory.ts';
import { normalizeError } from '../../runbook/find-message.ts';
import { offeredKeys } from '../../runbook/judge-host-key.ts';
import type { Fact, FixFact, MeasuringFact, TargetFact } from './fact.ts';
import { type SafeFacts, withMeasurement } from './safe-facts.ts';
import type { FactsDraft } from './session-facts.ts';
import type { SessionView } from './session-view.ts';

/** What a run brought of a Safe. Nothing of one that is gone or another one by now. */
export function learnTarget(facts: FactsDraft, fact: TargetFact): readonly Safe[] {
	const safe = facts.index.current(fact.safe);
	if (safe === null) return [];
	switch (fact.kind) {
		case 'key read':
			change(facts, safe, { key: fact.key });
			// The answer that it is read for concludes it.
			return [];
		case 'target measured': {
			const known = facts.safes.get(safe.name);
			if (known !== undefined) facts.safes.set(safe.name, withMeasurement(known, fact.safe, fact));
			facts.index.holders.saw(safe, offeredKeys(fact.result.target.connections));
			return [safe];
		}
		case 'target seen elsewhere':
			change(facts, safe, { seenElsewhere: fact.seen });
			return [safe];
		case 'target not measured':
			return [safe];
	}
}

/** Shows which rows are being measured. Nothing follows from it. */
export function learnMeasuring({ underWay, only }: FactsDraft, view: SessionView, fact: MeasuringFact): void {
	const { name } = fact.safe;
	switch (fact.kind) {
		case 'measuring started': {
			// Row 1 is measured on its own.
			const checks = checkIds.filter((id) => id !== 'connector' && (only === null || only.has(id)));
			underWay.set(name, (underWay.get(name) ?? 0) + 1);
			view.putSafe(name, (state) => ({
				...state,
				running: state.running ?? { since: Date.now(), checks, waitingUntil: null },
			}));
			return;
		}
		case 'measuring waits':
			view.putSafe(name, (state) =>
				state.running === null ? state : { ...state, running: { ...state.running, waitingUntil: fact.until } },
			);
			return;
		case 'measuring stopped': {
			const left = (underWay.get(name) ?? 1) - 1;
			underWay.set(name, left);
			if (left <= 0) view.putSafe(name, (state) => ({ ...state, running: null }));
		}
	}
}

export function learnReportedError(
	facts: FactsDraft,
	{ safe: concerned, text, given }: Extract<Fact, { kind: 'error reported' }>,
): readonly Safe[] {
	const safe = facts.index.safe(concerned.name);
	if (safe === undefined) return [];
	const normal = normalizeError(text);
	change(facts, safe, {
		reportedError: normal === '' ? null : { text: normal, at: given?.at ?? Date.now(), by: given?.by ?? null },
	});
	return [safe];
}

/** The measurement that follows a fix concludes it. */
export function learnFix(facts: FactsDraft, { safe, rows }: FixFact): void {
	change(facts, safe, { history: {}, ...(rows === null ? {} : { unconfirmed: new Set(rows) }) });
	const connector = facts.connectors.get(safe.connector);
	if (connector !== undefined) facts.connectors.set(safe.connector, { ...connector, history: {} });
}

function change(facts: FactsDraft, { name }: Safe, part: Partial<SafeFacts>): void {
	const known = facts.safes.get(name);
	if (known !== undefined) facts.safes.set(name, { ...known, ...part });
}
