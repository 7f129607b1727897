import type { ConnectorResult } from '../../domain/check.ts';
import type { Safe } from '../../domain/inventory.ts';
import { connectorEvent } from '../history/events.ts';
import { tell } from '../history/told.ts';
import { sameConnector } from '../inventory-changes.ts';
import { concludeConnectorAgain } from './conclude-connector.ts';
import { isAsBefore, isDown } from './connector-facts.ts';
import type { ConnectorFact } from './fact.ts';
import type { FactsDraft } from './session-facts.ts';
import type { SessionView } from './session-view.ts';

type Measured = Extract<ConnectorFact, { kind: 'connector measured' }>;

/** @param unchangedEveryMs how often a glance is shown that found a connector as it was. */
export function learnConnector(
	facts: FactsDraft,
	view: SessionView,
	{ connector, evidence, measuredFrom, writer, isGlance }: Measured,
	unchangedEveryMs: number,
): readonly Safe[] {
	const { name } = connector;
	// It may be gone, or another one, by now.
	if (!sameConnector(connector, facts.index.connector(name))) return [];
	const known = facts.connectors.get(name);
	const shownAt = known?.shownAt ?? Number.NEGATIVE_INFINITY;
	facts.connectors.set(name, { evidence, measuredFrom, writer, history: known?.history ?? {}, shownAt });
	const result = concludeConnectorAgain(facts, view, name);
	if (result === null) return [];
	const before = view.get().connectors.get(name);
	// All its Safes would be judged anew, and the screen drawn, to say that nothing happened.
	const isRecent = performance.now() - shownAt < unchangedEveryMs;
	if (isGlance && isRecent && isAsBefore(before, result)) return [];
	const shown = facts.connectors.get(name);
	if (shown !== undefined) facts.connectors.set(name, { ...shown, shownAt: performance.now() });
	tellChange(facts, view, before, result);
	showConnector(view, result);
	const safes = facts.index.behind(name);
	// Sessions of a connector that is back may have changed their ways meanwhile.
	if (isDown(before) && result.status === 'online') makeQuestionsDue(facts, safes);
	return safes;
}

function tellChange(
	{ told }: FactsDraft,
	view: SessionView,
	before: ConnectorResult | undefined,
	result: ConnectorResult,
): void {
	const known = told.connectors.get(result.name) ?? null;
	const event = connectorEvent(before, result, known, new Date());
	if (event !== null) {
		view.note(event);
		tell(told, event, false);
	} else if (known === null && result.check.verdict !== 'untested')
		told.connectors.set(result.name, { status: result.status, at: Date.now(), isForeign: false });
}

/** What a run found of the targets may belong into row 1 of their connectors. */
export function retellConnectors(facts: FactsDraft, view: SessionView, names: readonly string[]): readonly Safe[] {
	return names.flatMap((name) => {
		const before = view.get().connectors.get(name);
		const after = concludeConnectorAgain(facts, view, name);
		if (before === undefined || after === null || before.check.summary === after.check.summary) return [];
		showConnector(view, after);
		return facts.index.behind(name);
	});
}

function showConnector(view: SessionView, result: ConnectorResult): void {
	view.patch({ connectors: new Map(view.get().connectors).set(result.name, result) });
}

function makeQuestionsDue(facts: FactsDraft, safes: readonly Safe[]): void {
	for (const { name } of safes) {
		const known = facts.safes.get(name);
		if (known !== undefined) facts.safes.set(name, { ...known, askedAbout: null });
	}
}
