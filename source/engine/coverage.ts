import type { Coverage } from '../domain/coverage.ts';
import type { Inventory, Safe } from '../domain/inventory.ts';
import type { Host, RunOptions } from '../hosts/host.ts';
import { type ApiAccess, baseUrlOf } from '../inventory/api-access.ts';
import type { VaultPamSafe } from '../inventory/control-plane.ts';

/** Keeps VaultPAM's list of Safes, and holds it against the inventory. */
export type CoverageBook = {
	/** Reads the list; null where there is no control plane to ask. What was read before stays when it cannot be read now. */
	read(inventory: Inventory, options: RunOptions): Promise<Coverage | null>;
	/** The list as it was last read, held against another inventory. */
	compare(inventory: Inventory): Coverage | null;
};

export function createCoverageBook(host: Host | null, api: ApiAccess): CoverageBook {
	let last: {
		/** The control plane that was asked: the list of another one says nothing. */
		base: string;
		url: string;
		safes: readonly VaultPamSafe[] | null;
		unreadable: number;
		readAt: string | null;
		problem: string | null;
	} | null = null;
	const compare = (inventory: Inventory): Coverage | null =>
		last === null || last.base !== baseUrlOf(inventory.controlPlane.url, api)
			? null
			: {
					url: last.url,
					safes: last.safes?.length ?? null,
					...(last.unreadable === 0 ? {} : { unreadable: last.unreadable }),
					withoutTarget: withoutTarget(last.safes ?? [], inventory.safes),
					readAt: last.readAt,
					problem: last.problem,
				};
	return {
		compare,
		async read(inventory, options) {
			const base = baseUrlOf(inventory.controlPlane.url, api);
			if (host === null || base === null) return null;
			// Without a token a control plane that is only there for its health is no problem.
			if (api.token === undefined) return null;
			const { fetchSafes } = await import('../inventory/control-plane.ts');
			const answer = await fetchSafes(host, inventory.controlPlane, api, options);
			if (answer === null) return null;
			if (answer.ok) last = { ...answer, base, readAt: new Date().toISOString(), problem: null };
			else {
				const before = last?.base === base ? last : { safes: null, unreadable: 0, readAt: null };
				last = { ...before, base, url: answer.url, problem: answer.reason };
			}
			return compare(inventory);
		},
	};
}

/** By its id where the inventory has that, else by its name, however that is written. Pure. */
export function withoutTarget(listed: readonly VaultPamSafe[], safes: readonly Safe[]): VaultPamSafe[] {
	const ids = new Set(safes.flatMap(({ id }) => id ?? []));
	const names = new Set(safes.filter(({ id }) => id === null).map(({ name }) => alike(name)));
	return listed.filter(({ id, name }) => !ids.has(id) && !names.has(alike(name ?? id)));
}

function alike(name: string): string {
	return name.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ');
}
