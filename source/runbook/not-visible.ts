import type { SafeResult } from '../domain/check.ts';

/** What no probe can see, told where all five checks pass and the session still fails. */
export const notVisible =
	'All five causes are excluded from here. Not visible to vpmon: the secret itself, policy, approval, a sealed vault, a second factor, a forced command or an expired account on the target.';

const afterTheKey =
	'The key is listed for this user. Not visible to vpmon is what comes after it: account expiry, a second factor, the shell, a forced command, limits of sessions.';

/** What a Safe's rows do not prove, in sentences; none where no key was accepted. */
export function caveatsOf({ checks }: Pick<SafeResult, 'checks'>): readonly string[] {
	return checks['ssh-key'].verdict === 'pass' ? [afterTheKey] : [];
}
