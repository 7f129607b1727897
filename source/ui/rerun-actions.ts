import type { Engine } from '../engine/engine.ts';
import { factsOf } from '../engine/session/read.ts';
import { pin } from './choose.ts';
import { rerunGroup } from './group-actions.ts';
import { sayUnless } from './notice.ts';
import { hasBegun, measureAgain } from './rerun.ts';
import { outcomeOfAll, outcomeOfOne } from './rerun-outcome.ts';
import type { Screen } from './screen.ts';
import { tellOutcome } from './tell-outcome.ts';

/** What `r` and `R` do, and what they say it came to. */

/** A second press within this time insists on a probe whose risk was shown. */
const insistWithinMs = 30_000;
const budgetWaitMs = 10_000;

export function rerunSelected(screen: Screen): void {
	const { engine, view } = screen;
	const { entry, selected } = pin(screen) ?? {};
	if (entry?.kind === 'group') return rerunGroup(screen, entry);
	if (selected == null) return;
	const { name } = selected.result;
	const trigger = isInsisting(screen, name) ? 'insisted' : 'key';
	const at = Date.now();
	view.patch({ lastRerun: { safe: name, at } });
	if (selected.running !== null)
		sayUnless(view, `${name} is being measured: once more after that`, () => hasBegun(engine, name, at));
	void tellOutcome(screen, [name], measureAgain(engine, [name], trigger), ([tried]) =>
		tried === undefined ? null : outcomeOfOne(tried),
	);
}

/** `r` again soon on a Safe that was held back for its unfinished connections goes on at the person's own risk, as the row said. */
function isInsisting({ engine, view }: Screen, name: string): boolean {
	const safe = engine.session.get().inventory.safes.find((candidate) => candidate.name === name);
	const { lastRerun } = view.get();
	if (safe === undefined || lastRerun?.safe !== name || Date.now() - lastRerun.at > insistWithinMs) return false;
	const { refusal, authRefusal } = factsOf(engine.session, safe);
	return [refusal, authRefusal].some((held) => held?.reason === 'unfinished');
}

/** `R` waits for a sweep that is under way, and measures after it what it had measured before the key press. */
const waiting = new WeakSet<Engine>();

export function rerunAll(screen: Screen): void {
	const { engine, view } = screen;
	const { session } = engine;
	const names = [...session.get().safes.keys()];
	const at = Date.now();
	const sweep = () => engine.run(null, { trigger: 'key', budgetWaitMs });
	if (!session.get().sweep.running) return void tellOutcome(screen, names, sweep(), outcomeOfAll);
	const isOver = () => !waiting.has(engine);
	const say = () => sayUnless(view, 'a sweep is under way: measured again after it', isOver);
	if (waiting.has(engine)) return say();
	waiting.add(engine);
	say();
	const afterSweep = sweep().then(() => {
		waiting.delete(engine);
		if (engine.signal.aborted) return;
		const old = names.filter((name) => !hasBegun(engine, name, at));
		return old.length === names.length ? sweep() : measureAgain(engine, old, 'key');
	});
	void tellOutcome(screen, names, afterSweep, outcomeOfAll);
}
