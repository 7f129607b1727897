import { basename, dirname } from 'node:path';
import { useMemo } from 'react';
import { formatClock } from '../../domain/time.ts';
import type { PartState } from '../../engine/report-parts.ts';
import { describeMasking, describeSize } from '../../report/describe-report.ts';
import type { ReportDialog } from '../report-actions.ts';
import { Rows, titleRule } from '../rows.tsx';
import { useScreen } from '../screen.ts';
import { paint, type Theme } from '../theme.ts';
import { wrap } from '../width.ts';

/** The escalation report: how far its parts are, what would be written, where it is, or why it is nowhere. */
export function Report({ dialog, columns, height }: { dialog: ReportDialog; columns: number; height: number }) {
	const { theme, reportsDirectory, ends } = useScreen();
	const prepared = 'prepared' in dialog ? dialog.prepared : null;
	const body = useMemo(
		() => (prepared?.text ?? '').split('\n').flatMap((line) => wrap(` ${line}`, columns - 1, 2)),
		[prepared, columns],
	);
	const head = headLines(theme, dialog, columns, reportsDirectory);
	const isPreview = dialog.phase === 'preview';
	const room = Math.max(0, height - head.length);
	ends.dialog = isPreview ? Math.max(0, body.length - room) : 0;
	const start = Math.min(dialog.offset, ends.dialog);
	const more = isPreview ? body.length - start - room : 0;
	const about = `${dialog.about}${more > 0 ? ` · down for ${more} more lines` : ''}`;
	const title = titleRule(theme, 'Escalation report', about, columns, true, 'esc back');
	const lines = [title, ...head, ...(isPreview ? body.slice(start) : [])];
	return <Rows lines={lines} columns={columns} height={height + 1} />;
}

function headLines(theme: Theme, dialog: ReportDialog, columns: number, directory: string): string[] {
	const say = (text: string) => wrap(` ${text}`, columns - 1, 1);
	switch (dialog.phase) {
		case 'collecting':
			return [
				...say(`Collecting since ${formatClock(dialog.since)}, 15 s at most; esc gives it up.`),
				'',
				...dialog.states.map((state) => partLine(theme, state)),
			];
		case 'preview': {
			const { text, data, notice } = dialog.prepared;
			const size = describeSize(Buffer.byteLength(text));
			const missing = data.notCollected.map(({ part, reason }) => `without ${part}: ${reason}`);
			return [
				...say(`${describeMasking(data.masking)}.`).map((line) => paint(theme, 'bold', line)),
				...say(`Not written yet. Enter writes ${size} to ${directory}/, for your eyes only; y copies the text.`),
				...missing.flatMap(say).map((line) => paint(theme, 'yellow', line)),
				...(notice === null ? [] : say(notice)),
				paint(theme, 'dim', '─'.repeat(columns)),
			];
		}
		case 'writing':
			return say('Writing it.');
		case 'failed':
			return [
				...say(dialog.reason).map((line) => paint(theme, 'red', line)),
				...(dialog.prepared === null ? [] : ['', ...say('The text is still here: y copies it.')]),
			];
		case 'done':
			return [
				` Written, ${describeSize(dialog.bytes)}, readable by you only:`,
				'',
				// The name on a line of its own can be selected as one word.
				...say(`${dirname(dialog.path)}/`),
				...say(basename(dialog.path)).map((line) => paint(theme, 'bold', line)),
				'',
				...say(`${describeMasking(dialog.prepared.data.masking)}.`),
				...(dialog.notAudited === null ? [] : say(`Not told in the audit file: ${dialog.notAudited}`)).map((line) =>
					paint(theme, 'yellow', line),
				),
				' y copies the path. Attach the file to the support ticket.',
			];
	}
}

const glyphs = { waiting: '○', running: '◌', done: '✔', failed: '✖' } as const;
const colours = { waiting: 'dim', running: 'bold', done: 'green', failed: 'red' } as const;

function partLine(theme: Theme, { name, state, reason, ms }: PartState): string {
	const took = ms === null ? '' : ` in ${(ms / 1000).toFixed(1)} s`;
	const why = reason === null ? '' : `: ${reason}`;
	return paint(theme, colours[state], ` ${glyphs[state]} ${name.padEnd(9)} ${state}${took}${why}`);
}
