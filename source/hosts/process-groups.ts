import { setTimeout as pause } from 'node:timers/promises';
import { guardGroup, releaseGroup, signalGuard } from './group-guard.ts';

/**
 * The programs that vpmon has started, each the leader of a process group of its own (setsid(2)): what a program leaves running is
 * ended with it. A descendant that makes a group of its own, as a daemon does, is left alone.
 */

/** Milliseconds between SIGTERM and SIGKILL. */
const graceMs = 500;
/** The same when vpmon itself is ended by a signal, where nothing else can happen meanwhile. */
const exitGraceMs = 100;
/** Milliseconds that descendants are given once the program itself has ended. One that nobody has reaped looks as if it still ran. */
const orphanMs = 100;
const firstLookMs = 5;
const longestLookMs = 50;

const running = new Set<number>();
const ending = new Map<number, Promise<void>>();
type Watcher = (pid: number, isRunning: boolean) => void;
let watcher: Watcher | null = null;

/** Remembers a program that was just started, so that it ends with vpmon. */
export function addGroup(pid: number): void {
	running.add(pid);
	guardGroup(pid);
	watcher?.(pid, true);
}

/** Forgets one that has ended. */
export function removeGroup(pid: number): void {
	running.delete(pid);
	releaseGroup(pid);
	watcher?.(pid, false);
}

/** Tells which groups run. A thread tells its parent: when vpmon is ended by a signal, hooks of threads do not run. */
export function watchGroups(given: Watcher): void {
	watcher = given;
}

/**
 * Ends all that is left of a group: SIGTERM, and SIGKILL for what is still there after half a second. Never rejects.
 *
 * @param hasExited whether the program itself has.
 */
export function endGroup(pid: number, hasExited = () => false): Promise<void> {
	const known = ending.get(pid);
	if (known !== undefined) return known;
	const ended = terminate(pid, hasExited).finally(() => {
		ending.delete(pid);
		removeGroup(pid);
	});
	ending.set(pid, ended);
	return ended;
}

/** Resolves once every group that is being ended is gone. */
export async function endedGroups(): Promise<void> {
	await Promise.all(ending.values());
}

async function terminate(pid: number, hasExited: () => boolean): Promise<void> {
	if (!signalGroup(pid, 'SIGTERM')) return;
	// A stopped process takes no SIGTERM.
	signalGroup(pid, 'SIGCONT');
	let giveUpAt = performance.now() + graceMs;
	let isOrphaned = false;
	for (let look = firstLookMs; performance.now() < giveUpAt; look = Math.min(look * 2, longestLookMs)) {
		await pause(look);
		if (!signalGroup(pid, 0)) return;
		if (isOrphaned || !hasExited()) continue;
		isOrphaned = true;
		giveUpAt = Math.min(giveUpAt, performance.now() + orphanMs);
	}
	// It is not waited for: what is in an uninterruptible system call outlasts it.
	signalGroup(pid, 'SIGKILL');
}

/** False where nobody is left in the group, or nobody that this user may signal (kill(2)). */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
	try {
		return process.kill(-pid, signal);
	} catch {
		return false;
	}
}

/** Stops all programs until `continueGroups`: a stop of the terminal (ctrl-z) reaches the group of vpmon alone. */
export function stopGroups(): void {
	for (const pid of running) signalGroup(pid, 'SIGSTOP');
	signalGuard('SIGSTOP');
}

export function continueGroups(): void {
	signalGuard('SIGCONT');
	for (const pid of running) signalGroup(pid, 'SIGCONT');
}

/** Nothing asynchronous happens any more when a process exits. */
process.on('exit', () => {
	const left = [...running].filter((pid) => signalGroup(pid, 'SIGTERM'));
	if (left.length === 0) return;
	for (const pid of left) signalGroup(pid, 'SIGCONT');
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, exitGraceMs);
	for (const pid of left) signalGroup(pid, 'SIGKILL');
});
