import { join } from 'node:path';
import { cleanText } from '../domain/clean.ts';
import { stateDirectory } from '../storage/directories.ts';
import type { History } from '../storage/history.ts';

/**
 * What is kept of an inventory's transitions; loaded when it is first wanted.
 *
 * @param onDamaged told where damaged lines were set aside; stderr without it.
 */
export async function openHistoryOf(
	inventory: string,
	onDamaged: (notice: string) => void = (notice) => process.stderr.write(`vpmon: ${cleanText(notice)}\n`),
): Promise<History> {
	const { openHistory } = await import('../storage/history.ts');
	return openHistory(join(stateDirectory, 'history'), inventory, onDamaged);
}
