import type { Safe } from '../../domain/inventory.ts';
import { formatTarget } from '../../domain/target.ts';

export type Detour = 'ProxyJump' | 'ProxyCommand' | null;

/** So many are asked for: each takes a process, and where more targets are away it is not this that explains it. */
const mostAsked = 50;

/** Asks once for each target. */
export function rememberDetours(
	detourTo: ((safe: Safe) => Promise<Detour>) | undefined,
): (safe: Safe) => Promise<Detour> {
	const known = new Map<string, Promise<Detour>>();
	return async (safe) => {
		const key = formatTarget(safe.host, safe.port);
		const found = known.get(key);
		if (found !== undefined) return found;
		if (detourTo === undefined || known.size >= mostAsked) return null;
		const asked = detourTo(safe);
		known.set(key, asked);
		return asked;
	};
}
