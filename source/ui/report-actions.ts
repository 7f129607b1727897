import type { Safe } from '../domain/inventory.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import type { PartState } from '../engine/report-parts.ts';
import { copyText } from './clipboard.ts';
import type { Screen } from './screen.ts';
import type { Dialog } from './view.ts';

/** The escalation report on the screen: collect, look, write. Collecting writes nothing. */

export type ReportDialog = Extract<Dialog, { kind: 'report' }>;

/** Loaded with the first report: the screen's first frame does not wait for it. */
const load = () => import('../engine/collect-report.ts');

/** Collects one report about these Safes and shows what would be written. What a masked screen shows is masked in the file too. */
export function openReport(screen: Screen, safes: readonly Safe[]): void {
	const { engine, view, openPseudonyms } = screen;
	const [first] = safes;
	if (first === undefined) return;
	const stop = new AbortController();
	const about = safes.length === 1 ? first.name : `${safes.length} Safes, ${first.name} …`;
	const base = { kind: 'report', about, safes: safes.map(({ name }) => name), offset: 0 } as const;
	const reports = (change: 1 | -1) => ({ reportsUnderWay: view.get().reportsUnderWay + change, isLeaving: false });
	const come = (report: ReportDialog) => {
		if (!stop.signal.aborted) show(screen, report);
		view.patch(reports(-1));
	};
	const since = Date.now();
	const collecting = (states: readonly PartState[]): ReportDialog => ({
		...base,
		phase: 'collecting',
		since,
		states,
		cancel: () => stop.abort(),
	});
	view.patch({ dialog: collecting([]), ...reports(1) });
	const collect = async () => {
		const [{ collectReport }, numbering] = await Promise.all([load(), openPseudonyms()]);
		return collectReport(engine, safes, {
			hides: view.get().isMasked ? 'all' : 'others',
			sessionError: null,
			numbering,
			signal: stop.signal,
			onProgress: (states) => {
				const { dialog } = view.get();
				const shown = dialog?.kind === 'help' ? dialog.under : dialog;
				if (shown?.kind === 'report' && shown.phase === 'collecting') show(screen, collecting(states));
			},
		});
	};
	collect().then(
		(prepared) => come({ ...base, phase: 'preview', prepared }),
		(error: unknown) => come({ ...base, phase: 'failed', prepared: null, ...wordsOf(error) }),
	);
}

/** Where the report is must not be missed: it comes over what was opened meanwhile, but not over a text that is being typed or the help. */
function show({ view }: Screen, report: ReportDialog): void {
	const { dialog } = view.get();
	if (dialog?.kind === 'words') view.patch({ dialog: { ...dialog, next: report } });
	else view.patch({ dialog: dialog?.kind === 'help' ? { ...dialog, under: report } : report });
}

/** Writes what is shown. */
export function writeShown(screen: Screen): void {
	const { view, reportsDirectory } = screen;
	const { dialog } = view.get();
	if (dialog?.kind !== 'report' || dialog.phase !== 'preview') return;
	const { kind, about, safes, prepared } = dialog;
	const base = { kind, about, safes, offset: 0, prepared } as const;
	const reports = (change: 1 | -1) => ({ reportsUnderWay: view.get().reportsUnderWay + change, isLeaving: false });
	const come = (report: ReportDialog) => {
		show(screen, report);
		view.patch(reports(-1));
	};
	view.patch({ dialog: { ...base, phase: 'writing' }, ...reports(1) });
	const write = async () => {
		const [{ writePrepared }, { refuseOpenReports }] = await Promise.all([load(), import('../storage/directories.ts')]);
		refuseOpenReports();
		const written = await writePrepared(reportsDirectory, prepared);
		return { ...written, notAudited: await audit(dialog, 'report', written.path) };
	};
	write().then(
		(written) => come({ ...base, phase: 'done', ...written }),
		(error: unknown) => come({ ...base, phase: 'failed', ...wordsOf(error) }),
	);
}

/** The path of what was written; before that, and where it could not be, the text itself. */
export function copyReport(screen: Screen): void {
	const { dialog } = screen.view.get();
	if (dialog?.kind !== 'report') return;
	if (dialog.phase === 'done') return copyText(screen, dialog.path, 'the path');
	const text = dialog.phase === 'collecting' ? '' : (dialog.prepared?.text ?? '');
	copyText(screen, text, 'the report');
	void audit(dialog, 'copy-report', null).then((problem) => {
		if (problem !== null) screen.view.patch({ notice: `copied, and not told in the audit file: ${problem}` });
	});
}

/** Returns why the audit file does not tell of it, or null. */
async function audit(
	{ safes, ...dialog }: ReportDialog,
	action: 'report' | 'copy-report',
	path: string | null,
): Promise<string | null> {
	if (!('prepared' in dialog) || dialog.prepared === null) return null;
	const { auditReport } = await import('../storage/audit-deeds.ts');
	return auditReport({ action, path, safes, hides: dialog.prepared.data.masking.hides });
}

/** Leaves the dialog; a report that is being collected is given up. */
export function leaveReport({ view }: Screen, dialog: ReportDialog): void {
	if (dialog.phase === 'collecting') dialog.cancel();
	const notices: Partial<Record<ReportDialog['phase'], string>> = {
		collecting: 'the report was given up, nothing was written',
		preview: 'the report was not written',
	};
	view.patch({ dialog: null, notice: notices[dialog.phase] ?? null });
}

function wordsOf(error: unknown): { reason: string; nextStep: string } {
	return { reason: messageOf(error), nextStep: error instanceof UserError ? error.nextStep : '' };
}
