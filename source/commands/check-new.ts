import type { SafeResult } from '../domain/check.ts';
import { keepLastCheck, readLastCheck } from '../storage/last-check.ts';

/** Where `vpmon check --new` keeps what failed, and of which inventory. */
export type LastCheck = { readonly directory: string; readonly inventory: string };

/**
 * Which Safes began to fail, or fail for another cause, since `vpmon check --new` ran last. What was not measured this time stays as it
 * was: unknown is no end of a failure. In the first run all that fails is new.
 *
 * @returns them, and what keeps the rest for the next run; it throws a UserError where that cannot be kept.
 * @param isWhole all Safes of the inventory were looked at, so that others are gone from it.
 */
export async function takeNew(
	{ directory, inventory }: LastCheck,
	safes: readonly SafeResult[],
	isWhole: boolean,
): Promise<{ readonly fresh: readonly SafeResult[]; readonly keep: () => Promise<void> }> {
	const before = (await readLastCheck(directory, inventory)) ?? {};
	const failing = new Map(isWhole ? [] : Object.entries(before));
	for (const { name, verdict, cause } of safes) {
		const known = before[name];
		if (verdict === 'fail') failing.set(name, cause ?? '');
		else if (verdict === 'unknown' && known !== undefined) failing.set(name, known);
		else failing.delete(name);
	}
	return {
		fresh: safes.filter(({ name, verdict, cause }) => verdict === 'fail' && before[name] !== (cause ?? '')),
		keep: () => keepLastCheck(directory, inventory, Object.fromEntries(failing), new Date()),
	};
}
