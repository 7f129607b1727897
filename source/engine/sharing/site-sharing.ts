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
	/** Why no file could be opened for all; null or left out where one could, and where none is wanted. */
	readonly problem?: string | null;
};

export const noSites: Sites = { shared: null, own: null };

/** How this program takes part in what all vpmon programs of the host know. */
export type SiteSharing = {
	readonly board: Board;
	readonly self: Writer;
	/** The files, once they are open; the first measurement waits for them, the first frame of a screen does not. */
	readonly sites: Promise<Sites>;
	/** The same as far as they are open. */
	sitesNow(): Sites;
	/** Reads what is kept of a connector host, once. */
	load(source: string): Promise<void>;
	/** Keeps what was measured for these Safes, here and for the others; without Safes it is of a connector. */
	put(measurements: readonly Measurement[], safes: readonly Safe[]): Promise<void>;
	/** Claims addresses before they are measured; null where nothing is shared, so that nobody else can hold them. */
	claim(keys: readonly MeasurementKey[], safes: readonly Safe[], leaseMs: number): Promise<Claim | ClaimedBy | null>;
	/** Takes in what others wrote by now. */
	poll(): void;
	/** Calls back with measurements of others, from when the files are open. Returns its own end. */
	watch(listener: (measurements: readonly Measurement[]) => void): () => void;
	/** The file for a Safe; null where nothing of it is kept, or the files are not open yet. */
	siteOf(safe: Pick<Safe, 'sensitive'>): SiteMemory | null;
};

type Options = {
	readonly self: Writer;
	/** Opens the files. Never rejects. */
	readonly sites: Promise<Sites>;
	/** Whether the inventory of now lets its measurements be shared. */
	readonly isShared: () => boolean;
};

export function createSiteSharing({ self, sites, isShared }: Options): SiteSharing {
	const board = new Board();
	const loading = new Map<string, Promise<void>>();
	const listeners = new Set<(measurements: readonly Measurement[]) => void>();
	let opened: Sites = noSites;
	const all = () => (isShared() ? [...new Set([opened.shared, opened.own])].filter((site) => site !== null) : []);
	const ready = sites.then((found) => {
		opened = found;
		for (const site of new Set([found.shared, found.own])) {
			site?.watch(({ measurements }) => {
				if (!isShared()) return;
				const fresh = board.take(measurements);
				if (fresh.length > 0) for (const listener of listeners) listener(fresh);
			});
		}
		return found;
	});
	const siteOf = ({ sensitive }: Pick<Safe, 'sensitive'>) => {
		if (!isShared()) return null;
		return sensitive ? opened.own : opened.shared;
	};
	/** A target that only sensitive Safes have is nobody else's business. */
	const siteFor = (safes: readonly Safe[]) =>
		siteOf({ sensitive: safes.length > 0 && safes.every(({ sensitive }) => sensitive) });
	return {
		board,
		self,
		sites: ready,
		sitesNow: () => opened,
		siteOf,
		load(source) {
			const before = loading.get(source);
			if (before !== undefined) return before;
			const now = ready.then(async () => {
				for (const site of all()) await site.loadGradually([source], (measurements) => board.take(measurements));
			});
			loading.set(source, now);
			return now;
		},
		async put(measurements, safes) {
			board.take(measurements);
			await ready;
			const sensitiveUsers = new Set(safes.flatMap(({ sensitive, username }) => (sensitive ? [username] : [])));
			const isPrivate = (measurement: Measurement) =>
				measurement.part === 'answer' && sensitiveUsers.has(measurement.evidence.auth.username);
			const own = measurements.filter(isPrivate);
			await Promise.all([
				siteFor(safes)?.put(measurements.filter((measurement) => !isPrivate(measurement))),
				own.length === 0 ? null : siteOf({ sensitive: true })?.put(own),
			]);
		},
		async claim(keys, safes, leaseMs) {
			await ready;
			const site = siteFor(safes);
			if (site === null || site.problem() !== null || keys.length === 0) return null;
			return site.claim(keys.map(claimKey), 'measuring', leaseMs);
		},
		poll() {
			for (const site of all()) site.poll();
		},
		watch(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
}

/** For a program that shares nothing. */
export function createUnshared(self: Writer = { program: 'check', uid: -1, user: '' }): SiteSharing {
	return createSiteSharing({ self, sites: Promise.resolve(noSites), isShared: () => false });
}
