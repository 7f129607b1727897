import { countSafes } from '../report/check-report.ts';
import type { Move } from './actions.ts';
import { copyText } from './clipboard.ts';
import { typedInto } from './hint.ts';
import type { Screen } from './screen.ts';
import { emptyForm } from './target-form.ts';
import { filterVaultPamOnly, type ListedSafe, nameOfListed } from './vaultpam-only.ts';
import type { Dialog } from './view.ts';

/** What keys do in the list of Safes that only VaultPAM knows. */

export type VaultPamOnlyDialog = Extract<Dialog, { kind: 'vaultpam-only' }>;

export function listedIn(all: readonly ListedSafe[], { query }: VaultPamOnlyDialog): readonly ListedSafe[] {
	return filterVaultPamOnly(all, query);
}

/** What the list of Safes was filtered by goes on in this one. */
export function openVaultPamOnly({ view }: Screen): void {
	const { filter } = view.get();
	view.patch({ dialog: { kind: 'vaultpam-only', query: filter, searching: false, cursor: 0 } });
}

export function filterListed({ view }: Screen): void {
	const { dialog } = view.get();
	if (dialog?.kind === 'vaultpam-only') view.patch({ dialog: { ...dialog, searching: true, query: '', cursor: 0 } });
}

/** Keys that go into the filter. */
export function typeListedFilter({ view }: Screen, dialog: VaultPamOnlyDialog, chord: string): void {
	const put = (part: Partial<VaultPamOnlyDialog>) => view.patch({ dialog: { ...dialog, cursor: 0, ...part } });
	if (chord === 'enter') return put({ searching: false });
	if (chord === 'esc') return put({ searching: false, query: '' });
	const query = typedInto(dialog.query, chord);
	if (query !== null) put({ query });
}

/** @param page lines of a page. */
export function moveListed({ engine, view }: Screen, dialog: VaultPamOnlyDialog, move: Move, page: number): void {
	const last = listedIn(engine.session.get().coverage?.withoutTarget ?? [], dialog).length - 1;
	const from = Math.min(dialog.cursor, last);
	const to = { up: from - 1, down: from + 1, 'page-up': from - page, 'page-down': from + page, first: 0, last }[move];
	view.patch({ dialog: { ...dialog, cursor: Math.max(0, Math.min(to, last)) } });
}

const markedIn = ({ engine, view }: Screen): ListedSafe | null => {
	const { dialog } = view.get();
	if (dialog?.kind !== 'vaultpam-only') return null;
	const listed = listedIn(engine.session.get().coverage?.withoutTarget ?? [], dialog);
	return listed[Math.min(dialog.cursor, listed.length - 1)] ?? null;
};

/** Null when a Safe is marked and there is a file that can have it, else why not. */
export function nothingToAdd(screen: Screen): string | null {
	if (screen.engine.session.get().inventory.file === null) return 'there is no inventory file to add one to';
	return markedIn(screen) === null ? 'no Safe is marked' : null;
}

/** The lines of a CSV file for `vpmon import`: what VaultPAM knows is in it, the rest is to be filled in. Of the filter, what it leaves. */
export function copyListed(screen: Screen): void {
	const { engine, view } = screen;
	const { dialog } = view.get();
	if (dialog?.kind !== 'vaultpam-only') return;
	const listed = listedIn(engine.session.get().coverage?.withoutTarget ?? [], dialog);
	const cell = (text: string) => (/[",;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
	const lines = listed.map((safe) => `${cell(nameOfListed(safe))},${cell(safe.id)},,,`);
	copyText(screen, ['name,id,host,port,username', ...lines, ''].join('\n'), `${countSafes(listed.length)} as CSV`);
}

/** Asks for the target of the marked Safe. */
export function addListed(screen: Screen): void {
	const { engine, view } = screen;
	const listed = markedIn(screen);
	if (listed === null) return;
	const connector = engine.session.get().inventory.connectors[0]?.name ?? '';
	const form = { ...emptyForm, fields: { ...emptyForm.fields, connector } };
	view.patch({ dialog: { kind: 'add', form, listed, under: view.get().dialog } });
}
