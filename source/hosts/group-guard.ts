import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

/**
 * Ends the programs of a vpmon that was killed by SIGKILL, after which it can end nothing itself: a shell that reads which process
 * groups run, and to which the end of its input is the end of vpmon.
 */

/** Groups that are gone already are passed over. */
const script = `
trap '' TERM HUP INT
groups=
while read -r sign group; do
	left=
	for one in $groups; do [ "$one" = "$group" ] || left="$left $one"; done
	groups=$left
	[ "$sign" = + ] && groups="$groups $group"
done
left=
for one in $groups; do kill -TERM -"$one" && kill -CONT -"$one" && left="$left $one"; done 2>/dev/null
[ -z "$left" ] && exit
sleep 1
for one in $left; do kill -KILL -"$one"; done 2>/dev/null`;

let guard: ChildProcess | null = null;
/** Where there is no such shell, programs go on without. */
let isMissing = process.platform === 'win32';

/** To be called before a program is started: afterwards a SIGKILL might come first. A thread leaves it to its parent. */
export function startGuard(): void {
	if (guard !== null || isMissing || !isMainThread) return;
	// Of its own session, so that what ends the group of vpmon leaves it; without anything of the environment.
	const child = spawn('/bin/sh', ['-c', script], {
		stdio: ['pipe', 'ignore', 'ignore'],
		detached: true,
		env: {},
		cwd: '/',
	});
	guard = child;
	const giveUp = () => {
		isMissing = true;
		guard = null;
	};
	child.once('error', giveUp).once('exit', giveUp).unref();
	child.stdin.on('error', () => {});
	// The pipe of a child is a socket, whatever its type says; it must not keep vpmon either.
	if (child.stdin instanceof Socket) child.stdin.unref();
}

/** From now on a group ends with vpmon, whatever ends that. */
export function guardGroup(pid: number): void {
	tell('+', pid);
}

/** The group has ended. */
export function releaseGroup(pid: number): void {
	tell('-', pid);
}

/** Stops it with all else (ctrl-z), or has it go on. */
export function signalGuard(signal: 'SIGSTOP' | 'SIGCONT'): void {
	guard?.kill(signal);
}

function tell(sign: '+' | '-', pid: number): void {
	guard?.stdin?.write(`${sign} ${pid}\n`);
}
