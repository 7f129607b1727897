import { formatIsoMoment } from '../../domain/time.ts';
import { formatCommand } from '../../hosts/host.ts';
import { comparedKeys } from '../../report/row-details.ts';
import { askedBy, fixById, sessionsThatDrop } from '../../runbook/fix-plan.ts';
import { afterwords, standing } from '../../runbook/fix-result.ts';
import { stepsOf } from '../fix-actions.ts';
import type { FixView } from '../fix-view.ts';
import { Rows, titleRule } from '../rows.tsx';
import { type Screen, useScreen } from '../screen.ts';
import { paint, type Theme } from '../theme.ts';
import { wrap } from '../width.ts';

/** A fix: its steps, what it asks for, exactly what it would do, how it goes, and what came of it. */
export function Fix({ dialog, columns, height }: { dialog: FixView; columns: number; height: number }) {
	const screen = useScreen();
	const { theme } = screen;
	const fix = fixById(dialog.fix);
	const isUndo = dialog.phase === 'undo';
	const about = `${fix?.title ?? dialog.fix} · ${dialog.safe}`;
	const title = titleRule(
		theme,
		isUndo ? 'Undo' : 'Fix',
		about,
		columns,
		true,
		dialog.phase === 'done' || dialog.phase === 'running' ? 'esc back' : 'esc no',
	);
	const say = (text: string) => wrap(` ${text}`, columns - 1, 1);
	const lines = [
		...(isUndo ? [] : stepLines(screen, dialog, columns)),
		...phaseLines(screen, dialog, columns, say),
		...(dialog.problem === null ? [] : ['', ...say(dialog.problem).map((line) => paint(theme, 'red', line))]),
	];
	// What is asked stands at the end, and has to be seen.
	const shown = lines.length > height ? [...lines.slice(0, 1), ...lines.slice(1 - height)] : lines;
	return <Rows lines={[title, ...shown]} columns={columns} height={height + 1} />;
}

function stepLines(screen: Screen, dialog: FixView, columns: number): string[] {
	if (dialog.phase === 'running' || dialog.phase === 'done') return [];
	const steps = stepsOf(screen, dialog);
	return [...steps.flatMap((step, index) => wrap(` ${index + 1} ${step}`, columns - 1, 3)), ''];
}

function phaseLines(screen: Screen, dialog: FixView, columns: number, say: (text: string) => string[]): string[] {
	const { theme } = screen;
	const typed = (lead: string, text: string) =>
		wrap(` ${lead}: ${text.replaceAll('\n', ' ⏎ ')}▏`, columns - 1, 3).map((line) => paint(theme, 'bold', line));
	switch (dialog.phase) {
		case 'ask': {
			const asked = askedBy(dialog.fix);
			if (asked === null) return say('These steps are done on the target or in VaultPAM; vpmon runs nothing of them.');
			return [
				...(asked.value === 'fingerprint' ? offeredLines(screen, dialog.safe) : []),
				...typed(asked.words, dialog.text),
				...(asked.value === 'fingerprint'
					? say(`or ${dialog.safe}, to take the offered key unseen`).map((line) => paint(theme, 'dim', line))
					: []),
			];
		}
		case 'checking':
			return say('Looking at it …');
		case 'preview': {
			const { plan, connector, sessionsOf, edit, diff } = dialog.ready;
			return [
				...(plan.commands.length === 0
					? []
					: [
							...say(`On the host of ${connector.name}; ${sessionsThatDrop(sessionsOf)}:`),
							...plan.commands.map((command) => paint(theme, 'bold', `   ${formatCommand(command)}`)),
						]),
				...(edit === null
					? []
					: [...say(`In ${edit.file}, our copy of what VaultPAM has:`), ...diffLines(theme, diff, columns)]),
				...(plan.isUnseen
					? say('This host key was compared by nobody. The audit file will say so.').map((line) =>
							paint(theme, 'yellow', line),
						)
					: []),
				'',
				...(plan.typed === null
					? say('y does it, esc leaves it as it is.')
					: typed(`Type ${plan.typed} to go on`, dialog.text)),
			];
		}
		case 'undo':
			return [
				...say(
					`Made ${formatIsoMoment(dialog.undo.entry.at, Date.now())} by ${dialog.undo.entry.user}. Taking it back changes in ${dialog.file}:`,
				),
				...diffLines(theme, dialog.undo.diff, columns),
				'',
				...say('y takes it back, esc leaves it as it is.'),
			];
		case 'running':
			return ['Working.', ...dialog.said].flatMap(say);
		case 'done': {
			const { problem, before, after, notSeen } = dialog.outcome;
			const words = afterwords(before, after, dialog.ready.edit !== null, notSeen);
			return [
				...(problem === null ? [] : say(`It did not work: ${problem}.`).map((line) => paint(theme, 'red', line))),
				...say(`before  ${standing(before)}`),
				...say(`after   ${standing(after)} · ${after.headline}`).map((line) => paint(theme, 'bold', line)),
				...(words === null
					? []
					: say(words).map((line) =>
							paint(theme, after.verdict === 'fail' || notSeen !== null ? 'yellow' : 'dim', line),
						)),
			];
		}
	}
}

/** Whole, one above the other. */
function offeredLines({ engine }: Screen, safe: string): string[] {
	const row = engine.session.safe(safe)?.result.checks['host-key'];
	return row === undefined ? [] : [...comparedKeys(row).map(([label, value]) => ` ${label.padEnd(8)} ${value}`), ''];
}

function diffLines(theme: Theme, diff: readonly string[], columns: number): string[] {
	return diff.flatMap((line) =>
		wrap(`   ${line}`, columns - 1, 5).map((part) => paint(theme, line.startsWith('-') ? 'red' : 'green', part)),
	);
}
