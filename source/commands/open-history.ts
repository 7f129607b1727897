import { join } from 'node:path';
import { stateDirectory } from '../settings/directories.ts';
import type { History } from '../settings/history.ts';

/** What is kept of an inventory's transitions; loaded when it is first wanted. */
export async function openHistoryOf(inventory: string): Promise<History> {
	const { openHistory } = await import('../settings/history.ts');
	return openHistory(join(stateDirectory, 'history'), inventory);
}
