import type { ConnectOutcome, TargetEvidence } from '../../source/domain/evidence.ts';
import type { Safe } from '../../source/domain/inventory.ts';
import type { Writer } from '../../source/domain/measurement.ts';
import { factsOf } from '../../source/engine/session/read.ts';
import type { SessionStore } from '../../source/engine/session/session.ts';
import { plainConnection } from './plain-evidence.ts';

export function safeNamed(session: SessionStore, name: string): Safe {
	const safe = session.get().inventory.safes.find((candidate) => candidate.name === name);
	if (safe === undefined) throw new Error(`no Safe ${name}`);
	return safe;
}

/** Where it does not matter who measured. */
export const someone: Writer = { program: 'check', uid: -1, user: '' };

/** A run found of a Safe what was found of another one of the same user and keys. */
export function learnSameAs(session: SessionStore, name: string, example: string): void {
	const { target, auth, proof, askedAbout: about } = factsOf(session, safeNamed(session, example));
	if (target === null) throw new Error(`${example} was not measured`);
	const result = { target, auth, authRefusal: null };
	session.learn({
		kind: 'target measured',
		safe: safeNamed(session, name),
		result,
		proof,
		about,
		writer: someone,
		answeredTo: someone,
	});
}

/** A run found a Safe's port refused, or closed in another way. */
export function learnRefused(
	session: SessionStore,
	name: string,
	writer: Writer = someone,
	outcome: ConnectOutcome = 'refused',
): void {
	const safe = safeNamed(session, name);
	const target: TargetEvidence = {
		host: safe.host,
		port: safe.port,
		name: null,
		connections: [{ ...plainConnection('10.0.0.5'), outcome, error: 'connect ECONNREFUSED' }],
		carriedKeys: [],
		refusedAddresses: [],
		knownHosts: null,
		refusal: null,
		measuredAt: new Date().toISOString(),
		durationMs: 1,
	};
	const result = { target, auth: null, authRefusal: null };
	session.learn({ kind: 'target measured', safe, result, proof: null, about: null, writer, answeredTo: null });
}
