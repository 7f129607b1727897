import { formatClock } from '../domain/time.ts';
import type { InventoryChanges } from '../engine/inventory-changes.ts';
import type { InventoryProblem } from '../engine/session/session.ts';

/** What an inventory that was read again brought; null when it says the same as before. */
export function describeChanges({ added, changed, removed, connectors, settings }: InventoryChanges): string | null {
	const said = [
		count(added.length, 'new'),
		count(changed.length, 'changed'),
		count(removed.length, 'gone'),
		connectors ? 'other connectors' : '',
		settings ? 'other settings' : '',
	].filter((text) => text !== '');
	return said.length === 0 ? null : `inventory read again: ${said.join(', ')}`;
}

const count = (number: number, what: string) => (number === 0 ? '' : `${number} ${what}`);

/** The sentence that stays until the file can be used again. What stands first is what a narrow screen has room for. */
export function describeProblem({ summary, since }: InventoryProblem): string {
	return `inventory not taken, last good one kept: ${summary} (since ${formatClock(since)})`;
}

/** Why VaultPAM's list could not be read, in a few words: `signed out since 02:07:01 CET`. */
export function shortProblem(problem: string): string {
	return /signed out since .*/.exec(problem)?.[0] ?? problem;
}
