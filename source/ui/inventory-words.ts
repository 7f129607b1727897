import type { Coverage } from '../domain/coverage.ts';
import { formatClock } from '../domain/time.ts';
import type { InventoryChanges } from '../engine/inventory-changes.ts';
import type { InventoryProblem } from '../engine/session.ts';
import { verdictGlyphs } from '../report/glyphs.ts';

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

/** Why it is not known just now which Safes VaultPAM has; null while it is. How many more it has stands among the Safes. */
export function coverageWords(coverage: Coverage | null): string | null {
	const problem = coverage?.problem ?? null;
	if (problem === null) return null;
	return `${verdictGlyphs.unknown} VaultPAM ${/signed out since .*/.exec(problem)?.[0] ?? 'not read'}`;
}
