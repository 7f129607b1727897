import { rowsOf } from '../../domain/check.ts';
import { formatSince } from '../../domain/time.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { SafeState } from '../../engine/session/session.ts';
import { countSafes } from '../../report/check-report.ts';
import { verdictGlyphs } from '../../report/glyphs.ts';
import { checks } from '../../runbook/checks.ts';
import { formatShared } from '../../runbook/group-words.ts';
import { shortProblem } from '../inventory-words.ts';
import { type FilterWord, matchesIn } from '../safe-filter.ts';
import { type Entry, reasonOf, titleOfEntry } from '../safe-list.ts';
import { againMark, signOfRow, signOfSafe } from '../signs.ts';
import { paint, paintMaybe, type Theme, verdictStyles } from '../theme.ts';
import { cell, truncateMiddle, widthOf } from '../width.ts';

/** `12345  since`: the heads of the last columns. */
export const heads = `${checks.map(({ number }) => number).join('')}  since `;

const sinceColumns = 6;
const gap = 2;
const shortestReason = 20;
const widestName = 48;
/** Narrower than this it says nothing. */
const narrowestPlace = 8;

type Cells = { readonly name: string; readonly reason: string; readonly places: readonly string[] };

function cellsOf(entry: Entry): Cells {
	if (entry.kind === 'safe') {
		const { name, connector, target } = entry.state.result;
		const via = `via ${connector}`;
		return {
			name: entry.isInside ? `  ${name}` : name,
			reason: reasonOf(entry.state),
			places: [`${target} ${via}`, via],
		};
	}
	if (entry.kind === 'vaultpam-only') {
		const { listed, problem } = entry;
		const why = problem === null ? [] : [shortProblem(problem)];
		const reason = titleOfEntry(entry);
		const [, since] = /signed out (since .*)/.exec(problem ?? '') ?? [];
		if (listed.length === 0 && since !== undefined) return { name: 'VaultPAM', reason: 'signed out', places: [since] };
		if (listed.length === 0) return { name: 'VaultPAM', reason, places: why };
		const places = [...why.map((text) => `in VaultPAM only, ${text}`), 'in VaultPAM only'];
		return { name: countSafes(listed.length), reason, places };
	}
	const name = countSafes(entry.members.length);
	const reason = titleOfEntry(entry);
	if (entry.kind === 'group') return { name, reason, places: [formatShared(entry.group)] };
	const [first] = entry.members;
	const isOne = entry.members.every(({ result }) => result.connector === first?.result.connector);
	return { name, reason, places: isOne && first !== undefined ? [`via ${first.result.connector}`] : [] };
}

export type Columns = {
	readonly name: number;
	readonly reason: number;
	readonly place: number;
	/** Targets have room too. */
	readonly hasTargets: boolean;
};

/** The name gets what it needs as long as the reason keeps enough to be read; what is left says where. */
export function columnsFor(shown: readonly Entry[], columns: number): Columns {
	const cells = shown.map(cellsOf);
	const widest = (texts: readonly string[]) => Math.max(4, ...texts.map(widthOf));
	const free = columns - 3 - gap - checks.length - gap - sinceColumns - 1;
	const name = Math.min(widestName, widest(cells.map((some) => some.name)), free - gap - shortestReason);
	const reason = Math.min(widest(cells.map((some) => some.reason)), free - name - gap);
	const rest = free - name - gap - reason - gap;
	if (rest < narrowestPlace) return { name, reason: free - name - gap, place: 0, hasTargets: false };
	return { name, reason, place: rest, hasTargets: widest(cells.map(({ places }) => places[0] ?? '')) <= rest };
}

export type LineOptions = {
	readonly widths: Columns;
	readonly now: number;
	readonly words: readonly FilterWord[];
	readonly selected: boolean;
	readonly focused: boolean;
};

/** `▶✖ 60 Safes    port timeout  10.20.4.0/24 via dmz  ✔✖–––  02:03` */
export function entryLine(theme: Theme, entry: Entry, options: LineOptions): string {
	const { widths, now, words, selected, focused } = options;
	const { name, reason, places } = cellsOf(entry);
	const place = places[widths.hasTargets ? 0 : places.length - 1] ?? '';
	const texts = [
		cell(truncateMiddle(name, widths.name), widths.name),
		cell(reason, widths.reason),
		...(widths.place === 0 ? [] : [cell(truncateMiddle(place, widths.place), widths.place)]),
	];
	const text = texts.map((part) => mark(theme, part, words)).join(' '.repeat(gap));
	const body = selected && focused ? paint(theme, 'inverse', text) : selected ? paint(theme, 'bold', text) : text;
	const members = entry.kind === 'safe' ? [entry.state] : entry.members;
	const sign = signOf(entry);
	const again = againMark(theme, sign !== 'running' && members.some(({ running }) => running !== null));
	const glyph = paintMaybe(theme, verdictStyles[sign], verdictGlyphs[sign]);
	const since = entry.kind === 'fold' ? null : earliest(members);
	const shownSince = cell(since === null ? '' : formatSince(since, now), sinceColumns);
	return `${selected ? '▶' : ' '}${glyph} ${body}  ${rowSigns(theme, members)}  ${paint(theme, 'dim', shownSince)}${again}`;
}

function signOf(entry: Entry): Verdict {
	if (entry.kind === 'safe') return signOfSafe(entry.state);
	if (entry.kind === 'fold') return entry.members[0] === undefined ? entry.verdict : signOfSafe(entry.members[0]);
	return entry.kind === 'group' ? 'fail' : 'unknown';
}

/** The filter's words where they stand. */
function mark(theme: Theme, text: string, words: readonly FilterWord[]): string {
	let marked = '';
	let at = 0;
	for (const [begin, end] of words.length === 0 ? [] : matchesIn(text, words)) {
		marked += text.slice(at, begin) + paint(theme, 'underline', text.slice(begin, end));
		at = end;
	}
	return marked + text.slice(at);
}

/** When the first of them began to stand so; null where none was measured. */
export function earliest(members: readonly SafeState[]): number | null {
	let first: number | null = null;
	for (const { since } of members) if (since !== null && (first === null || since < first)) first = since;
	return first;
}

// What was never measured may still turn out as anything.
const worstFirst: readonly Verdict[] = ['fail', 'unknown', 'running', 'warn', 'untested', 'pass', 'skip'];
const worstRows = new WeakMap<readonly SafeState[], readonly Verdict[]>();

/** The five rows; of several Safes the worst of each. What is known stays to be seen while it is measured again. */
function rowSigns(theme: Theme, members: readonly SafeState[]): string {
	// Of a Safe without a target there are no rows.
	if (members.length === 0) return ' '.repeat(checks.length);
	const rows = worstRows.get(members) ?? worstOf(members);
	worstRows.set(members, rows);
	return rows.map((verdict) => paintMaybe(theme, verdictStyles[verdict], verdictGlyphs[verdict])).join('');
}

function worstOf(members: readonly SafeState[]): Verdict[] {
	const worst = checks.map(() => worstFirst.length - 1);
	for (const { result } of members)
		for (const [index, row] of rowsOf(result).entries())
			worst[index] = Math.min(worst[index] ?? 0, worstFirst.indexOf(signOfRow(row)));
	return worst.map((rank) => worstFirst[rank] ?? 'skip');
}
