import type { Connector } from '../domain/inventory.ts';
import type { LinkState } from '../hosts/host.ts';
import type { HostDirectory } from './host-directory.ts';
import type { SessionStore } from './session/session.ts';

/**
 * Shows how it is with the way to each remote host, and has its connectors looked at when that changes: they are away at once, and
 * measured as soon as they are back. Returns its own end.
 */
export function watchLinks(
	connectors: readonly Connector[],
	hostDirectory: HostDirectory,
	session: SessionStore,
	check: (names: readonly string[]) => Promise<void>,
): () => void {
	const shown = (members: readonly Connector[], link: LinkState) => {
		for (const connector of members)
			session.learn({ kind: 'host seen', connector: connector.name, host: hostDirectory.seen(connector) });
		session.learn({ kind: 'link changed', connectors: members.map(({ name }) => name), link });
	};
	// What is shown of connectors that are gone, or elsewhere now, would be another's.
	session.learn({ kind: 'links forgotten' });
	const ends = [...hostDirectory.links(connectors)].map(([link, members]) => {
		const names = members.map(({ name }) => name);
		let before: LinkState = link.state();
		if (before.phase !== 'idle') shown(members, before);
		return link.subscribe(() => {
			const state = link.state();
			shown(members, state);
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
