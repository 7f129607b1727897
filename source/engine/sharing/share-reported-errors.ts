import type { Safe } from '../../domain/inventory.ts';
import type { KeyReader } from '../../probes/public-key.ts';
import type { ReportedErrorNote, SiteMemory } from '../../storage/site-memory/site-memory.ts';
import { loadKeyReader } from '../load-parts.ts';
import { connectorOf, factsOf } from '../session/read.ts';
import type { SessionStore } from '../session/session.ts';
import { identityOf } from './safe-identity.ts';
import type { SiteSharing } from './site-sharing.ts';

/** The error texts of sessions that people gave, on this screen or another one. */
export type SharedErrors = {
	/** Keeps a text for a Safe, here and for the others; a blank one takes it away. */
	report(safe: Safe, text: string): void;
	/** Resolves once what others gave is taken in. */
	ready: Promise<void>;
	stop(): void;
};

type Options = {
	readonly session: SessionStore;
	readonly sharing: SiteSharing;
};

/** Milliseconds: what a session said yesterday says nothing of today. */
export const reportedForMs = 24 * 60 * 60_000;

export function shareReportedErrors({ session, sharing }: Options): SharedErrors {
	let keyReader: Promise<KeyReader> | undefined;
	/** When the text was given that a Safe has in common with the others. */
	const shared = new Map<string, number>();
	let timer: NodeJS.Timeout | undefined;
	let isStopped = false;

	const readKey: KeyReader = async (source) => {
		keyReader ??= loadKeyReader().then(({ createKeyReader }) => createKeyReader());
		return (await keyReader)(source);
	};
	/** Also before the first measurement reads its key. */
	const identify = async (safe: Safe): Promise<string> => {
		const known = factsOf(session, safe).key;
		const { credential } = safe;
		const key = credential.type !== 'ssh-key' ? null : (known ?? (await readKey(credential.publicKey)).evidence);
		return identityOf(safe, connectorOf(session, safe), key);
	};
	const siteFor = (safe: Safe) => {
		const site = sharing.siteOf(safe);
		return site?.problem() === null ? site : null;
	};

	const takeOne = async (safe: Safe, site: SiteMemory) => {
		const texts = site.reportedErrors();
		if (texts.size === 0 && !shared.has(safe.name)) return;
		const identity = await identify(safe);
		if (isStopped) return;
		takeText(safe, texts.get(identity) ?? null);
	};
	const takeText = (safe: Safe, found: ReportedErrorNote | null) => {
		const known = factsOf(session, safe).reportedError;
		if (found !== null) {
			if (known !== null && known.at >= found.at) return;
			shared.set(safe.name, found.at);
			const { text, at, by } = found;
			return session.learn({ kind: 'error reported', safe, text, given: { at, by } });
		}
		// Taken away elsewhere; one that was only given here stays.
		if (known !== null && shared.get(safe.name) === known.at) session.learn({ kind: 'error reported', safe, text: '' });
		shared.delete(safe.name);
	};

	/** Texts end here too, also where nothing is shared. */
	const endOld = () => {
		clearTimeout(timer);
		let next = Number.POSITIVE_INFINITY;
		for (const safe of session.get().inventory.safes) {
			const known = factsOf(session, safe).reportedError;
			if (known === null) continue;
			const left = known.at + reportedForMs - Date.now();
			if (left <= 0) session.learn({ kind: 'error reported', safe, text: '' });
			else next = Math.min(next, left);
		}
		if (isStopped || next === Number.POSITIVE_INFINITY) return;
		timer = setTimeout(endOld, Math.min(next, reportedForMs) + 1);
		timer.unref();
	};

	let taking = Promise.resolve();
	const take = (): Promise<void> => {
		taking = taking.then(async () => {
			for (const safe of session.get().inventory.safes) {
				const site = siteFor(safe);
				if (isStopped) return;
				if (site !== null) await takeOne(safe, site);
			}
			endOld();
		});
		return taking;
	};

	const stops: Array<() => void> = [];
	const ready = sharing.sites.then(({ shared: all, own }) => {
		for (const site of new Set([all, own])) {
			const stop = site?.watch(({ isOther }) => {
				if (isOther) void take();
			});
			if (stop !== undefined) stops.push(stop);
		}
		return take();
	});
	let { inventory } = session.get();
	stops.push(
		session.subscribe(() => {
			const { inventory: now } = session.get();
			if (now === inventory) return;
			inventory = now;
			void take();
		}),
	);

	return {
		ready,
		report(safe, text) {
			session.learn({ kind: 'error reported', safe, text });
			endOld();
			const given = factsOf(session, safe).reportedError;
			if (given === null) shared.delete(safe.name);
			else shared.set(safe.name, given.at);
			taking = taking.then(async () => {
				const identity = await identify(safe);
				siteFor(safe)?.putReportedError(
					identity,
					given === null ? null : { text: given.text, at: given.at, by: sharing.self },
				);
			});
		},
		stop() {
			isStopped = true;
			clearTimeout(timer);
			for (const stop of stops) stop();
		},
	};
}
