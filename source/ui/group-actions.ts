import type { Cause } from '../domain/cause.ts';
import type { Engine } from '../engine/engine.ts';
import { countSafes } from '../report/check-report.ts';
import { causeTexts } from '../runbook/causes.ts';
import { chooseSamples } from '../runbook/choose-samples.ts';
import type { Entry } from './safe-list.ts';
import type { Screen } from './screen.ts';

type GroupEntry = Extract<Entry, { kind: 'group' }>;

const samples = 3;
const budgetWaitMs = 10_000;

/** `r` on a group: a few of its Safes tell whether the trouble is over, and cost the others nothing. */
export function rerunGroup({ engine, view }: Screen, { group, members }: GroupEntry): void {
	const free = members.filter(({ running }) => running === null).map(({ result }) => result);
	if (free.length === 0) return view.patch({ notice: `all ${countSafes(members.length)} are being measured already` });
	const tried = chooseSamples(free, samples).map(({ name }) => name);
	const notice = `trying ${listNames(tried)} of ${members.length}`;
	view.patch({ notice });
	void engine.run(tried, { trigger: 'key', budgetWaitMs }).then(() => {
		// What was said meanwhile is newer.
		if (view.get().notice === notice) view.patch({ notice: outcome(engine, tried, group.cause) });
	});
}

function outcome({ session }: Engine, tried: readonly string[], cause: Cause): string {
	const still = tried.filter((name) => session.safe(name)?.result.cause === cause);
	const { label } = causeTexts[cause];
	if (still.length === tried.length) return `${listNames(tried)}: still ${label}`;
	const changed = tried.filter((name) => !still.includes(name));
	return `${listNames(changed)}: no longer ${label}; R measures all Safes`;
}

/** `app-01, app-21 and app-41` */
export function listNames(names: readonly string[]): string {
	return names.length < 2 ? (names[0] ?? 'none') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
