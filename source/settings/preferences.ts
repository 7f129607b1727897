import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Conf from 'conf';
import { parseJson } from '../domain/json.ts';
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
/** Of the file; one without a version has this one. */
const fileVersion = 1;

/** Preferences that cannot be kept are no reason not to work: the defaults serve, and only of a damaged file it is said where it went. */
export function openPreferences(): {
	/** That a damaged file was set aside, or null. */
	readonly notice: string | null;
	read(): Preferences;
	write(part: Partial<Preferences>): void;
	/** Notes that the first sweep of an inventory was agreed to. */
	agree(file: string): void;
} {
	let store: Conf<Preferences> | null = null;
	let notice: string | null = null;
	try {
		makeDirectory(configDirectory, 0o700);
		notice = setAsideDamaged(join(configDirectory, 'preferences.json'));
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
	// What a newer one means by its settings nobody here knows: they serve as far as they are read, and stay.
	const isNewer = Number(store?.get('version' as never) ?? 1) > fileVersion;
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
			if (!isNewer) store?.set(part);
		} catch {
			// As above.
		}
	};
	return {
		notice,
		read,
		write,
		agree: (file) => write({ swept: [...new Set([...read().swept, file])].slice(-mostSwept) }),
	};
}

/** Conf would begin anew and lose what a person wrote into the file by hand. */
function setAsideDamaged(file: string): string | null {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch {
		return null;
	}
	const kept = parseJson(text);
	if (typeof kept === 'object' && kept !== null && !Array.isArray(kept)) return null;
	const aside = `${file}.corrupt-${Date.now()}`;
	renameSync(file, aside);
	return `the preferences are damaged: set aside as ${aside}`;
}
