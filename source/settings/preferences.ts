import Conf from 'conf';
import { makeDirectory } from '../domain/make-directory.ts';
import { configDirectory } from './directories.ts';

/** What vpmon remembers of how a person likes it. */
export type Preferences = {
	logPanel: 'normal' | 'wide' | 'hidden';
	/** The terminal rings when a Safe begins to fail. */
	bell: boolean;
	/** `on-demand` holds for every inventory: probes leave on a key press or a command only. */
	probe: 'background' | 'on-demand';
	/** Inventories whose first sweep was agreed to. Absolute paths, the newest last. */
	swept: readonly string[];
};

const logPanels: readonly string[] = ['normal', 'wide', 'hidden'];

const defaults: Preferences = { logPanel: 'normal', bell: false, probe: 'background', swept: [] };
const mostSwept = 50;

/** Preferences that cannot be read or kept are no reason not to work: the defaults serve, and nothing is said. */
export function openPreferences(): {
	read(): Preferences;
	write(part: Partial<Preferences>): void;
	/** Notes that the first sweep of an inventory was agreed to. */
	agree(file: string): void;
} {
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
	const read = (): Preferences => {
		const { logPanel, bell, probe, swept } = store?.store ?? defaults;
		// The file may have been edited by hand, or by a newer vpmon.
		return {
			logPanel: logPanels.includes(logPanel) ? logPanel : defaults.logPanel,
			bell: bell === true,
			probe: probe === 'on-demand' ? probe : defaults.probe,
			swept: Array.isArray(swept) ? swept.filter((file) => typeof file === 'string') : defaults.swept,
		};
	};
	const write = (part: Partial<Preferences>) => {
		try {
			store?.set(part);
		} catch {
			// As above.
		}
	};
	return {
		read,
		write,
		agree: (file) => write({ swept: [...new Set([...read().swept, file])].slice(-mostSwept) }),
	};
}
