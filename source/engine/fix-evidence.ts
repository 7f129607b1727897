import type { SafeResult } from '../domain/check.ts';
import type { Safe } from '../domain/inventory.ts';
import { describeWriter } from '../domain/measurement.ts';
import { UserError } from '../domain/user-error.ts';
import { standing } from '../runbook/fix-result.ts';
import { refusalSummary } from '../runbook/judgement.ts';
import type { Engine } from './engine.ts';
import type { ReadyFix } from './run-fix.ts';
import { factsOf, strangerBehind } from './session/read.ts';
import { fromNowOn } from './sharing/freshness.ts';

/**
 * Why this program or one it believes did not measure a target since a time, such as that of a fix: then nobody saw what came of it. Null
 * where one did.
 *
 * @param since milliseconds since 1970.
 */
export function whyNotSeen({ session }: Engine, safe: Safe, since: number): string | null {
	const { target, refusal } = factsOf(session, safe);
	const refused = refusal ?? target?.refusal ?? null;
	if (refused !== null) return refusalSummary(refused);
	const isNew = target !== null && Date.parse(target.measuredAt) >= since;
	return isNew && strangerBehind(session, safe) === null ? null : 'it could not be measured';
}

/**
 * Nothing is written or run because of what another user's program measured: it is measured by oneself first.
 *
 * @throws UserError when that cannot be done now.
 */
export async function measureByOneself(engine: Engine, { safe }: ReadyFix, budgetWaitMs: number): Promise<void> {
	const stranger = () => strangerBehind(engine.session, safe);
	const toldBy = stranger();
	if (toldBy === null) return;
	const told = standing(resultOf(engine, safe.name));
	await engine.run([safe.name], { trigger: 'command', budgetWaitMs, freshness: fromNowOn(true) });
	const writer = stranger();
	const found = standing(resultOf(engine, safe.name));
	if (writer === null && found !== told) {
		throw new UserError(
			`${describeWriter(toldBy, engine.sharing.self.uid)} told of ${safe.name}: ${told}. Measured by this program it is: ${found}.`,
			'Nothing was changed. Look at it again.',
		);
	}
	if (writer === null) return;
	throw new UserError(
		`What is known of ${safe.name} was measured by ${describeWriter(writer, engine.sharing.self.uid)}, and it cannot be measured again now.`,
		`Nothing was changed. Try again in a while, or go on with --again: ${resultOf(engine, safe.name).headline}`,
	);
}

/**
 * A plan may be older than what is known of the target by now: no host key is written that it does not offer.
 *
 * @throws UserError where it does not.
 */
export function refuseOtherHostKey(engine: Engine, { plan, safe }: ReadyFix): void {
	const planned = plan.change?.hostKey;
	const offered = resultOf(engine, safe.name).checks['host-key'].evidence?.offered ?? [];
	if (planned === undefined || offered.some(({ type, sha256: key }) => `${type} ${key}` === planned)) return;
	throw new UserError(
		`The target of ${safe.name} does not offer ${planned} any more.`,
		'Nothing was changed. Look at row 4 again.',
	);
}

/** @throws UserError where the Safe is gone. */
export function resultOf(engine: Engine, name: string): SafeResult {
	const state = engine.session.safe(name);
	if (state === undefined)
		throw new UserError(`${name} is no longer in the inventory.`, 'Somebody else has changed it meanwhile.');
	return state.result;
}
