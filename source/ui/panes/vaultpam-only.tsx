import type { Coverage } from '../../domain/coverage.ts';
import { formatClock } from '../../domain/time.ts';
import { countSafes } from '../../report/check-report.ts';
import { Rows, titleRule } from '../rows.tsx';
import type { Entry } from '../safe-list.ts';
import { useScreen, useStore } from '../screen.ts';
import type { Theme } from '../theme.ts';
import { nameOfListed } from '../vaultpam-only.ts';
import { membersThatFit } from './group.tsx';
import { labelled } from './labelled.ts';

type VaultPamOnlyEntry = Extract<Entry, { kind: 'vaultpam-only' }>;

/** Safes that only VaultPAM knows: why nothing is known of them, which they are, how they get a target. */
export function VaultPamOnly({
	entry,
	columns,
	height,
}: {
	entry: VaultPamOnlyEntry;
	columns: number;
	height: number;
}) {
	const { engine, theme, view } = useScreen();
	const { coverage, inventory } = useStore(engine.session, (state) => state);
	const focused = useStore(view, ({ focus }) => focus === 'checks');
	const { listed } = entry;
	const hasSome = listed.length > 0;
	const about = hasSome ? `${countSafes(listed.length)} · in VaultPAM only` : 'the Safes of VaultPAM';
	const title = titleRule(theme, 'Checks', about, columns, focused, hasSome ? 'enter lists them' : '');
	const names = listed.map(nameOfListed);
	const lines = [
		...(coverage === null ? [] : meaningLines(theme, coverage, inventory.safes.length, columns - 1)),
		...(hasSome ? labelled(theme, 'Safes', membersThatFit(names, columns - 13), columns - 1).slice(0, 1) : []),
		...(coverage === null ? [] : problemLines(theme, coverage, columns - 1)),
		...(hasSome ? addLines(theme, 'enter, then a on one: gives it', columns - 1) : []),
	];
	return <Rows lines={[title, ...lines]} columns={columns} height={height + 1} />;
}

/** What VaultPAM said and when; that these are in no other count of the screen. */
export function meaningLines(theme: Theme, coverage: Coverage, inInventory: number, columns: number): string[] {
	const { safes, withoutTarget, readAt } = coverage;
	const when = readAt === null ? '' : ` at ${formatClock(Date.parse(readAt))}`;
	const missing =
		withoutTarget.length === 0
			? 'each of them has a target in the inventory.'
			: `${withoutTarget.length} of them have no target in the inventory, so nothing of them can be measured. ` +
				`They are not among the ${countSafes(inInventory)} counted above.`;
	const means =
		safes === null
			? 'What VaultPAM has and the inventory has not is not known; all that is in the inventory is measured.'
			: `VaultPAM listed ${countSafes(safes)}${when}; ${missing}`;
	return labelled(theme, 'Means', means, columns);
}

/** Why the list is an old one, or none, and what to do about it. */
export function problemLines(theme: Theme, { safes, problem }: Coverage, columns: number): string[] {
	if (problem === null) return [];
	const why = labelled(theme, 'Not read', `${safes === null ? '' : 'again: '}${problem}`, columns);
	const next = 'start vpmon with a token in VAULTPAM_TOKEN that VaultPAM takes';
	return [...why, ...(problem.includes('signed out') ? labelled(theme, 'Do', next, columns) : [])];
}

/** The ways to give them a target; of the first, what is left to do from here. */
export function addLines(theme: Theme, first: string, columns: number): string[] {
	const ways = [
		`${first} its target, user@host:port`,
		'vpmon import FILE.csv takes many; y in the list copies its lines',
		"vpmon init --dry-run shows targets of this host's ssh config",
	];
	return ways.flatMap((way, index) => labelled(theme, index === 0 ? 'Add' : '', way, columns));
}
