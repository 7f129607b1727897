import type { Safe } from '../domain/inventory.ts';
import { formatIsoMoment } from '../domain/time.ts';
import { UserError } from '../domain/user-error.ts';
import { fixById } from '../runbook/fix-plan.ts';
import { type AuditEntry, auditFile, readFixes } from '../storage/audit.ts';

const outcomes: Readonly<Record<AuditEntry['phase'], string>> = {
	changing: 'begun, and its end is not known',
	changed: 'made',
	ran: 'run',
	failed: 'run, and a command failed',
	undone: 'taken back',
};
const ours = /^[a-z]+(?:, [a-z-]+)?$/;
const most = 10;

/** Which fixes were made for these Safes, by the audit file: ids and vpmon's own words only, so nothing that has to be masked. */
export function fixesTried(safes: readonly Safe[], file = auditFile()): string[] {
	const names = new Set(safes.map(({ name }) => name));
	let entries: AuditEntry[];
	try {
		entries = readFixes(file).filter(({ safe }) => safe !== null && names.has(safe));
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		return ['Not known: the audit file cannot be read.'];
	}
	// The last line of a fix says how it ended.
	const ends = [...Map.groupBy(entries, ({ id }) => id).values()].flatMap((lines) => lines.at(-1) ?? []);
	const told = ends.slice(-most).flatMap((entry) => {
		const known = fixById(entry.fix);
		return known === undefined ? [] : [describe(known.id, entry)];
	});
	return told.length === 0 ? ['None through vpmon.'] : told;
}

function describe(id: string, { phase, at, before, after, unseen }: AuditEntry): string {
	const standings = [before, after].map((text) => (text !== null && ours.test(text) ? text : null));
	const change = standings.every((text) => text !== null) ? `: ${standings.join(' → ')}` : '';
	const note = unseen ? '; the host key was compared by nobody' : '';
	return `${formatIsoMoment(at, Date.now())} ${id}, ${outcomes[phase]}${change}${note}`;
}
