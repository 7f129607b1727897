import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { isAbsolute, parse, resolve, sep } from 'node:path';

/** Who besides root and this user can put something else in the place of a file, as sshd(8) asks with StrictModes. */

const byEverybody = 0o002;
const sticky = 0o1000;

/**
 * A directory on the way to a file in which everybody can put another file in its place; null where there is none. In a sticky one,
 * such as /tmp, only the owner of a file can.
 */
export function openDirectoryAbove(file: string): string | null {
	if (ownId() === undefined) return null;
	const isOpen = ({ mode }: Stats) => (mode & byEverybody) !== 0 && (mode & sticky) === 0;
	const [, ...above] = stepsTo(file);
	return above.find((path) => matches(path, (found) => found.isDirectory() && isOpen(found))) ?? null;
}

export type Stranger = { readonly path: string; readonly uid: number };

/** Whose file it is, or whose directory or link leads to it, where that is neither root's nor one's own; null where it is nobody else's. */
export function strangerOf(file: string): Stranger | null {
	if (ownId() === undefined) return null;
	for (const path of stepsTo(file)) {
		const found = lookAt(path);
		if (found !== null && !isTrusted(found.uid)) return { path, uid: found.uid };
	}
	return null;
}

function isTrusted(uid: number): boolean {
	const self = ownId();
	return uid === 0 || uid === self || (self === 0 && String(uid) === process.env.SUDO_UID);
}

const ownId = () => process.geteuid?.();

/** Linux follows no more (path_resolution(7)). */
const mostLinks = 40;

/**
 * What is passed on the way to a file and the file itself, the nearest first: the path as it is given, each link in it, and the
 * directories where these lie. Who can change one of them decides what the file is.
 */
function stepsTo(file: string): string[] {
	const given = resolve(file);
	let at = parse(given).root;
	const steps = new Set([at]);
	const waiting = partsOf(given);
	let links = 0;
	for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
		const next = resolve(at, part);
		steps.delete(next);
		steps.add(next);
		const target = linkOf(next);
		if (target === null) {
			at = next;
			continue;
		}
		if (++links > mostLinks) break;
		if (isAbsolute(target)) at = parse(target).root;
		waiting.unshift(...partsOf(target));
	}
	return [...steps].reverse();
}

const partsOf = (path: string) =>
	path
		.slice(parse(path).root.length)
		.split(sep)
		.filter((part) => part !== '');

function linkOf(path: string): string | null {
	try {
		return readlinkSync(path);
	} catch {
		return null;
	}
}

function lookAt(path: string): Stats | null {
	try {
		return lstatSync(path, { throwIfNoEntry: false }) ?? null;
	} catch {
		return null;
	}
}

function matches(path: string, isSo: (found: Stats) => boolean): boolean {
	const found = lookAt(path);
	return found !== null && isSo(found);
}
