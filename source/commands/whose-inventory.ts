import { strangerOf } from '../domain/who-can-write.ts';
import { nameOfUser, ownId } from '../storage/accounts.ts';

/** What is to be said of an inventory that somebody else can change: it names the programs, hosts and files of this run. Null for one's own. */
export function whoseInventory(file: string): string | null {
	const stranger = strangerOf(file);
	if (stranger === null) return null;
	const where = stranger.path === file ? file : `${file} lies in ${stranger.path}, which`;
	const what = ownId() === 0 ? 'what root runs and reads' : 'what vpmon runs and reads for you';
	return `warning: ${where} belongs to ${nameOfUser(stranger.uid)}, who decides with it ${what}`;
}
