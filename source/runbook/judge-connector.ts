import type { Cause } from '../domain/cause.ts';
import type { ConnectorStatus } from '../domain/check.ts';
import type { ConnectorEvidence, ControlPlaneEvidence, HealthEvidence, RuntimeEvidence } from '../domain/evidence.ts';
import type { Settings } from '../domain/inventory.ts';
import { formatIsoMoment } from '../domain/time.ts';
import type { Judgement } from './judgement.ts';

/** What one source says: a status, or that it cannot say (`null`). */
type Saying = {
	readonly status: ConnectorStatus | null;
	readonly words: string;
};

/** From worst to best. */
const statusesWorstFirst = ['needs-recovery', 'offline', 'degraded', 'online'] as const;

/** Row 1: is the connector Online? Runbook cause 1. Only what is configured is asked; the worst of the answers counts. */
export function judgeConnector(
	evidence: ConnectorEvidence,
	settings: Settings,
): { status: ConnectorStatus; judgement: Judgement } {
	const base = {
		measuredAt: evidence.measuredAt,
		durationMs: evidence.durationMs,
		evidence: asRecord(evidence),
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
		sayRuntime(evidence.runtime),
		sayHealth(evidence.health),
		sayControlPlane(evidence.controlPlane),
	].filter((saying) => saying !== null);
	const worst = statusesWorstFirst.find((status) => sayings.some((saying) => saying.status === status));
	// Who says the worst is heard first.
	const ordered = [...sayings].sort((a, b) => Number(b.status === worst) - Number(a.status === worst));
	const summary = ordered.map(({ words }) => words).join('; ');
	if (worst === undefined) {
		const isAsked = evidence.runtime.kind !== 'none' || evidence.controlPlane !== null;
		const judgement: Judgement = isAsked
			? { ...base, verdict: 'unknown', summary }
			: {
					...base,
					verdict: 'untested',
					summary: [
						'nothing to ask it by: no runtime and no control plane in the inventory',
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
			...verdictOf(worst, settings, evidence.runtime),
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
	runtime: RuntimeEvidence,
): Pick<Judgement, 'verdict' | 'cause'> {
	if (status === 'online')
		return {
			verdict: runtime.kind === 'docker' && runtime.identityMount === null ? 'warn' : 'pass',
		};
	return {
		verdict: status === 'degraded' ? settings.degraded : 'fail',
		cause: causeOf[status],
	};
}

function sayRuntime(runtime: RuntimeEvidence): Saying | null {
	switch (runtime.kind) {
		case 'none':
			return null;
		case 'unreadable':
			return { status: null, words: runtime.reason };
		case 'docker':
			return sayDocker(runtime);
		case 'systemd':
			return saySystemd(runtime);
	}
}

function sayDocker(runtime: Extract<RuntimeEvidence, { kind: 'docker' }>): Saying {
	const restarts = runtime.restartCount === 0 ? '' : `, restarted ${runtime.restartCount} times`;
	if (runtime.restarting || runtime.state === 'restarting') {
		return {
			status: 'offline',
			words: `container restarts in a loop, exit code ${runtime.exitCode}${restarts}`,
		};
	}
	if (runtime.state !== 'running') {
		const why = runtime.oomKilled ? 'killed for lack of memory' : `exit code ${runtime.exitCode}`;
		return {
			status: 'offline',
			words: runtime.state === 'exited' ? `container exited, ${why}` : `container is ${runtime.state}`,
		};
	}
	if (runtime.health === 'unhealthy')
		return {
			status: 'degraded',
			words: `container up, but its health check fails${restarts}`,
		};
	const up = `container up${since(runtime.startedAt)}${restarts}`;
	return {
		status: 'online',
		words:
			runtime.identityMount === null
				? `${up}, but no identity storage is mounted: a new container needs guided recovery`
				: up,
	};
}

function saySystemd(runtime: Extract<RuntimeEvidence, { kind: 'systemd' }>): Saying {
	if (runtime.loadState === 'masked') return { status: 'offline', words: 'unit is masked' };
	const restarts = runtime.restarts === 0 ? '' : `, restarted ${runtime.restarts} times`;
	if (runtime.activeState === 'active')
		return {
			status: 'online',
			words: `unit ${runtime.subState}${since(runtime.since)}${restarts}`,
		};
	if (runtime.subState === 'auto-restart') {
		return {
			status: 'offline',
			words: `unit restarts in a loop, exit code ${runtime.exitStatus}${restarts}`,
		};
	}
	const why = runtime.result === 'success' ? '' : `, ${runtime.result}, exit code ${runtime.exitStatus}`;
	return {
		status: 'offline',
		words: `unit is ${runtime.activeState}${why}${since(runtime.since)}`,
	};
}

function sayHealth(health: HealthEvidence | null): Saying | null {
	if (health === null) return null;
	// Its host reaching the control plane says nothing of the connector itself; it only lowers what others say.
	if (health.outcome === 'reachable') return { status: null, words: '/healthz ok' };
	return {
		status: 'degraded',
		words: `/healthz not reached from its host (${health.outcome}: ${health.detail})`,
	};
}

function sayControlPlane(controlPlane: ControlPlaneEvidence | null): Saying | null {
	if (controlPlane === null) return null;
	if (!controlPlane.ok)
		return {
			status: null,
			words: `control plane cannot say: ${controlPlane.reason}`,
		};
	const status = normaliseStatus(controlPlane.status);
	const words = `control plane says ${status === null ? JSON.stringify(controlPlane.status) : title(status)}`;
	return { status, words: words + since(controlPlane.since) };
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

function since(text: string | null): string {
	return text === null ? '' : ` since ${formatIsoMoment(text, Date.now())}`;
}

function asRecord(evidence: ConnectorEvidence): Record<string, unknown> {
	const { runtime, health, controlPlane, hostUnreachable } = evidence;
	return { runtime, health, controlPlane, hostUnreachable };
}
