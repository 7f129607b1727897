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

/** How many more Safes VaultPAM has, or why that is not known just now; null where there is nothing to say. */
export function coverageWords(coverage: Coverage | null): string | null {
	if (coverage === null) return null;
	const { withoutTarget, problem } = coverage;
	const count = withoutTarget.length;
	const words = [
		...(count === 0 ? [] : [`${count} ${count === 1 ? 'Safe' : 'Safes'} in VaultPAM only`]),
		...(problem === null ? [] : [`VaultPAM ${/signed out since .*/.exec(problem)?.[0] ?? 'not read'}`]),
	];
	return words.length === 0 ? null : `${verdictGlyphs.unknown} ${words.join(', ')}`;
}
