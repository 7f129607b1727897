import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../domain/shell-word.ts';
import { behindSudo, groupName, isInGroup, isListedIn, nameOfGroup, nameOfUser, ownId } from './accounts.ts';
import { siteDirectory, stateDirectory, stateDirectoryOf, systemStateDirectory } from './directories.ts';
import { find } from './safe-directory.ts';

/** A site memory of this host that this program does not share, and how to share one. */
export type OtherBoard = {
	readonly directory: string;
	/** Whose it is: a user, or `group vpmon`. */
	readonly whose: string;
	/** The one command after which all use the same. */
	readonly command: string;
};

/** As the site memory is called. */
const siteFile = 'site-1.sqlite';
/** Programs write to theirs with each sweep. */
const recentMs = 15 * 60_000;

/**
 * The site memories that others on this host use, or used a moment ago, beside the one that this program uses; those that this user
 * cannot see are left out.
 */
export function otherBoards(used = usedDirectory()): readonly OtherBoard[] {
	if (used === null || process.platform === 'win32') return [];
	const group = used === systemStateDirectory ? null : groupsBoard();
	const user = behindSudo();
	const own = [stateDirectory, ...(user === null ? [] : [stateDirectoryOf(user.home)])];
	const apart = [...new Set(own)].filter((directory) => directory !== used && isRecent(directory));
	return [...(group === null ? [] : [group]), ...apart.map((directory) => boardOfUser(directory, used))];
}

function usedDirectory(): string | null {
	try {
		return siteDirectory();
	} catch {
		return null;
	}
}

/** The board of the host's group, which this program uses unless it may not. */
function groupsBoard(): OtherBoard | null {
	const found = find(systemStateDirectory);
	if (!found?.isDirectory()) return null;
	const { gid, mode } = found;
	const name = nameOfGroup(gid);
	// One that cannot be looked into may be in use.
	if (canEnter(systemStateDirectory) && !isRecent(systemStateDirectory)) return null;
	const whose = `group ${name}`;
	if ((mode & 0o020) === 0) {
		// Nobody but its owner may write there, or it is another program's.
		if (gid === 0) return null;
		return {
			directory: systemStateDirectory,
			whose,
			command: `sudo chmod 2770 ${systemStateDirectory}`,
		};
	}
	const user = nameOfUser(behindSudo()?.uid ?? ownId() ?? 0);
	return { directory: systemStateDirectory, whose, command: joinCommand(gid, user) };
}

/** Somebody's own board beside the one in use: the programs that write to it were begun where they could not use the other one. */
function boardOfUser(directory: string, used: string): OtherBoard {
	const whose = nameOfUser(find(join(directory, siteFile))?.uid ?? 0);
	const gid = used === systemStateDirectory ? find(used)?.gid : undefined;
	if (gid !== undefined) return { directory, whose, command: joinCommand(gid, whose) };
	const command = `sudo groupadd -f --system ${groupName} && sudo usermod -aG ${groupName} ${shellWord(whose)}`;
	return { directory, whose, command };
}

/** Who was added to the group since the login needs a shell that knows it. */
function joinCommand(gid: number, user: string): string {
	const name = nameOfGroup(gid);
	const isOwn = user === nameOfUser(ownId() ?? 0);
	const isMember = isListedIn(gid, user) || (isOwn && isInGroup(gid));
	return isMember ? `newgrp ${name}` : `sudo usermod -aG ${name} ${shellWord(user)}`;
}

function isRecent(directory: string): boolean {
	try {
		const found = find(join(directory, siteFile));
		return found !== null && Date.now() - found.mtimeMs < recentMs;
	} catch {
		return false;
	}
}

function canEnter(directory: string): boolean {
	try {
		accessSync(directory, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
