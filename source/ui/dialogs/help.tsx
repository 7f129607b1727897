import type { ConnectorStatus } from '../../domain/check.ts';
import { statusGlyphs, statusTitles, verdictGlyphs } from '../../report/glyphs.ts';
import { checks } from '../../runbook/checks.ts';
import { listKeys } from '../help-list.ts';
import { type KeyBinding, placesOf, shownKeys } from '../key-binding.ts';
import { Rows, titleRule } from '../rows.tsx';
import { useScreen } from '../screen.ts';
import { againGlyph } from '../signs.ts';
import { paint, paintMaybe, statusStyles, type Theme, verdictStyles } from '../theme.ts';
import type { Dialog } from '../view.ts';
import { cell, wrap } from '../width.ts';

type HelpDialog = Extract<Dialog, { kind: 'help' }>;

/** Every key with its name and what it does, from the key table, searchable; then the signs and the runbook's five rows. */
export function Help({ dialog, columns, height }: { dialog: HelpDialog; columns: number; height: number }) {
	const { theme } = useScreen();
	const { query, searching, cursor } = dialog;
	const lines = helpLines(theme, query, columns);
	const stops = lines.flatMap(({ isStop }, index) => (isStop ? [index] : []));
	const at = stops[Math.min(cursor, stops.length - 1)] ?? 0;
	// The cursor stays in the middle, so that what comes next is seen.
	const start = Math.max(0, Math.min(at - Math.floor(height / 2), lines.length - height));
	const shown = lines.slice(start, start + height).map(({ text, marked }, index) => {
		const isHere = marked !== undefined && start + index === at;
		return isHere ? `▶${marked.lead}${paint(theme, 'inverse', marked.rest)}` : text;
	});
	const more = lines.length - start - height;
	const found = `${listKeys(query).length} found`;
	const about = searching ? `/${query}▏ ${found}` : more > 0 ? `down for ${more} more lines` : '';
	const title = titleRule(theme, 'Help', about, columns, true, searching ? 'enter runs it' : 'esc back');
	const none = lines.length === 0 ? [`  No key has these words: ${JSON.stringify(query)}. esc shows all keys.`] : shown;
	return <Rows lines={[title, ...none]} columns={columns} height={height + 1} />;
}

type HelpLine = {
	readonly text: string;
	/** The cursor stops here. */
	readonly isStop: boolean;
	/** What is drawn with the cursor on it. */
	readonly marked?: { readonly lead: string; readonly rest: string };
};

const keyColumns = 18;
const titleColumns = 15;

/** Design: the help prints the lines that make `exempt` safe. */
const budgetLines: readonly string[] = [
	'A target may punish, or ban, the address that probes it too often: the connector would be locked out with us. So each',
	'connection is booked before it is made, for all vpmon processes of this host together, and what has to wait says until when.',
	'r again, soon, goes on where a row named the risk. exempt: true on a Safe or in settings lifts it; safe only where the target has',
	'  PerSourcePenaltyExemptList <address of the connector>   in sshd_config (OpenSSH 9.8 and later)',
	'  ignoreip = <address of the connector>                   in jail.local of fail2ban',
	'probe: on-demand in settings, or in preferences.json of your configuration, leaves probing to r, R and vpmon check.',
];

export function helpLines(theme: Theme, query: string, columns: number): HelpLine[] {
	const found = listKeys(query);
	const keys = found.flatMap((binding, index) => {
		const head =
			query.trim() === '' && binding.group !== found[index - 1]?.group ? groupHead(theme, binding, index) : [];
		return [...head, ...keyLines(theme, binding, columns)];
	});
	if (query.trim() !== '') return keys;
	return [...keys, ...otherLines(theme, columns).map((text) => ({ text, isStop: true }))];
}

/** On how many lines the cursor can stop while nothing is searched for. */
export function helpStops(theme: Theme, columns: number): number {
	return listKeys('').length + otherLines(theme, columns).length;
}

function groupHead(theme: Theme, { group }: KeyBinding, index: number): HelpLine[] {
	const head = { text: ` ${paint(theme, 'bold', group)}`, isStop: false };
	return index === 0 ? [head] : [{ text: '', isStop: false }, head];
}

function keyLines(theme: Theme, binding: KeyBinding, columns: number): HelpLine[] {
	const place = placesOf(binding);
	const help = place === null ? binding.help : `in ${place}: ${binding.help}`;
	const [first = '', ...rest] = wrap(help, columns - keyColumns - titleColumns - 2);
	const lead = cell(shownKeys(binding.keys), keyColumns);
	const about = `${cell(binding.title, titleColumns)}${first}`;
	return [
		{ text: ` ${paint(theme, 'bold', lead)}${about}`, isStop: true, marked: { lead, rest: about } },
		...rest.map((line) => ({ text: ' '.repeat(1 + keyColumns + titleColumns) + line, isStop: false })),
	];
}

function otherLines(theme: Theme, columns: number): string[] {
	const rows = checks.flatMap(({ number, title, question, passesWhen }) => [
		...wrap(` ${number} ${title.padEnd(10)} ${question}`, columns - 1, 13),
		...wrap(`              passes when ${passesWhen}`, columns - 1),
	]);
	const words = {
		pass: 'measured and fine',
		warn: 'measured, look at it',
		fail: 'measured and wrong',
		unknown: 'could not be measured; the row says why',
		untested: 'open as far as can be seen from here',
		skip: 'not tried: a row before it has to pass first',
		running: 'not measured yet',
	} as const;
	const signs = Object.entries(words).map(([verdict, text]) => {
		const known = verdict as keyof typeof words;
		const word = known === 'running' ? 'new' : known;
		return ` ${paintMaybe(theme, verdictStyles[known], verdictGlyphs[known])} ${cell(word, 10)}${text}`;
	});
	const again = ` ${paint(theme, 'dim', againGlyph)} ${cell('again', 10)}at the end of a line: it is being measured again, its sign is what was found last`;
	const statuses = Object.entries(statusTitles).map(([status, word]) => {
		const known = status as ConnectorStatus;
		return ` ${paintMaybe(theme, statusStyles[known], statusGlyphs[known])} ${word}`;
	});
	const head = (text: string) => ['', ` ${paint(theme, 'bold', text)}`];
	return [
		...head('Signs of Safes and rows'),
		...signs,
		again,
		...head('Signs of connectors'),
		...statuses,
		...head("The runbook's five checks"),
		...rows,
		...head('The probe budget'),
		...budgetLines.flatMap((line) => wrap(` ${line}`, columns - 1, 1)),
	];
}
