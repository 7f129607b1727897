import type { Safe } from '../../domain/inventory.ts';
import type { Writer } from '../../domain/measurement.ts';
import { unheardOf } from '../../storage/event-echoes.ts';
import { addEvents } from '../history/events.ts';
import { tell } from '../history/told.ts';
import type { Fact, FixFact, HistoryFact, HostFact, MeasuringFact, ShownFact } from './fact.ts';
import { learnConnector, retellConnectors } from './learn-connector.ts';
import { learnInventory } from './learn-inventory.ts';
import { learnFix, learnMeasuring, learnReportedError, learnTarget } from './learn-safe.ts';
import type { FactsDraft } from './session-facts.ts';
import type { SessionView } from './session-view.ts';

/** What a session knows and what it shows; how often a glance is shown that found a connector as it was, in milliseconds. */
export type LearnContext = { readonly view: SessionView; readonly unchangedEveryMs: number };

/** Takes in a fact. Returns the Safes that it concerns, which are then concluded anew: all others stay as they are. */
export function learn(facts: FactsDraft, fact: Fact, { view, unchangedEveryMs }: LearnContext): readonly Safe[] {
	for (const { user } of writersIn(fact)) facts.accounts.add(user);
	switch (fact.kind) {
		case 'inventory replaced':
			return learnInventory(facts, view, fact.inventory);
		case 'rows chosen': {
			if (facts.only === fact.only) return [];
			facts.only = fact.only;
			return facts.index.inventory.safes;
		}
		case 'key read':
		case 'target measured':
		case 'target seen elsewhere':
		case 'target not measured':
			return learnTarget(facts, fact);
		case 'error reported':
			return learnReportedError(facts, fact);
		case 'connector measured':
			return learnConnector(facts, view, fact, unchangedEveryMs);
		case 'run ended':
			return retellConnectors(facts, view, fact.connectors);
		default:
			learnAside(facts, view, fact);
			return [];
	}
}

/** Whose names may be shown from now on. */
function writersIn(fact: Fact): readonly Writer[] {
	if (fact.kind === 'connector measured') return [fact.writer];
	if (fact.kind === 'target seen elsewhere') return [fact.seen.writer];
	if (fact.kind === 'target measured') {
		const keysBy = fact.result.target.carriedKeys.map(({ seenBy }) => seenBy);
		return [fact.writer, fact.answeredTo, ...keysBy].filter((writer) => writer !== null);
	}
	return fact.kind === 'error reported' && fact.given !== undefined ? [fact.given.by] : [];
}

type Aside = MeasuringFact | FixFact | HostFact | HistoryFact | ShownFact;

/** Facts that change no conclusion by themselves. */
function learnAside(facts: FactsDraft, view: SessionView, fact: Aside): void {
	switch (fact.kind) {
		case 'measuring started':
		case 'measuring waits':
		case 'measuring stopped':
			return learnMeasuring(facts, view, fact);
		case 'fix made':
			return learnFix(facts, fact);
		case 'host seen':
			facts.hosts.set(fact.connector, fact.host);
			return;
		case 'probe origin found':
			facts.origins.set(fact.connector, fact.origin);
			return;
		case 'link changed': {
			const links = fact.connectors.map((name) => [name, fact.link] as const);
			return view.patch({ links: new Map([...view.get().links, ...links]) });
		}
		case 'links forgotten':
			if (view.get().links.size > 0) view.patch({ links: new Map() });
			return;
		case 'log followed':
			return view.patch({ logs: new Map(view.get().logs).set(fact.connector, fact.state) });
		case 'sweep progressed':
			return view.patch({ sweep: { ...view.get().sweep, ...fact.sweep } });
		case 'fixes seen':
			for (const { user } of fact.fixes) facts.accounts.add(user);
			return view.patch({ fixesUnderWay: fact.fixes });
		case 'account seen':
			facts.accounts.add(fact.user);
			return;
		case 'sharing seen':
			for (const name of fact.accounts) facts.accounts.add(name);
			return view.patch({ notShared: fact.problems });
		case 'coverage read':
			return view.patch({ coverage: fact.coverage });
		case 'inventory problem':
			return view.patch({ inventoryProblem: fact.problem });
		case 'history problem':
			return view.patch({ historyProblem: fact.problem });
		case 'history damaged':
			return view.patch({ historyDamage: fact.setAside });
		case 'events recalled':
			for (const event of fact.events) tell(facts.told, event, false);
			return view.patch({ events: addEvents(fact.events, view.get().events) });
		case 'events of others': {
			// What was derived here a moment ago is among those that are known.
			view.flush();
			const { events } = view.get();
			const unheard = unheardOf(events, fact.events);
			for (const event of unheard) tell(facts.told, event, true);
			return unheard.length === 0 ? undefined : view.patch({ events: addEvents(events, unheard) });
		}
		case 'event happened':
			return view.note(fact.event);
	}
}
