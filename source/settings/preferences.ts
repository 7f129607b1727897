import Conf from 'conf';
import { makeDirectory } from '../domain/make-directory.ts';
import { configDirectory } from './directories.ts';

/** What vpmon remembers of how a person likes the screen. */
export type Preferences = { logPanel: 'normal' | 'wide' | 'hidden' };

const logPanels: readonly string[] = ['normal', 'wide', 'hidden'];

const defaults: Preferences = { logPanel: 'normal' };

/** Preferences that cannot be read or kept are no reason not to work: the defaults serve, and nothing is said. */
export function openPreferences(): { read(): Preferences; write(part: Partial<Preferences>): void } {
	let store: Conf<Preferences> | null = null;
	try {
		makeDirectory(configDirectory, 0o700);
		store = new Conf<Preferences>({
			cwd: configDirectory,
			configName: 'preferences',
			defaults,
			clearInvalidConfig: true,
			configFileMode: 0o600,
		});
	} catch {
		// Read-only home, no home, or a file of somebody else.
	}
	return {
		read() {
			const logPanel = store?.get('logPanel') ?? defaults.logPanel;
			// The file may have been edited by hand, or by a newer vpmon.
			return logPanels.includes(logPanel) ? { logPanel } : defaults;
		},
		write(part) {
			try {
				store?.set(part);
			} catch {
				// As above.
			}
		},
	};
}
