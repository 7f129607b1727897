import type { Cause } from '../../source/domain/cause.ts';
import { makeChecks, unmeasuredRow } from '../../source/domain/check.ts';
import type { OverallVerdict } from '../../source/domain/verdict.ts';
import type { SafeState, Session } from '../../source/engine/session/session.ts';
import { causeTexts } from '../../source/runbook/causes.ts';
import { portEvidence } from './plain-evidence.ts';

/** A Safe as the session has it, with one row that says why it stands where it stands. */
export function stateOf(
	name: string,
	host: string,
	verdict: OverallVerdict,
	options: { cause?: Cause; connector?: string; since?: number; measuredAt?: string; username?: string } = {},
): SafeState {
	const {
		cause = null,
		connector = 'dc1',
		since = 0,
		measuredAt = '2026-11-22T08:00:00.000Z',
		username = 'deploy',
	} = options;
	const row = cause === null ? 'ssh-key' : causeTexts[cause].check;
	const rows = makeChecks((id) => ({
		...unmeasuredRow(id, 'here'),
		verdict: id === row ? verdict : 'pass',
		cause: id === row ? cause : null,
		measuredAt,
		summary: 'measured',
	}));
	const checks = { ...rows, port: { ...rows.port, evidence: portEvidence(host) } };
	const result = { name, connector, target: `${host}:22`, username, verdict, cause, headline: '', checks };
	return { result, since, running: null };
}

export function safesOf(...states: readonly SafeState[]): Session['safes'] {
	return new Map(states.map((state) => [state.result.name, state]));
}

/** `app-01`, … in one network, all silent. */
export function deadNetwork(count: number): SafeState[] {
	return Array.from({ length: count }, (_, index) =>
		stateOf(`app-${String(index + 1).padStart(2, '0')}`, `10.20.4.${index + 1}`, 'fail', {
			cause: 'port-timeout',
			connector: 'dmz',
		}),
	);
}

/** `web-1`, … that pass. */
export function passing(count: number): SafeState[] {
	return Array.from({ length: count }, (_, index) =>
		stateOf(`web-${index + 1}`, `10.1.${index >> 8}.${index & 255}`, 'pass'),
	);
}
