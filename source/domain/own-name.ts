import { userInfo } from 'node:os';

/** The account vpmon runs as; null where no file knows it, as in a container with a user of its own. */
export function ownName(): string | null {
	try {
		return userInfo().username;
	} catch {
		return null;
	}
}
