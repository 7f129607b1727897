import { join } from 'node:path';
import { notice } from '../own-words.ts';
import { stateDirectory } from '../storage/directories.ts';
import type { History } from '../storage/history.ts';

/**
 * What is kept of an inventory's transitions; loaded when it is first wanted.
 *
 * @param onDamaged told where damaged lines were set aside; stderr without it.
 */
export async function openHistoryOf(inventory: string, onDamaged: (text: string) => void = notice): Promise<History> {
	const { openHistory } = await import('../storage/history.ts');
	return openHistory(join(stateDirectory, 'history'), inventory, onDamaged);
}
