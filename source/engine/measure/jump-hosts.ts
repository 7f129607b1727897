import type { Safe } from '../../domain/inventory.ts';
import { formatTarget } from '../../domain/target.ts';

export type JumpHost = 'ProxyJump' | 'ProxyCommand' | null;

/** So many are asked for: each takes a process, and where more targets are away it is not this that explains it. */
const mostAsked = 50;

/** Asks once for each target. */
export function rememberJumpHosts(
	jumpHostFor: ((safe: Safe) => Promise<JumpHost>) | undefined,
): (safe: Safe) => Promise<JumpHost> {
	const known = new Map<string, Promise<JumpHost>>();
	return async (safe) => {
		const key = formatTarget(safe.host, safe.port);
		const found = known.get(key);
		if (found !== undefined) return found;
		if (jumpHostFor === undefined || known.size >= mostAsked) return null;
		const asked = jumpHostFor(safe);
		known.set(key, asked);
		return asked;
	};
}
