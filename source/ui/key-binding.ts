import type { Screen } from './screen.ts';
import { type Dialog, type Pane, panes, type View } from './view.ts';

/** Where a person is: in a pane, or in the dialog over the panes. */
export type Place = Pane | Dialog['kind'];

/** The help shows keys in these groups, in this order. */
export const keyGroups = ['Safes', 'Logs', 'Screen', 'Moving'] as const;

/** A key, what it is called, and what it does. The footer, the help, the palette and the README are printed from these. */
export type KeyBinding = {
	readonly id: string;
	/** Chords as `chord.ts` names them. The same chord may do another thing in another place. */
	readonly keys: readonly string[];
	/** One to three words that can be dictated. */
	readonly title: string;
	/** One line. */
	readonly help: string;
	readonly group: (typeof keyGroups)[number];
	/** Where it acts: in all panes and no dialog, unless said otherwise. */
	readonly where?: readonly Place[];
	/** In the footer where it acts: `always` is never left out, of the others `first` ones come first, and they go from the right. */
	readonly footer?: 'always' | 'first' | 'work';
	/** Another title while the screen is so. */
	readonly titleNow?: (screen: Screen) => string;
	/** Null when it can act now, else why not: the footer says so. */
	readonly disabled?: (screen: Screen) => string | null;
	/** It changes something: a read-only screen does not offer it. */
	readonly changes?: true;
	/** What it did is seen anyway: the footer does not repeat it. */
	readonly quiet?: true;
	readonly run: (screen: Screen, chord: string) => void;
};

export function placeOf({ dialog, focus }: View): Place {
	return dialog?.kind ?? focus;
}

export function actsIn({ where = panes }: KeyBinding, place: Place): boolean {
	return where.includes(place);
}

/** The binding of a chord in a place, or else one that has it elsewhere. */
export function bindingOf(
	bindings: readonly KeyBinding[],
	chord: string,
	place: Place,
): { readonly binding: KeyBinding; readonly acts: boolean } | null {
	const bound = bindings.filter(({ keys }) => keys.includes(chord));
	const here = bound.find((binding) => actsIn(binding, place));
	const [elsewhere] = bound;
	if (here !== undefined) return { binding: here, acts: true };
	return elsewhere === undefined ? null : { binding: elsewhere, acts: false };
}

const placeTitles: Readonly<Record<Place, string>> = {
	connectors: 'Connectors',
	safes: 'Safes',
	checks: 'Checks',
	logs: 'Logs',
	events: 'Events',
	add: 'the form',
	commands: 'the command log',
	copy: 'the list to copy from',
	evidence: 'the evidence',
	fix: 'the fix',
	help: 'the help',
	report: 'the report',
	'vaultpam-only': 'the Safes in VaultPAM only',
	words: 'the error text',
};

/** `Logs`, where a binding acts in some panes only, or in dialogs only; null where it acts in all panes. */
export function placesOf({ where = panes }: KeyBinding): string | null {
	if (panes.every((pane) => where.includes(pane))) return null;
	return where.map((place) => placeTitles[place]).join(', ');
}

/** Why a key of elsewhere does nothing here. */
export function whyNotHere(binding: KeyBinding, key: string, view: View): string {
	const isInPanes = panes.some((pane) => actsIn(binding, pane));
	if (view.dialog !== null && isInPanes) return `${key} does not act here: esc first`;
	return `${key} acts in ${placesOf(binding)}${isInPanes ? ': tab there first' : ''}`;
}

const keyNames: Readonly<Record<string, string>> = { 'page-up': 'PgUp', 'page-down': 'PgDn' };

/** `1-5`, `tab right l`: keys as people read them. */
export function shownKeys(keys: readonly string[]): string {
	const digits = keys.filter((key) => /^\d$/.test(key));
	const shown =
		digits.length > 1 ? [`${digits[0]}-${digits.at(-1)}`, ...keys.filter((key) => !digits.includes(key))] : keys;
	return shown.map((key) => keyNames[key] ?? key).join(' ');
}
