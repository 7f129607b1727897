import { loadEngineParts } from '../engine/load-parts.ts';
import { fileIdentity } from '../storage/file-identity.ts';

/** Milliseconds. */
const lookEvery = 10_000;

/**
 * Calls back once when the program's own file is another one than when it was started: a newer vpmon was installed meanwhile. What
 * runs goes on as it is. Returns its own end.
 */
export function watchOwnProgram(path: string, onUpdate: () => void, every = lookEvery): () => void {
	const first = fileIdentity(path);
	const timer = setInterval(() => {
		// While it is being replaced there is none for a moment.
		const now = fileIdentity(path);
		if (now === first || now === 'gone') return;
		clearInterval(timer);
		onUpdate();
	}, every);
	timer.unref();
	return () => clearInterval(timer);
}

/**
 * Loads now what is otherwise loaded when it is first needed: the files of a program that was replaced are not there any more.
 */
export async function loadEverything(): Promise<void> {
	await Promise.allSettled([
		loadEngineParts(),
		import('../redact/names/site-mask.ts'),
		import('../report/write-report.ts'),
		import('../storage/preferences.ts'),
		import('../storage/pseudonyms.ts'),
		import('../storage/directories.ts'),
		import('../engine/collect-report.ts'),
		import('../engine/commands-for-target.ts'),
		import('../engine/run-fix.ts'),
		import('../engine/undo-fix.ts'),
		import('../engine/audited-edit.ts'),
		import('../engine/sharing/watch-site.ts'),
		import('../storage/audit.ts'),
		import('../storage/audit-deeds.ts'),
		import('../report/known-secrets.ts').then(({ findKnownSecrets }) => findKnownSecrets('')),
	]);
}
