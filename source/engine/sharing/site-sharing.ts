import type { Safe } from '../../domain/inventory.ts';
import type { Measurement, MeasurementKey, Writer } from '../../domain/measurement.ts';
import { type Claim, type ClaimedBy, claimKey, type SiteMemory } from '../../storage/site-memory/site-memory.ts';
import { Board } from './board.ts';

/** The files that this program shares its measurements through. */
export type Sites = {
	/** Of all users of this host; null where nothing is shared. */
	readonly shared: SiteMemory | null;
	/** Of this user alone, for sensitive Safes; may be the same. Null where nothing is kept. */
	readonly own: SiteMemory | null;
};

/** How this program takes part in what all vpmon programs of the host know. */
export type SiteSharing = {
	readonly board: Board;
	readonly self: Writer;
	/** Keeps what was measured for these Safes, here and for the others; without Safes it is of a connector. */
	put(measurements: readonly Measurement[], safes: readonly Safe[]): Promise<void>;
	/** Claims addresses before they are measured; null where nothing is shared, so that nobody else can hold them. */
	claim(keys: readonly MeasurementKey[], safes: readonly Safe[], leaseMs: number): Promise<Claim | ClaimedBy | null>;
	/** Takes in what others wrote by now. */
	poll(): void;
	/** Calls back with measurements of others, and when something else of theirs changed. Returns its own end. */
	watch(listener: (measurements: readonly Measurement[]) => void): () => void;
	/** The file for a Safe; null where nothing of it is kept. */
	siteOf(safe: Pick<Safe, 'sensitive'>): SiteMemory | null;
	readonly sites: Sites;
};

/** For a program that shares nothing. */
export const noSites: Sites = { shared: null, own: null };

/** Where it does not matter who measured. */
export const nobody: Writer = { program: 'check', uid: -1, user: '' };

/** @param sources the connector hosts of the inventory, as the ledger names them. */
export function createSiteSharing(sites: Sites, self: Writer, sources: () => readonly string[]): SiteSharing {
	const board = new Board();
	const all = [...new Set([sites.shared, sites.own])].filter((site) => site !== null);
	for (const site of all) board.take(site.load(sources()));
	const siteOf = ({ sensitive }: Pick<Safe, 'sensitive'>) => (sensitive ? sites.own : sites.shared);
	/** A target that only sensitive Safes have is nobody else's business. */
	const siteFor = (safes: readonly Safe[]) =>
		siteOf({ sensitive: safes.length > 0 && safes.every(({ sensitive }) => sensitive) });
	return {
		board,
		self,
		sites,
		siteOf,
		async put(measurements, safes) {
			board.take(measurements);
			const sensitiveUsers = new Set(safes.flatMap(({ sensitive, username }) => (sensitive ? [username] : [])));
			const isPrivate = (measurement: Measurement) =>
				measurement.part === 'answer' && sensitiveUsers.has(measurement.evidence.auth.username);
			const own = measurements.filter(isPrivate);
			await Promise.all([
				siteFor(safes)?.put(measurements.filter((measurement) => !isPrivate(measurement))),
				own.length === 0 ? null : sites.own?.put(own),
			]);
		},
		async claim(keys, safes, leaseMs) {
			const site = siteFor(safes);
			if (site === null || keys.length === 0) return null;
			return site.claim(keys.map(claimKey), 'measuring', leaseMs);
		},
		poll() {
			for (const site of all) site.poll();
		},
		watch(listener) {
			const ends = all.map((site) =>
				site.watch(({ measurements }) => {
					const fresh = board.take(measurements);
					if (fresh.length > 0) listener(fresh);
				}),
			);
			return () => {
				for (const end of ends) end();
			};
		},
	};
}
