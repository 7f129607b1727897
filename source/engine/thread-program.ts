import { getAsset, isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { fileIdentity } from '../storage/file-identity.ts';

/** What a thread runs. */
export type ThreadProgram = {
	/** False where it is missing, and from when it is that of a newer vpmon that was installed meanwhile. */
	isThere(): boolean;
	start(options: WorkerOptions): Worker;
};

/**
 * The program of a thread: a part of the single executable, otherwise a file of its own, in the source as in the bundle.
 *
 * @param name of the file without its extension, and of the part.
 * @param beside the `import.meta.url` of a module that lies beside it.
 */
export function threadProgram(name: string, beside: string): ThreadProgram {
	if (isSea())
		return {
			isThere: () => true,
			start: (options) => new Worker(getAsset(name, 'utf8'), { ...options, eval: true }),
		};
	const extension = beside.endsWith('.ts') ? 'ts' : 'js';
	return programFile(fileURLToPath(new URL(`./${name}.${extension}`, beside)));
}

/** @param file JavaScript that stays the same as long as it is of use. */
export function programFile(file: string): ThreadProgram {
	const identity = fileIdentity(file);
	return {
		isThere: () => identity !== 'gone' && fileIdentity(file) === identity,
		start: (options) => new Worker(file, options),
	};
}
