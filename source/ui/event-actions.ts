import type { Move } from './actions.ts';
import { type EventLine, listEvents } from './event-list.ts';
import { typedInto } from './hint.ts';
import type { Screen } from './screen.ts';
import type { Dialog } from './view.ts';

/** What keys do in the list of events. */

export type EventsDialog = Extract<Dialog, { kind: 'events' }>;

export function openEvents({ view }: Screen): void {
	view.patch({ dialog: { kind: 'events', query: '', searching: false, cursor: null, opened: null } });
}

export function toggleBell({ view, remember }: Screen): void {
	const bell = !view.get().bell;
	view.patch({ bell, notice: bell ? 'rings when a Safe begins to fail' : 'does not ring' });
	remember({ bell });
}

export function filterEvents({ view }: Screen): void {
	const { dialog } = view.get();
	if (dialog?.kind === 'events') view.patch({ dialog: { ...dialog, searching: true, query: '', cursor: null } });
}

/** Keys that go into the filter. */
export function typeEventFilter({ view }: Screen, dialog: EventsDialog, chord: string): void {
	const put = (part: Partial<EventsDialog>) => view.patch({ dialog: { ...dialog, cursor: null, ...part } });
	if (chord === 'enter') return put({ searching: false });
	if (chord === 'esc') return put({ searching: false, query: '' });
	const query = typedInto(dialog.query, chord);
	if (query !== null) put({ query });
}

/** @param page lines of a page. */
export function moveEvents({ engine, view }: Screen, dialog: EventsDialog, move: Move, page: number): void {
	const last = linesOf(engine.session.get().events, dialog).length - 1;
	const from = dialog.cursor ?? last;
	const to = { up: from - 1, down: from + 1, 'page-up': from - page, 'page-down': from + page, first: 0, last }[move];
	const cursor = Math.max(0, Math.min(to, last));
	// At the newest one it stays with what comes.
	view.patch({ dialog: { ...dialog, cursor: cursor === last ? null : cursor } });
}

/** Shows the Safes of a line, or goes to the one it is about. */
export function openEvent({ engine, view }: Screen): void {
	const { dialog } = view.get();
	if (dialog?.kind !== 'events') return;
	const session = engine.session.get();
	const lines = linesOf(session.events, dialog);
	const line = lines[dialog.cursor ?? lines.length - 1];
	if (line === undefined) return;
	const [name, ...others] = line.safes;
	if (others.length > 0) {
		const cursor = dialog.cursor ?? lines.length - 1;
		return view.patch({ dialog: { ...dialog, cursor, opened: dialog.opened === line.key ? null : line.key } });
	}
	if (name !== undefined) {
		if (!session.safes.has(name)) return view.patch({ notice: `${name} is not in the inventory any more` });
		return view.patch({
			dialog: null,
			focus: 'safes',
			safe: name,
			entry: null,
			opened: null,
			connector: null,
			filter: '',
			checksOffset: 0,
			checkRow: null,
		});
	}
	if (line.connector === null) return view.patch({ notice: 'there is nothing to go to' });
	view.patch({ dialog: null, focus: 'connectors', connector: line.connector });
}

export function linesOf(
	events: Parameters<typeof listEvents>[0],
	{ query, opened }: EventsDialog,
): readonly EventLine[] {
	return listEvents(events, query, opened);
}
