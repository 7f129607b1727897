import { formatRemote, type Safe } from '../../domain/inventory.ts';
import { formatTarget } from '../../domain/target.ts';
import { connectorOf } from '../session/read.ts';
import type { SessionStore } from '../session/session.ts';

export type TargetGroup = { readonly lane: string; readonly members: [Safe, ...Safe[]] };

/** Safes of one target behind one connector host share a lane; what is measured of it, only where they see it from one place. */
export function byTarget(
	safes: readonly Safe[],
	session: SessionStore,
	seenFrom: (safe: Safe) => string,
): TargetGroup[] {
	const groups = new Map<string, TargetGroup>();
	for (const safe of safes) {
		const { host } = connectorOf(session, safe);
		const lane = `${host === 'local' ? 'local' : formatRemote(host)} ${formatTarget(safe.host, safe.port)}`;
		const key = `${lane} ${seenFrom(safe)}`;
		const group = groups.get(key);
		if (group === undefined) groups.set(key, { lane, members: [safe] });
		else group.members.push(safe);
	}
	return [...groups.values()];
}
