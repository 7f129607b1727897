import { lstatSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Conf from 'conf';
import { removeAbandoned } from '../domain/abandoned.ts';
import { parseJson } from '../domain/json.ts';
import { makeDirectory } from '../domain/make-directory.ts';
import { readPlainFileSync } from '../domain/plain-file.ts';
import { UserError } from '../domain/user-error.ts';
import { openDirectoryAbove } from '../domain/who-can-write.ts';
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
const maxBytes = 1024 * 1024;
/** Of the file; one without a version has this one. */
const fileVersion = 1;
/** As conf calls what it puts in place of the file in the end. */
const unfinishedName = /^preferences\.json\.tmp-\d{10}[0-9a-f]{6}$/;

/** Preferences that cannot be kept are no reason not to work: the defaults serve, and only of a damaged file it is said where it went. */
export function openPreferences(): {
	/** That a damaged file was set aside, or null. */
	readonly notice: string | null;
	read(): Preferences;
	write(part: Partial<Preferences>): void;
	/** Notes that the first sweep of an inventory was agreed to. */
	agree(file: string): void;
} {
	let store: { readonly store: Preferences; set(part: Partial<Preferences>): void } | null = null;
	let notice: string | null = null;
	try {
		makeDirectory(configDirectory, 0o700);
		const file = join(configDirectory, 'preferences.json');
		void removeAbandoned(configDirectory, (name) => unfinishedName.test(name));
		refuseLinkOfOthers(file);
		const kept = readKept(file);
		if (kept === 'damaged') notice = setAside(file);
		// What a newer one means by its settings nobody here knows: they serve as far as they are read, and stay.
		store =
			typeof kept === 'object' && Number(kept.version ?? fileVersion) > fileVersion
				? { store: { ...defaults, ...kept }, set: () => {} }
				: new Conf<Preferences>({
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
		notice,
		read,
		write,
		agree: (file) => write({ swept: [...new Set([...read().swept, file])].slice(-mostSwept) }),
	};
}

/** A link of one's own may well lead to where settings are kept; where others can lay one it may lead anywhere. */
function refuseLinkOfOthers(file: string): void {
	if (openDirectoryAbove(file) !== null) throw new Error('everybody can write there');
	const found = lstatSync(file, { throwIfNoEntry: false });
	if (found === undefined || found.isFile()) return;
	const isOwn = found.isSymbolicLink() && found.uid === process.geteuid?.();
	if (!isOwn || (statSync(dirname(file)).mode & 0o022) !== 0) throw new Error('no file of ours');
}

function readKept(file: string): Record<string, unknown> | 'none' | 'damaged' {
	let text: string;
	try {
		text = readPlainFileSync(file, maxBytes).bytes.toString('utf8');
	} catch (error) {
		// Conf would read what must not be waited for.
		if (error instanceof UserError) throw error;
		return 'none';
	}
	const kept = parseJson(text);
	return typeof kept === 'object' && kept !== null && !Array.isArray(kept)
		? (kept as Record<string, unknown>)
		: 'damaged';
}

/** Conf would begin anew and lose what a person wrote into the file by hand. */
function setAside(file: string): string {
	const aside = `${file}.corrupt-${Date.now()}`;
	renameSync(file, aside);
	return `the preferences are damaged: set aside as ${aside}`;
}
