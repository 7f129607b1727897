import { execFileSync } from 'node:child_process';

/** Seconds since 1970 that all of a release is dated with: SOURCE_DATE_EPOCH, else the last commit's (reproducible-builds.org). */
export function sourceDate(root: string): number {
	const given = Number(process.env.SOURCE_DATE_EPOCH);
	if (given > 0) return given;
	return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }));
}
