import { actsIn, type KeyBinding, placeOf, shownKeys } from './key-binding.ts';
import type { Screen } from './screen.ts';
import { panes } from './view.ts';

export function titleOf({ title, titleNow }: KeyBinding, screen: Screen): string {
	return titleNow?.(screen) ?? title;
}

/** Does what a key stands for, or has the footer say why not; what was done is repeated there. */
export function act(screen: Screen, binding: KeyBinding, chord: string): void {
	const { view } = screen;
	const reason = binding.disabled?.(screen) ?? null;
	if (reason !== null) return view.patch({ notice: reason });
	const title = titleOf(binding, screen);
	binding.run(screen, chord);
	if (binding.quiet !== true) view.patch({ did: `${shownKeys([chord])} ${title}` });
}

/** The same from the help, as if the key was pressed where it acts. */
export function actFromHelp(screen: Screen, binding: KeyBinding): void {
	const { view } = screen;
	const { dialog, focus, logPanel } = view.get();
	if (dialog?.kind !== 'help') return;
	view.patch({ dialog: dialog.under });
	if (!actsIn(binding, placeOf(view.get()))) view.patch({ dialog: null });
	if (!actsIn(binding, placeOf(view.get()))) {
		const pane = panes.find((candidate) => actsIn(binding, candidate));
		if (pane === undefined) return view.patch({ dialog, notice: `${binding.title} acts in a dialog only` });
		view.patch({ focus: pane, logPanel: pane === 'logs' && logPanel === 'hidden' ? 'normal' : logPanel });
	}
	// Which of several keys is meant nobody said.
	const [chord = 'enter', ...others] = binding.keys;
	act(screen, binding, others.length === 0 ? chord : 'enter');
	// What could not be done leaves the person where they were.
	if (view.get().notice !== null && view.get().did === null)
		view.patch({ dialog: view.get().dialog ?? dialog.under, focus });
}
