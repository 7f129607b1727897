/** What no probe can see, told where all five checks pass and the session still fails. */
export const notVisible =
	'All five causes are excluded from here. Not visible to vpmon: the secret itself, policy, approval, a sealed vault, a second factor, a forced command or an expired account on the target.';
