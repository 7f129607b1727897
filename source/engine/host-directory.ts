import type { Connector } from '../domain/inventory.ts';
import { awayReason } from '../hosts/away-reason.ts';
import type { Host, HostLink } from '../hosts/host.ts';
import type { SeenHost } from './session/fact.ts';

/** Why a connector's host cannot be reached, and what to do. */
export type Unreachable = { readonly unreachable: string; readonly nextStep?: string | null };

/** The hosts of the connectors, those that are away just now among them. */
export class HostDirectory {
	readonly #hostOf: (connector: Connector) => Host | Unreachable;
	readonly #measuredFrom: string;
	readonly #signal: AbortSignal;

	/** @param measuredFrom the name of the machine vpmon runs on. */
	constructor(hostOf: (connector: Connector) => Host | Unreachable, measuredFrom: string, signal: AbortSignal) {
		this.#hostOf = hostOf;
		this.#measuredFrom = measuredFrom;
		this.#signal = signal;
	}

	/** The host as it can be used now, or why not. */
	at(connector: Connector): Host | Unreachable {
		const host = this.#hostOf(connector);
		if ('unreachable' in host || host.link === undefined) return host;
		const state = host.link.state();
		const problem = state.phase === 'waiting' || state.phase === 'connecting' ? state.problem : null;
		if (problem === null) return host;
		return { unreachable: awayReason(host.name, state), nextStep: problem.nextStep };
	}

	/** Null when it cannot be reached now. */
	reachable(connector: Connector): Host | null {
		const host = this.at(connector);
		return 'unreachable' in host ? null : host;
	}

	/** Also one that is away: what is asked of it goes on when it is back. Null where there is no way to it at all. */
	any(connector: Connector): Host | null {
		const host = this.#hostOf(connector);
		return 'unreachable' in host ? null : host;
	}

	/** How it is with a connector's host now. */
	seen(connector: Connector): SeenHost {
		const host = this.at(connector);
		return 'unreachable' in host
			? { name: this.any(connector)?.name ?? this.#measuredFrom, unreachable: host.unreachable }
			: { name: host.name, unreachable: null };
	}

	/** Waits for the first attempt to reach it; a person who asks has another one made, and waits for that. */
	async settled(connector: Connector, isWanted: boolean): Promise<void> {
		const link = this.any(connector)?.link;
		if (link === undefined) return;
		const state = link.state();
		if (!isWanted && state.phase === 'connecting' && state.problem !== null) return;
		await link.settled(isWanted, this.#signal);
	}

	/** The connectors behind each remote host. */
	links(connectors: readonly Connector[]): ReadonlyMap<HostLink, readonly Connector[]> {
		const links = new Map<HostLink, Connector[]>();
		for (const connector of connectors) {
			const link = this.any(connector)?.link;
			if (link !== undefined) links.set(link, [...(links.get(link) ?? []), connector]);
		}
		return links;
	}
}
