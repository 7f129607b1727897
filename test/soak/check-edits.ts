import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseInventory } from '../../source/inventory/file.ts';
import { readAudit } from '../../source/storage/audit.ts';

export type EditChecks = {
	/**
	 * Looks at what was made of the inventory since the last look.
	 *
	 * @throws what is wrong.
	 */
	look(): void;
	/** How many edits were seen so far: of fixes and undos, and of targets added. */
	readonly seen: { audited: number; added: number };
};

/**
 * The inventory is whole whenever it is looked at, and each of its texts, which the kept copies tell, came of the one before by an edit that
 * stands in the audit file, or is the first text again.
 *
 * @param first the text that somebody else writes now and then.
 */
export function createEditChecks(inventory: string, first: string, audit: string): EditChecks {
	/** What was there before each edit, the oldest first: of all copies that were kept, also those that are gone. */
	const texts = new Map<string, string>();
	const seen = { audited: 0, added: 0 };
	let checked = 0;
	return {
		seen,
		look() {
			for (const copy of copiesOf(inventory)) if (!texts.has(copy)) texts.set(copy, readFileSync(copy, 'utf8'));
			const now = readFileSync(inventory, 'utf8');
			parseInventory(now, inventory);
			const raw = existsSync(audit) ? readFileSync(audit, 'utf8') : '';
			const entries = readAudit(audit);
			const written = raw.split('\n').length - 1;
			if (entries.length !== written || (raw !== '' && !raw.endsWith('\n')))
				throw new Error(`the audit file has ${written} lines, and ${entries.length} can be read:\n${raw.slice(-2000)}`);
			const edits = [...texts];
			// What the newest edit makes of it may not be there yet.
			for (; checked < edits.length - 1; checked++) {
				const [copy, before] = edits[checked] as [string, string];
				explain(copy, before, (edits[checked + 1] as [string, string])[1]);
			}
			const newest = edits.at(-1);
			if (newest !== undefined) explain(...newest, now, false);

			function explain(copy: string, before: string, after: string, counts = true): void {
				if (after === before || after === first) return;
				const leaves = createHash('sha256').update(after).digest('hex');
				const told = entries.find((entry) => 'leaves' in entry && entry.backup === copy && entry.leaves === leaves);
				if (told !== undefined) {
					if (counts) seen['fix' in told ? 'audited' : 'added']++;
				} else throw new Error(`nothing in the audit file tells how ${copy} became\n${after}`);
			}
		},
	};
}

function copiesOf(inventory: string): string[] {
	const [directory, name] = [dirname(inventory), basename(inventory)];
	return readdirSync(directory)
		.filter((entry) => entry.startsWith(`${name}.`) && entry.endsWith('.bak'))
		.map((entry) => ({
			entry,
			at: entry.slice(name.length, name.length + 20),
			count: Number(/-(\d+)\.bak$/.exec(entry.slice(name.length + 20))?.[1] ?? 1),
		}))
		.toSorted((a, b) => a.at.localeCompare(b.at) || a.count - b.count)
		.map(({ entry }) => join(directory, entry));
}
