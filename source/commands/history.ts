import type { SessionEvent } from '../domain/event.ts';
import { UserError } from '../domain/user-error.ts';
import { formatHistory, formatSafeHistory } from '../report/history-text.ts';
import { safeHistory } from '../runbook/safe-history.ts';
import { wholeInventory } from './choose-inventory.ts';
import { openHistoryOf } from './open-history.ts';

export type HistoryFlags = {
	inventory?: string;
	/** Milliseconds since 1970. */
	since?: number;
	json?: boolean;
};

/** `vpmon history`: what changed, as the screen and the exporter kept it; nothing is measured. */
export async function history(safe: string | undefined, { inventory: file, since, json }: HistoryFlags): Promise<void> {
	const flags = file === undefined ? {} : { inventory: file };
	const inventory = wholeInventory([], flags);
	const all = inventory.file === null ? [] : await (await openHistoryOf(inventory.file)).read();
	const own = safe === undefined ? null : safeHistory(all, safe);
	// One that left the inventory still has its past.
	if (safe !== undefined && own === null) wholeInventory([safe], flags);
	const events = all.filter(
		(event) => Date.parse(event.at) >= (since ?? 0) && (safe === undefined || tellsOf(event, safe)),
	);
	const now = Date.now();
	if (json) {
		const report = { schemaVersion: 1, generatedAt: new Date(now).toISOString(), safe: safe ?? null, ...own, events };
		process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
		return;
	}
	if (all.length === 0 || (safe !== undefined && own === null))
		throw new UserError(
			safe === undefined
				? `Nothing is kept yet of ${inventory.file}.`
				: `Nothing is kept yet of ${JSON.stringify(safe)}.`,
			'The screen keeps what it sees change for 30 days: start it with vpmon.',
		);
	const text =
		safe === undefined || own === null ? formatHistory(events, now) : formatSafeHistory(safe, events, own, now);
	process.stdout.write(`${text}\n`);
}

function tellsOf(event: SessionEvent, safe: string): boolean {
	return event.kind === 'safes' && event.safes.includes(safe);
}
