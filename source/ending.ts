import { parse } from 'node:path';
import { UserError } from './domain/user-error.ts';
import { version } from './domain/version.ts';

/** How the process ends: exit codes, signals, bugs. */
export const exitCodes = { couldNotRun: 2, bug: 70 } as const;

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

let onCrash: ((error: unknown) => void) | null = null;

/** Has a bug outside every promise and try told to `handler` while the screen is up. Returns its own undo. */
export function handleCrash(handler: (error: unknown) => void): () => void {
	onCrash = handler;
	return () => {
		onCrash = null;
	};
}

/** In a directory that was removed meanwhile nothing that asks for it works, not even a path that needs none. */
export function leaveRemovedDirectory(): void {
	try {
		process.cwd();
	} catch {
		process.chdir(parse(process.execPath).root);
	}
}

/**
 * Ends on signals with the code a shell expects (128 + number). `process.exit` runs the exit hooks: Ink gives the terminal back, execa
 * ends its children, the lab takes its folder away.
 */
export function watchProcess(): void {
	for (const [name, number] of Object.entries(signalNumbers)) process.on(name, () => process.exit(128 + number));
	const crash = (error: unknown) => {
		if (onCrash !== null) return onCrash(error);
		reportError(error);
		process.exit();
	};
	process.on('uncaughtException', crash);
	process.on('unhandledRejection', crash);
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		// A reader that closes the pipe (head, less) has seen enough; a terminal that is gone cannot be written to.
		if (error.code === 'EPIPE') process.exit(0);
		if (error.code === 'EIO') process.exit(128 + signalNumbers.SIGHUP);
		crash(error);
	});
}

/** Two lines for what the user can put right, a stack for what only we can. Sets the exit code. */
export function reportError(error: unknown): void {
	if (error instanceof UserError) {
		process.stderr.write(`vpmon: ${error.message}\n${error.nextStep}\n`);
		process.exitCode = exitCodes.couldNotRun;
		return;
	}
	const stack = error instanceof Error ? error.stack : String(error);
	process.stderr.write(`vpmon: this is a bug in vpmon ${version}, please report it:\n${stack}\n`);
	process.exitCode = exitCodes.bug;
}
