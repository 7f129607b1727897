/** Why a row does not pass: stable, kebab-case, part of the JSON contract. What is said of each stands in `runbook/causes.ts`. */
export const causes = [
	'connector-offline',
	'connector-degraded',
	'connector-needs-recovery',
	'connector-unreachable',
	'name-not-resolved',
	'port-refused',
	'port-timeout',
	'host-unreachable',
	'connection-reset',
	'not-ssh',
	'source-penalised',
	'no-common-algorithm',
	'username-rejected',
	'user-or-key-rejected',
	'host-key-mismatch',
	'host-key-unrecorded',
	'host-key-type-gone',
	'key-missing',
	'key-unreadable',
	'key-invalid',
	'key-is-private',
	'key-too-weak',
	'key-rejected',
	'method-not-offered',
] as const;

export type Cause = (typeof causes)[number];
