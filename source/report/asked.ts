import type { CheckResult } from '../domain/check.ts';
import type { ControlPlaneEvidence } from '../domain/connector-evidence.ts';
import type { KnownHostsEvidence } from '../domain/evidence.ts';
import type {
	ConnectorRowEvidence,
	HostKeyRowEvidence,
	PortRowEvidence,
	SshKeyRowEvidence,
} from '../domain/row-evidence.ts';
import { formatTarget } from '../domain/target.ts';
import { formatIsoMoment } from '../domain/time.ts';
import { formatDuration } from '../runbook/judgement.ts';

/** What was sent or run for a row, and what came of each: a line each; nothing where nothing was. Pure. */
export function askedFor(row: CheckResult, now: number): readonly string[] {
	switch (row.id) {
		case 'connector':
			return askedConnector(row.evidence);
		case 'port':
			return askedPort(row.evidence, now);
		case 'host-key':
			return askedHostKey(row.evidence);
		case 'username':
			return [];
		case 'ssh-key':
			return askedKey(row.evidence);
	}
}

function askedConnector(evidence: ConnectorRowEvidence | null): string[] {
	if (evidence === null) return [];
	const { runtime, health, controlPlane } = evidence;
	return [
		...('command' in runtime ? [`ran ${runtime.command}`] : []),
		...(health ? [`GET ${health.url}: ${health.outcome} in ${formatDuration(health.durationMs)}`] : []),
		...(controlPlane ? [saidOfControlPlane(controlPlane)] : []),
	];
}

function saidOfControlPlane(controlPlane: ControlPlaneEvidence): string {
	if (controlPlane.ok || controlPlane.isAsked !== false) return `GET ${controlPlane.url}`;
	return `not ${controlPlane.url}: the status of a connector is ${controlPlane.reason} (no connectorsPath is set)`;
}

function askedPort(evidence: PortRowEvidence | null, now: number): string[] {
	if (evidence?.connections === undefined) return [];
	const { name, connections } = evidence;
	return [
		...(name
			? [`looked ${name.name} up: ${name.error ?? name.addresses.join(', ')} in ${formatDuration(name.durationMs)}`]
			: []),
		...connections.map(({ startedAt, address, port, outcome, connectMs, handshake, sourceAddress }) => {
			const from = sourceAddress === null ? '' : ` from ${sourceAddress}`;
			const then = handshake === null ? '' : `, SSH handshake ${formatDuration(handshake.durationMs)}`;
			const when = formatIsoMoment(startedAt, now);
			return `TCP to ${formatTarget(address, port)}${from} at ${when}: ${outcome} in ${formatDuration(connectMs)}${then}`;
		}),
	];
}

function askedHostKey(evidence: HostKeyRowEvidence | null): string[] {
	if (evidence === null) return [];
	const { offered, knownHosts } = evidence;
	const types = [...new Set(offered.map(({ type }) => type))].join(', ');
	return [
		...(offered.length === 0 ? [] : [`an SSH key exchange up to the host key (${types}); no credential was sent`]),
		...ranFor(knownHosts),
	];
}

function ranFor(knownHosts: KnownHostsEvidence | null): string[] {
	return knownHosts ? [`ran ${knownHosts.command}${knownHosts.error === null ? '' : `: ${knownHosts.error}`}`] : [];
}

function askedKey(evidence: SshKeyRowEvidence | null): string[] {
	if (evidence?.asked === undefined) return [];
	const { asked, username, key, answer, durationMs } = evidence;
	const took = durationMs === 0 ? '' : ` in ${formatDuration(durationMs)}`;
	if (asked === 'methods') return [`which ways to log in ${username} has (method "none"): ${answer}${took}`];
	return [
		`whether ${username} may log in with ${key ?? 'the key'} (RFC 4252 section 7; nothing was signed): ${answer}${took}`,
	];
}
