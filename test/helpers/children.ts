import { execFileSync } from 'node:child_process';

/** The processes that a process started, such as those of sshd for its connections. */
export function childrenOf(pid: number): number[] {
	try {
		return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
			.trim()
			.split('\n')
			.map(Number);
	} catch {
		return [];
	}
}
