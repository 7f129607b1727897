import type { Connector } from '../domain/inventory.ts';
import type { LinkState } from '../hosts/host.ts';
import type { Places } from './host-directory.ts';
import type { SessionStore } from './session/session.ts';

/**
 * Shows how it is with the way to each remote host, and has its connectors looked at when that changes: they are away at once, and
 * measured as soon as they are back. Returns its own end.
 */
export function watchLinks(
	connectors: readonly Connector[],
	places: Places,
	session: SessionStore,
	check: (names: readonly string[]) => Promise<void>,
): () => void {
	const shown = (names: readonly string[], state: LinkState) =>
		session.patch({ links: new Map([...session.get().links, ...names.map((name) => [name, state] as const)]) });
	// What is shown of connectors that are gone, or elsewhere now, would be another's.
	if (session.get().links.size > 0) session.patch({ links: new Map() });
	const ends = [...places.links(connectors)].map(([link, members]) => {
		const names = members.map(({ name }) => name);
		let before: LinkState = link.state();
		if (before.phase !== 'idle') shown(names, before);
		return link.subscribe(() => {
			const state = link.state();
			shown(names, state);
			// The first attempt is waited for by whoever wanted it.
			const isNew = before.phase === 'idle' || (before.phase === 'connecting' && before.problem === null);
			before = state;
			if (state.phase !== 'idle' && !isNew) void check(names);
		});
	});
	return () => {
		for (const end of ends) end();
	};
}
