import type { Cause } from '../domain/cause.ts';
import type { ConnectorStatus } from '../domain/check.ts';
import type { ConnectorEvidence, ControlPlaneEvidence, HealthEvidence } from '../domain/connector-evidence.ts';
import type { Settings } from '../domain/inventory.ts';
import type { ConnectorRowEvidence } from '../domain/row-evidence.ts';
import type { Conclusion, Judgement } from './judgement.ts';
import { type Saying, sayRuntime, since } from './runtime-words.ts';

/** From worst to best. */
const statusesWorstFirst = ['needs-recovery', 'offline', 'degraded', 'online'] as const;

/** Row 1: is the connector Online? Runbook cause 1. Only what is configured is asked; the worst of the answers counts. */
export function judgeConnector(
	evidence: ConnectorEvidence,
	settings: Settings,
): { status: ConnectorStatus; judgement: Judgement<'connector'> } {
	const base = {
		measuredAt: evidence.measuredAt,
		durationMs: evidence.durationMs,
		evidence: rowEvidence(evidence),
	};
	if (evidence.hostUnreachable !== null) {
		const judgement = {
			...base,
			verdict: 'unknown',
			cause: 'connector-unreachable',
			summary: evidence.hostUnreachable,
		} as const;
		return { status: 'unknown', judgement };
	}
	const sayings = [
		sayRuntime(evidence.runtime, evidence.measuredAt),
		sayHealth(evidence.health),
		sayControlPlane(evidence.controlPlane),
	].filter((saying) => saying !== null);
	const worst = statusesWorstFirst.find((status) => sayings.some((saying) => saying.status === status));
	// Who says the worst is heard first.
	const ordered = [...sayings].sort((a, b) => Number(b.status === worst) - Number(a.status === worst));
	const summary = ordered.map(({ words }) => words).join('; ');
	if (worst === undefined) {
		const isAsked = evidence.runtime.kind !== 'none' || wasAsked(evidence.controlPlane);
		const judgement: Judgement<'connector'> = isAsked
			? { ...base, verdict: 'unknown', summary }
			: {
					...base,
					verdict: 'untested',
					summary: [
						evidence.controlPlane === null
							? 'nothing to ask it by: no runtime and no control plane in the inventory'
							: 'nothing to ask it by: no runtime in the inventory, and its status is not offered by the control plane',
						...(summary === '' ? [] : [summary]),
					].join('; '),
				};
		return { status: 'unknown', judgement };
	}
	// The runtime is what is asked first; when it cannot be read, nobody here knows that the connector runs.
	if (worst === 'online' && evidence.runtime.kind === 'unreadable') {
		return {
			status: 'unknown',
			judgement: { ...base, verdict: 'unknown', summary },
		};
	}
	return {
		status: worst,
		judgement: {
			...base,
			...verdictOf(worst, settings, sayings),
			summary: `${title(worst)}: ${summary}`,
		},
	};
}

const causeOf: Readonly<Record<'needs-recovery' | 'offline' | 'degraded', Cause>> = {
	'needs-recovery': 'connector-needs-recovery',
	offline: 'connector-offline',
	degraded: 'connector-degraded',
};

function verdictOf(
	status: (typeof statusesWorstFirst)[number],
	settings: Settings,
	sayings: readonly Saying[],
): Pick<Conclusion, 'verdict' | 'cause'> {
	if (status === 'online') return { verdict: sayings.some(({ isWarning }) => isWarning) ? 'warn' : 'pass' };
	return {
		verdict: status === 'degraded' ? settings.degraded : 'fail',
		cause: causeOf[status],
	};
}

function sayHealth(health: HealthEvidence | null): Saying | null {
	if (health === null) return null;
	const way = health.proxy === null ? '' : ` through the proxy ${health.proxy}`;
	// Its host reaching the control plane says nothing of the connector itself; it only lowers what others say.
	if (health.outcome === 'reachable') return { status: null, words: `/healthz ok${way}` };
	return {
		status: 'degraded',
		words: `/healthz not reached from its host${way} (${health.outcome}: ${health.detail})`,
	};
}

function sayControlPlane(controlPlane: ControlPlaneEvidence | null): Saying | null {
	if (controlPlane === null || !wasAsked(controlPlane)) return null;
	if (!controlPlane.ok)
		return {
			status: null,
			words: `control plane cannot say: ${controlPlane.reason}`,
		};
	const status = normaliseStatus(controlPlane.status);
	const words = `control plane says ${status === null ? JSON.stringify(controlPlane.status) : title(status)}`;
	return { status, words: words + since(controlPlane.since) };
}

function wasAsked(controlPlane: ControlPlaneEvidence | null): boolean {
	return controlPlane !== null && (controlPlane.ok || controlPlane.isAsked !== false);
}

/** `Needs recovery`, `needs_recovery` and `needs-recovery` are one; an unknown word is no status. */
export function normaliseStatus(text: string): (typeof statusesWorstFirst)[number] | null {
	const word = text
		.trim()
		.toLowerCase()
		.replace(/[\s_]+/g, '-');
	return statusesWorstFirst.find((status) => status === word) ?? null;
}

function title(status: (typeof statusesWorstFirst)[number]): string {
	return {
		'needs-recovery': 'Needs recovery',
		offline: 'Offline',
		degraded: 'Degraded',
		online: 'Online',
	}[status];
}

function rowEvidence(evidence: ConnectorEvidence): ConnectorRowEvidence {
	const { runtime, health, controlPlane, hostUnreachable, hostNextStep } = evidence;
	const step = hostNextStep ? { hostNextStep } : {};
	return { runtime, health, controlPlane, hostUnreachable, ...step };
}
