import type { ConnectorStatus } from '../../domain/check.ts';
import { statusGlyphs, statusTitles, verdictGlyphs } from '../../report/glyphs.ts';
import { checks } from '../../runbook/checks.ts';
import { keymap } from '../keymap.ts';
import { shownKeys } from '../keys.ts';
import { Rows, titleRule } from '../rows.tsx';
import { useScreen } from '../screen.ts';
import { paint, paintMaybe, statusStyles, type Theme, verdictStyles } from '../theme.ts';
import { cell, wrap } from '../width.ts';

/** Every key with its name and what it does, from the key table; then the signs and the runbook's five rows. */
export function Help({ offset, columns, height }: { offset: number; columns: number; height: number }) {
	const { theme, ends } = useScreen();
	const lines = helpLines(theme, columns);
	ends.dialog = Math.max(0, lines.length - height);
	const start = Math.min(offset, ends.dialog);
	const more = lines.length - start - height;
	const title = titleRule(theme, 'Help', more > 0 ? `down for ${more} more lines` : '', columns, true, 'esc back');
	return <Rows lines={[title, ...lines.slice(start)]} columns={columns} height={height + 1} />;
}

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

export function helpLines(theme: Theme, columns: number): string[] {
	const keys = keymap.flatMap((entry) => {
		const [first = '', ...rest] = wrap(entry.help, columns - keyColumns - titleColumns - 2);
		const lead = ` ${paint(theme, 'bold', cell(shownKeys(entry.keys), keyColumns))}${cell(entry.title, titleColumns)}`;
		return [lead + first, ...rest.map((line) => ' '.repeat(1 + keyColumns + titleColumns) + line)];
	});
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
		running: 'being measured',
	} as const;
	const signs = Object.entries(words).map(([verdict, text]) => {
		const known = verdict as keyof typeof words;
		return ` ${paintMaybe(theme, verdictStyles[known], verdictGlyphs[known])} ${cell(known, 10)}${text}`;
	});
	const statuses = Object.entries(statusTitles).map(([status, word]) => {
		const known = status as ConnectorStatus;
		return ` ${paintMaybe(theme, statusStyles[known], statusGlyphs[known])} ${word}`;
	});
	const head = (text: string) => ['', ` ${paint(theme, 'bold', text)}`];
	return [
		...keys,
		...head('Signs of Safes and rows'),
		...signs,
		...head('Signs of connectors'),
		...statuses,
		...head("The runbook's five checks"),
		...rows,
		...head('The probe budget'),
		...budgetLines.flatMap((line) => wrap(` ${line}`, columns - 1, 1)),
	];
}
