import { createHash } from 'node:crypto';
import type { ConnectorEvent, SafesEvent, SessionEvent } from '../../domain/event.ts';
import type { Safe } from '../../domain/inventory.ts';
import { unheardOf } from '../../storage/event-echoes.ts';
import type { StoredTransition } from '../../storage/site-memory/site-memory.ts';
import type { SessionStore } from '../session/session.ts';
import type { SiteSharing } from '../sharing/site-sharing.ts';

/** What all programs of this host tell of one inventory: each change is kept by the first that tells of it. */
export type SharedHistory = {
	/** What is kept, oldest first. Empty while the files are not open. */
	read(): readonly SessionEvent[];
	/** Tells of what this program found. Returns what it has to keep, since nobody else told of it. */
	tell(events: readonly SessionEvent[]): readonly SessionEvent[];
};

const keptMs = 30 * 86_400_000;
/** So many of the newest are looked through for what this program found too. */
const mostHeard = 500;

type Change = SafesEvent | ConnectorEvent;

/** @param onOthers told what others told, from when the files are open. */
export function shareHistory(
	session: SessionStore,
	sharing: SiteSharing,
	onOthers: (events: readonly SessionEvent[]) => void,
): SharedHistory {
	const inventory = () => session.get().inventory.file ?? '';
	const sites = () => {
		const { shared, own } = sharing.sitesNow();
		const isShared = session.get().inventory.settings.share;
		return isShared ? [...new Set([shared, own])].filter((site) => site !== null) : [];
	};
	/** What was told lately, here and by others. */
	let heard: readonly SessionEvent[] = [];
	const hear = (events: readonly SessionEvent[]) => {
		heard = [...heard, ...events].slice(-mostHeard);
	};
	/** The newest event of each Safe and connector: the id of the next one follows from it, whenever each program comes to know of it. */
	const newest = new Map<string, { readonly id: string; readonly at: number }>();
	const remember = (event: Change, id: string) => {
		const at = Date.parse(event.at);
		for (const subject of subjectsOf(event)) {
			const known = newest.get(subject);
			if (known === undefined || at >= known.at) newest.set(subject, { id, at });
		}
	};
	const take = (transitions: readonly StoredTransition[]): readonly SessionEvent[] => {
		const ours = transitions.filter((transition) => transition.inventory === inventory());
		for (const { id, event } of ours) if (isChange(event)) remember(event, id);
		return storedEvents(ours);
	};
	void sharing.sites.then(({ shared, own }) => {
		for (const site of new Set([shared, own])) {
			site?.watch(({ transitions }) => {
				if (transitions.length === 0 || !sites().includes(site)) return;
				const events = take(transitions);
				if (events.length === 0) return;
				hear(events);
				onOthers(events);
			});
		}
	});

	/** Sensitive Safes are told of to this user's own programs alone. */
	const isSensitive = (name: string) => session.facts.index.safe(name)?.sensitive !== false;
	const isFirst = (event: Change, id: string): boolean => {
		const isOfOne = event.kind === 'safes' && event.safes.some(isSensitive);
		const sensitive = isOfOne || namesOne(event, session.get().inventory.safes);
		const site = sharing.siteOf({ sensitive });
		return site === null || site.putTransition(id, inventory(), event);
	};

	return {
		read() {
			const since = Date.now() - keptMs;
			return take(sites().flatMap((site) => site.transitions(inventory(), since)));
		},
		tell(events) {
			// What others told until now.
			for (const site of sites()) site.poll();
			return events.flatMap((event): SessionEvent[] => {
				if (!isChange(event)) return [event];
				const [left] = unheardOf(heard, [event]);
				if (left === undefined || !isChange(left)) return [];
				return splitBy(left, isSensitive).flatMap((part) => {
					const previous = subjectsOf(part).map((subject) => newest.get(subject)?.id ?? null);
					const id = idOf(inventory(), part, previous);
					remember(part, id);
					hear([part]);
					return isFirst(part, id) ? [{ ...part, id }] : [];
				});
			});
		},
	};
}

/** As they are shown and kept: with their ids. */
export function storedEvents(transitions: readonly StoredTransition[]): readonly SessionEvent[] {
	return transitions.map(({ id, event }) => (isChange(event) ? { ...event, id } : event));
}

function isChange(event: SessionEvent): event is Change {
	return event.kind === 'safes' || event.kind === 'connector';
}

function subjectsOf(event: Change): readonly string[] {
	return event.kind === 'connector' ? [`connector ${event.connector}`] : event.safes.toSorted();
}

/** A summary may name other Safes, such as a host key's other holders, or targets that do not answer. */
function namesOne(event: Change, safes: readonly Safe[]): boolean {
	const words = safes.filter(({ sensitive }) => sensitive).flatMap(({ name, host }) => [name, host]);
	const texts = [event.summary, ...(event.kind === 'safes' ? event.rows.map(({ summary }) => summary) : [])];
	return words.some((word) => texts.some((text) => text.includes(word)));
}

function splitBy(event: Change, isSensitive: (name: string) => boolean): readonly Change[] {
	if (event.kind === 'connector') return [event];
	const { false: open = [], true: sensitive = [] } = Object.groupBy(event.safes, (name) => `${isSensitive(name)}`);
	return [open, sensitive].filter(({ length }) => length > 0).map((safes) => ({ ...event, safes }));
}

/**
 * Not of its time: two programs that look at a connector see it go a moment apart. What came before it is the same for both.
 *
 * @param previous the ids of the events before it, of each Safe.
 */
function idOf(inventory: string, event: Change, previous: ReadonlyArray<string | null>): string {
	const rows = event.kind === 'safes' ? event.rows.map(({ check, to, cause }) => [check, to, cause]) : [];
	const isSame = event.kind === 'safes' && JSON.stringify(event.from) === JSON.stringify(event.to);
	const what = [inventory, event.kind, subjectsOf(event), event.to, isSame ? rows : [], previous];
	return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 24);
}
