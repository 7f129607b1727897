import { verdictsWorstFirst } from '../domain/verdict.ts';
import type { SafeState, Session } from '../engine/session.ts';
import { causeTexts } from '../runbook/causes.ts';
import { checks } from '../runbook/checks.ts';
import type { View } from './view.ts';

/**
 * The Safes in the order of the list: failing first by runbook row and cause, then the other verdicts; filtered. Pure.
 *
 * @param kept stays in the list whatever the filter says.
 */
export function listSafes(safes: Session['safes'], filter: string, kept: string | null): SafeState[] {
	const wanted = filter.trim().toLowerCase();
	const shown = [...safes.values()].filter(
		({ result }) => wanted === '' || result.name === kept || matches(result, wanted),
	);
	const ranks = new Map(shown.map((state) => [state, rankOf(state)]));
	// Array.prototype.sort is stable, so equal ones stay in the order of the inventory.
	return shown.sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
}

function matches({ name, connector, target, cause, headline }: SafeState['result'], wanted: string): boolean {
	const label = cause === null ? '' : causeTexts[cause].label;
	return [name, connector, target, cause ?? '', label, headline].some((text) => text.toLowerCase().includes(wanted));
}

const causeOrder = new Map(Object.keys(causeTexts).map((cause, index) => [cause, index]));

function rankOf({ result }: SafeState): number {
	return (
		verdictsWorstFirst.indexOf(result.verdict) * 1000 +
		(result.cause === null ? 0 : (causeOrder.get(result.cause) ?? 0))
	);
}

/** Two to four words on why a Safe stands where it stands. */
export function labelOf({ result, running }: SafeState): string {
	if (result.verdict === 'fail' && result.cause !== null) return causeTexts[result.cause].label;
	if (result.verdict === 'pass') return 'all five pass';
	const row = result.checks.find(({ verdict }) => verdict === result.verdict);
	if (row?.cause) return causeTexts[row.cause].label;
	if (row?.measuredAt === null && running !== null) return 'measuring';
	const title = checks.find(({ id }) => id === row?.id)?.title.toLowerCase() ?? 'nothing';
	if (result.verdict === 'untested') return row?.id === 'connector' ? 'connector untested' : 'password untested';
	return result.verdict === 'warn'
		? `look at ${title}`
		: row?.summary === 'not measured yet'
			? 'not measured yet'
			: `${title} unknown`;
}

/** The Safe the keys act on: the selected one while it is in the list, else the first. */
export function selectedSafe(list: readonly SafeState[], view: Pick<View, 'safe'>): SafeState | null {
	return list.find(({ result }) => result.name === view.safe) ?? list[0] ?? null;
}
