import { readFileSync } from 'node:fs';

/** Node, the ledger, logs and parts that are loaded later. */
const filesBesideTargets = 40;
/** A socket, and for a while the two pipes of a program that resolves its name. */
const filesOfTarget = 3;

/** How many targets fit side by side into the files that this process may have open (RLIMIT_NOFILE); `most` where nothing tells. */
export function fitOpenFiles(most: number, limit = openFilesLimit()): number {
	if (limit === null) return most;
	return Math.max(1, Math.min(most, Math.floor((limit - filesBesideTargets) / filesOfTarget)));
}

/** proc_pid_limits(5); Linux alone has it. */
function openFilesLimit(): number | null {
	try {
		const limits = readFileSync('/proc/self/limits', 'utf8');
		const [, limit] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
		return limit === undefined ? null : Number(limit);
	} catch {
		return null;
	}
}
