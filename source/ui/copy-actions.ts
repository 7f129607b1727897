import { copyLog } from './log-actions.ts';
import type { Screen } from './screen.ts';

/** What `y` copies: that of the pane that has the keys. */
export function copyShown(screen: Screen): void {
	if (screen.view.get().focus === 'logs') copyLog(screen);
}
