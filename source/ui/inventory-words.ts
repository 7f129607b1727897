import type { Coverage } from '../domain/coverage.ts';
import { formatClock } from '../domain/time.ts';
import type { InventoryChanges } from '../engine/inventory-changes.ts';
import type { InventoryProblem } from '../engine/session.ts';

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
	return `inventory not taken, ${summary}; the last good one stays (since ${formatClock(since)})`;
}

/** Behind the number of Safes: how many more VaultPAM has, and why that is not known just now. */
export function coverageWords(coverage: Coverage | null): string {
	if (coverage === null) return '';
	const { withoutTarget, problem } = coverage;
	const more = withoutTarget.length === 0 ? '' : `, ${withoutTarget.length} in VaultPAM only`;
	const since = problem === null ? null : /signed out since .*/.exec(problem)?.[0];
	return problem === null ? more : `${more}, VaultPAM ${since ?? 'not read'}`;
}
