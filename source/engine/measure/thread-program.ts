import { getAsset, isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { fileIdentity } from '../../storage/file-identity.ts';

/** What a thread runs. */
export type ThreadProgram = {
	/** False where it is missing, and from when it is that of a newer vpmon that was installed meanwhile. */
	isThere(): boolean;
	start(options: WorkerOptions): Worker;
};

/** The program of the thread that measures: a part of the single executable, otherwise a file beside this one, in the source as in the bundle. */
export function probeProgram(): ThreadProgram {
	if (isSea()) {
		const text = getAsset('probe-worker', 'utf8');
		return { isThere: () => true, start: (options) => new Worker(text, { ...options, eval: true }) };
	}
	const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
	return programFile(fileURLToPath(new URL(`./probe-worker.${extension}`, import.meta.url)));
}

/** @param file JavaScript that stays the same as long as it is of use. */
export function programFile(file: string): ThreadProgram {
	const identity = fileIdentity(file);
	return {
		isThere: () => identity !== 'gone' && fileIdentity(file) === identity,
		start: (options) => new Worker(file, options),
	};
}
