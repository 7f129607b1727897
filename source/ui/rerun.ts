import { rowsOf, type SafeResult } from '../domain/check.ts';
import type { Engine } from '../engine/engine.ts';

/** What a person asked to have measured again, from the key press until it is measured. */

type Wish = {
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly trigger: 'key' | 'insisted';
	readonly done: Promise<void>;
};

/** How long a measurement that a key began may wait for its turn in the probe budget. */
const budgetWaitMs = 10_000;

const wishes = new WeakMap<Engine, Map<string, Wish>>();

/**
 * Measures these Safes, from the key press on: what runs already began before it, so it is measured once more after that. A key that
 * is held down asks only once more.
 *
 * @returns when all of them are measured, or cannot be.
 */
export async function measureAgain(engine: Engine, names: readonly string[], trigger: Wish['trigger']): Promise<void> {
	const known = wishes.get(engine) ?? new Map<string, Wish>();
	wishes.set(engine, known);
	const at = Date.now();
	const isWaiting = (name: string) => {
		const wish = known.get(name);
		return wish !== undefined && (wish.trigger === trigger || trigger === 'key') && !hasBegun(engine, name, wish.at);
	};
	const fresh = names.filter((name) => !isWaiting(name));
	const asked = names.filter(isWaiting).flatMap((name) => known.get(name)?.done ?? []);
	const done = fresh.length === 0 ? Promise.resolve() : engine.run(fresh, { trigger, budgetWaitMs });
	for (const name of fresh) {
		const wish = { at, trigger, done };
		known.set(name, wish);
		const forget = () => known.get(name) === wish && known.delete(name);
		done.then(forget, forget);
	}
	await Promise.all([done, ...asked]);
}

/** A measurement of it began after this time; it may be over by now. */
export function hasBegun({ session }: Engine, name: string, time: number): boolean {
	const state = session.safe(name);
	if (state === undefined) return true;
	return (state.running?.since ?? 0) >= time || (measuredAt(state.result) ?? 0) >= time;
}

/** When the last measurement at its target began: milliseconds since 1970. Row 1 is measured on its own, far more often. */
export function measuredAt(result: SafeResult): number | null {
	const times = rowsOf(result).flatMap(({ id, measuredAt: at }) =>
		id === 'connector' || at === null ? [] : Date.parse(at),
	);
	return times.length === 0 ? null : Math.max(...times);
}
