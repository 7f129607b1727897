import { type FSWatcher, realpathSync, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

// Milliseconds, as below.
/** An editor that does not replace a file whole has written it by then. */
const settleMs = 200;
/** Network file systems tell of nothing, and a watch can be lost. */
const lookMs = 2000;
const lookAtOthersMs = 15_000;

export type FileWatch = {
	/** Other files beside the main one from now on. */
	alsoWatch(files: readonly string[]): void;
	stop(): void;
};

/**
 * Tells when a file, or one of others beside it, is not what it was: written, replaced, made or taken away, also behind a symbolic
 * link. Told once it has come to rest. Directories are watched, since editors put a new file in the place of the old one.
 */
export function watchFile(file: string, onChange: (changed: readonly string[]) => void): FileWatch {
	const seen = new Map<string, string>([[file, signatureOf(file)]]);
	const watchers = new Map<string, FSWatcher>();
	let settling: NodeJS.Timeout | undefined;

	const look = (files: Iterable<string>) => {
		clearTimeout(settling);
		const now = new Map([...files].map((path) => [path, signatureOf(path)]));
		if ([...now].every(([path, signature]) => seen.get(path) === signature)) return;
		settling = setTimeout(() => {
			const rested = new Map([...seen.keys()].map((path) => [path, signatureOf(path)]));
			if ([...now].some(([path, signature]) => rested.has(path) && rested.get(path) !== signature))
				return look(seen.keys());
			const changed = [...rested].filter(([path, signature]) => seen.get(path) !== signature).map(([path]) => path);
			for (const [path, signature] of rested) seen.set(path, signature);
			if (changed.length === 0) return;
			// A link may lead elsewhere now.
			listen();
			onChange(changed);
		}, settleMs);
	};
	const listen = () => {
		const wanted = new Map<string, Set<string>>();
		for (const path of [...seen.keys()].flatMap(placesOf))
			wanted.set(dirname(path), (wanted.get(dirname(path)) ?? new Set()).add(basename(path)));
		for (const [directory, watcher] of watchers) {
			if (wanted.has(directory)) continue;
			watcher.close();
			watchers.delete(directory);
		}
		for (const [directory, names] of wanted) {
			if (watchers.has(directory)) continue;
			try {
				const watcher = watch(directory, { persistent: false }, (_, name) => {
					if (name === null || names.has(name)) look(seen.keys());
				});
				watcher.on('error', () => watchers.delete(directory));
				watchers.set(directory, watcher);
			} catch {
				// There is no such directory now, or no watch left to have: it is looked at all the same.
			}
		}
	};
	listen();
	const timers = [
		setInterval(() => look([file]), lookMs),
		setInterval(() => {
			listen();
			look(seen.keys());
		}, lookAtOthersMs),
	];
	for (const timer of timers) timer.unref();
	return {
		alsoWatch(files) {
			const wanted = new Set([file, ...files]);
			for (const path of seen.keys()) if (!wanted.has(path)) seen.delete(path);
			for (const path of wanted) if (!seen.has(path)) seen.set(path, signatureOf(path));
			for (const watcher of watchers.values()) watcher.close();
			watchers.clear();
			listen();
		},
		stop() {
			clearTimeout(settling);
			for (const timer of timers) clearInterval(timer);
			for (const watcher of watchers.values()) watcher.close();
		},
	};
}

/** What changes with every way to change a file. */
function signatureOf(path: string): string {
	try {
		const { ino, size, mtimeMs, ctimeMs } = statSync(path);
		return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code ?? 'gone';
	}
}

/** The file, and what it links to. */
function placesOf(path: string): string[] {
	try {
		return [...new Set([path, realpathSync.native(path)])];
	} catch {
		return [path];
	}
}
