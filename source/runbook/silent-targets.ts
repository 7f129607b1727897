import type { Cause } from '../domain/cause.ts';
import type { ConnectorResult, SafeResult } from '../domain/check.ts';

/** TCP itself fails: what the control plane's own probe of a target would call not reachable. */
const silent: readonly Cause[] = ['name-not-resolved', 'port-refused', 'port-timeout', 'host-unreachable'];
const mostNamed = 3;

/**
 * A Degraded connector names the targets behind it that do not answer: "at least one resource host probe failing" is what Degraded
 * means (runbook "Connector health is red").
 */
export function nameSilentTargets(result: ConnectorResult, safes: readonly SafeResult[]): ConnectorResult {
	if (result.status !== 'degraded') return result;
	const failing = safes.filter(
		({ connector, checks }) =>
			connector === result.name && checks.port.cause !== null && silent.includes(checks.port.cause),
	);
	const targets = [...new Set(failing.map(({ target }) => target))];
	if (targets.length === 0) return result;
	const more = targets.length > mostNamed ? ` and ${targets.length - mostNamed} more` : '';
	const { check } = result;
	return {
		...result,
		check: {
			...check,
			summary: `${check.summary}; ${targets.slice(0, mostNamed).join(', ')}${more} ${targets.length === 1 ? 'does' : 'do'} not answer`,
			evidence: check.evidence === null ? null : { ...check.evidence, silentTargets: targets },
		},
	};
}
