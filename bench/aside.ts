import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives a process, and what it starts from then on, the smallest share of the processor there is: it runs when nothing else wants to.
 * Servers that stand for other machines must not take from the program that is measured what other machines would not take. Being
 * nice is not enough: where the kernel groups processes by session (autogroup), each session gets as much as the whole terminal.
 * Returns its own undo, to be called when those processes have ended; null where there are no control groups to do it with.
 */
export function setAside(pid: number): (() => void) | null {
	const group = ownGroup();
	if (group === null) return null;
	const path = join(group.path, `vpmon-bench-${process.pid}`);
	try {
		mkdirSync(path);
		writeFileSync(join(path, group.setting), group.least);
		writeFileSync(join(path, 'cgroup.procs'), String(pid));
	} catch {
		return null;
	}
	return () => {
		try {
			rmdirSync(path);
		} catch {
			// A connection's process is not gone yet: an empty group left behind harms nobody.
		}
	};
}

/** cgroups(7): version 1 has the controller in a tree of its own; in version 2 it must be on for the children of our group. */
function ownGroup() {
	const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
	const groups = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
	const pathOf = (line: string | undefined) => line?.split(':')[2] ?? '/';
	const old = mounts.find((line) => line.includes(' cgroup ') && /[ ,]cpu[ ,]/.test(line))?.split(' ')[1];
	if (old !== undefined) {
		const path = join(old, pathOf(groups.find((line) => /^\d+:(.*,)?cpu(,.*)?:/.test(line))));
		return { path, setting: 'cpu.shares', least: '2' };
	}
	const unified = mounts.find((line) => line.includes(' cgroup2 '))?.split(' ')[1];
	if (unified === undefined) return null;
	const path = join(unified, pathOf(groups.find((line) => line.startsWith('0::'))));
	const controllers = join(path, 'cgroup.subtree_control');
	const isOn = existsSync(controllers) && readFileSync(controllers, 'utf8').split(/\s/).includes('cpu');
	return isOn ? { path, setting: 'cpu.weight', least: '1' } : null;
}
