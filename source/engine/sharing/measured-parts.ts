import type { ConnectionEvidence, TargetEvidence } from '../../domain/evidence.ts';
import type { Measurement, MeasurementKey, Writer } from '../../domain/measurement.ts';
import { canonicalAddress } from '../../domain/target.ts';
import type { AuthAnswer } from '../../runbook/judgement.ts';
import type { Origin } from './board.ts';

export type RunOfTarget = Origin & {
	readonly run: string;
	readonly writer: Writer;
	/** Milliseconds that each step had. */
	readonly deadlineMs: number;
	/** So many a step has in this tool's own defaults: a shorter deadline proves no silence to others. */
	readonly usualDeadlineMs: number;
};

/**
 * What a run brought of a target, in parts that other programs can use. Left out is what says nothing of the target: what was
 * aborted, what failed on this machine (no more open files), and silence within a deadline shorter than usual. Pure.
 */
export function measuredParts(run: RunOfTarget, target: TargetEvidence, answers: readonly AuthAnswer[]): Measurement[] {
	const parts: Measurement[] = [];
	if (target.name !== null && target.name.error === null && target.name.name !== target.name.addresses[0]) {
		const beganAt = Date.parse(target.measuredAt);
		const key = keyOf(run, target.name.name, 0);
		parts.push({ ...base(run, key, beganAt, beganAt), part: 'name', evidence: target.name });
	}
	const addresses = target.name?.addresses.length ?? 1;
	const finished = target.connections.filter((connection) => isFinished(connection, run, addresses));
	for (const [address, connections] of Map.groupBy(finished, (connection) => connection.address)) {
		const key = keyOf(run, address, target.port);
		const beganAt = Math.min(...connections.map(({ startedAt }) => Date.parse(startedAt)));
		const endedAt = Math.max(...connections.map(endOf));
		const evidence = connections.map(withoutAnswers);
		const deadlineMs = Math.min(run.deadlineMs, ...connections.map(silentMs));
		parts.push({ ...base(run, key, beganAt, endedAt), part: 'connections', evidence, deadlineMs });
		for (const connection of connections) {
			const { hostKey, hostKeyProven } = connection.handshake ?? {};
			if (!hostKey || hostKeyProven !== true) continue;
			const seenAt = Date.parse(connection.startedAt);
			parts.push({ ...base(run, key, seenAt, endOf(connection)), part: 'host-key', evidence: hostKey });
		}
	}
	for (const { auth, connection } of answers) {
		// No answer is no evidence of what the target would say.
		if (auth.answer === 'none' || !isFinished(connection, run, addresses)) continue;
		const askedAt = Date.parse(connection.startedAt);
		const key = keyOf(run, connection.address, connection.port);
		const evidence = { auth, connection: withoutAnswers(connection) };
		parts.push({ ...base(run, key, askedAt, endOf(connection)), part: 'answer', evidence });
	}
	return parts;
}

export function keyOf({ source, origin }: Origin, address: string, port: number): MeasurementKey {
	return { source, origin, address: canonicalAddress(address), port };
}

function base({ run, writer, deadlineMs }: RunOfTarget, key: MeasurementKey, beganAt: number, endedAt: number) {
	return { key, run, beganAt, endedAt, deadlineMs, firstAt: beganAt, writer };
}

/** @param addresses of the target's name, which share the time for opening a connection. */
function isFinished(connection: ConnectionEvidence, run: RunOfTarget, addresses: number): boolean {
	if (connection.outcome === 'other') return false;
	return Math.min(run.deadlineMs, silentMs(connection) * addresses) >= run.usualDeadlineMs || !isSilent(connection);
}

const timerMs = 100;

/** Milliseconds that were waited for something to be said; infinite where something was. */
function silentMs(connection: ConnectionEvidence): number {
	if (!isSilent(connection)) return Number.POSITIVE_INFINITY;
	const { outcome, connectMs, handshake } = connection;
	const waitedMs = outcome === 'timeout' ? connectMs : (handshake?.durationMs ?? 0);
	// Timers are not exact.
	return Math.ceil(waitedMs / timerMs) * timerMs;
}

function endOf({ startedAt, connectMs, handshake, answers }: ConnectionEvidence): number {
	const asked = answers.reduce((sum, { durationMs }) => sum + durationMs, 0);
	return Math.round(Date.parse(startedAt) + connectMs + (handshake?.durationMs ?? 0) + asked);
}

function withoutAnswers(connection: ConnectionEvidence): ConnectionEvidence {
	return connection.answers.length === 0 ? connection : { ...connection, answers: [] };
}

/** Nothing was said within the time. */
export function isSilent({ outcome, handshake }: ConnectionEvidence): boolean {
	return outcome === 'timeout' || handshake?.ended === 'timeout';
}
