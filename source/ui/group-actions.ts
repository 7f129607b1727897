import { chooseSamples } from '../runbook/choose-samples.ts';
import { sayUnless } from './notice.ts';
import { hasBegun, measureAgain } from './rerun.ts';
import { outcomeOfGroup } from './rerun-outcome.ts';
import type { Entry } from './safe-list.ts';
import type { Screen } from './screen.ts';
import { tellOutcome } from './tell-outcome.ts';

type GroupEntry = Extract<Entry, { kind: 'group' }>;

const samples = 3;

/** `r` on a group: a few of its Safes tell whether the trouble is over, and cost the others nothing. */
export function rerunGroup(screen: Screen, { members }: GroupEntry): void {
	const { engine, view } = screen;
	const free = members.filter(({ running }) => running === null);
	const isBusy = free.length === 0;
	const tried = chooseSamples(
		(isBusy ? members : free).map(({ result }) => result),
		samples,
	).map(({ name }) => name);
	const at = Date.now();
	let isDone = false;
	const wait = isBusy ? ', after what runs' : '';
	sayUnless(view, `trying ${listNames(tried)} of ${members.length}${wait}`, () =>
		isBusy ? tried.every((name) => hasBegun(engine, name, at)) : isDone,
	);
	const run = measureAgain(engine, tried, 'key').finally(() => {
		isDone = true;
	});
	void tellOutcome(screen, tried, run, (found) => outcomeOfGroup(found, members.length));
}

/** `app-01, app-21 and app-41` */
export function listNames(names: readonly string[]): string {
	return names.length < 2 ? (names[0] ?? 'none') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
