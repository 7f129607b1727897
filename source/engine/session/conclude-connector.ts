import type { ConnectorResult } from '../../domain/check.ts';
import { concludeConnector } from '../../runbook/judge-safe.ts';
import { nameSilentTargets } from '../../runbook/silent-targets.ts';
import { markUnstable, recordRows } from '../../runbook/stability.ts';
import { unmeasuredConnector } from './connector-facts.ts';
import type { SeenHost } from './fact.ts';
import type { FactsDraft, SessionFacts } from './session-facts.ts';
import type { SessionView } from './session-view.ts';

/** Row 1 from the newest look, with whether it came and went lately and what is known of its targets; null before it was measured. */
export function concludeConnectorAgain(facts: FactsDraft, view: SessionView, name: string): ConnectorResult | null {
	const [known, connector] = [facts.connectors.get(name), facts.index.connector(name)];
	if (known === undefined || connector === undefined) return null;
	const { settings } = facts.index.inventory;
	const judged = concludeConnector(connector, known.evidence, settings, known.measuredFrom, known.writer);
	const history = recordRows(known.history, [judged.check]);
	if (history !== known.history) facts.connectors.set(name, { ...known, history });
	const result = { ...judged, check: markUnstable(history, judged.check) };
	if (result.status !== 'degraded') return result;
	return nameSilentTargets(
		result,
		facts.index.behind(name).flatMap((safe) => view.safe(safe.name)?.result ?? []),
	);
}

/** Row 1 as it is shown. */
export function shownConnector(facts: SessionFacts, view: Pick<SessionView, 'get'>, name: string): ConnectorResult {
	return view.get().connectors.get(name) ?? unmeasuredConnector(name, hostOf(facts, name).name);
}

export function hostOf(facts: SessionFacts, connector: string): SeenHost {
	return facts.hosts.get(connector) ?? { name: facts.measuredFrom, unreachable: null };
}
