import { parse } from 'node:path';
import { UserError } from './domain/user-error.ts';
import { version } from './domain/version.ts';
import { printable } from './own-words.ts';

/** How the process ends: exit codes, signals, bugs. */
export const exitCodes = { couldNotRun: 2, bug: 70 } as const;

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

/** Whether there is a terminal to draw on; a dumb one cannot move its cursor. */
export function isScreen(): boolean {
	return Boolean(process.stdout.isTTY && process.stdin.isTTY && process.env.TERM !== 'dumb');
}

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

/** Ends on signals, on bugs, and when nobody reads on. */
export function watchProcess(): void {
	// It stays: without it a second signal would end vpmon before its exit hooks are through, and leave the programs it started.
	for (const name of Object.keys(signalNumbers) as Array<keyof typeof signalNumbers>)
		process.on(name, () => endBySignal(name));
	const crash = (error: unknown) => {
		if (onCrash !== null) return onCrash(error);
		reportError(error);
		process.exit();
	};
	process.on('uncaughtException', crash);
	process.on('unhandledRejection', crash);
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		// A reader that closes the pipe (head, less) has seen enough; a terminal that is gone cannot be written to.
		if (error.code === 'EPIPE') process.exit();
		if (error.code === 'EIO' && process.stdout.isTTY) endBySignal('SIGHUP');
		crash(cannotWrite(error));
	});
	// Notices that nobody can read change nothing.
	process.stderr.on('error', () => {});
}

/** Disk full, a limit of file sizes, a device that fails: nothing that is wrong with vpmon. */
function cannotWrite({ message }: Error): UserError {
	const [, why = message] = /^[A-Z0-9]+: (.*), write$/.exec(message) ?? [];
	return new UserError(`Standard output cannot be written: ${why}.`, 'Make room there, or write it somewhere else.');
}

/**
 * Runs the exit hooks (Ink gives the terminal back, programs that still run are ended, the lab takes its folder away), then lets the signal do
 * what it does by default. `process.exit` would wait for every system call that hangs in Node's threads.
 */
function endBySignal(name: keyof typeof signalNumbers): void {
	const code = 128 + signalNumbers[name];
	process.exitCode = code;
	process.emit('exit', code);
	process.removeAllListeners(name);
	process.kill(process.pid, name);
}

const endings = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

/** Resolves with SIGTERM, SIGINT or SIGQUIT, so that a service can end in order; a second one ends it as ever. */
export function untilSignal(): Promise<void> {
	return new Promise((resolve) => {
		let isSecond = false;
		for (const name of endings) {
			process.removeAllListeners(name);
			// It stays: hooks of libraries take a signal that nobody else listens to for the end.
			process.on(name, () => {
				if (isSecond) endBySignal(name);
				isSecond = true;
				resolve();
			});
		}
	});
}

/** Two lines for what the user can put right, a stack for what only we can. Sets the exit code. */
export function reportError(error: unknown): void {
	if (error instanceof UserError) {
		// It may name a file that somebody else named.
		process.stderr.write(printable(`vpmon: ${error.message}\n${error.nextStep}\n`));
		process.exitCode = exitCodes.couldNotRun;
		return;
	}
	const stack = error instanceof Error ? error.stack : String(error);
	process.stderr.write(`vpmon: this is a bug in vpmon ${version}, please report it:\n${printable(String(stack))}\n`);
	process.exitCode = exitCodes.bug;
}
