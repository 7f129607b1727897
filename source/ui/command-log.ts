import { formatIsoMoment } from '../domain/time.ts';
import { messageOf } from '../domain/user-error.ts';
import type { AnyAuditEntry, AuditEntry } from '../storage/audit.ts';
import { copyText } from './clipboard.ts';
import type { Screen } from './screen.ts';

/** What was run, changed and reported, here and in the past, by whom: the audit file as people read it. */

const most = 200;
const mostNamed = 5;
const phases: Readonly<Record<AuditEntry['phase'], string>> = {
	changing: 'begun',
	changed: 'changed',
	ran: 'run',
	failed: 'failed',
	undone: 'taken back',
};
const hidden = { all: 'all masked', others: 'other Safes masked', sensitive: 'sensitive Safes masked' } as const;

export function openCommands({ view }: Screen): void {
	import('../storage/audit.ts')
		.then(({ auditFile, auditProblem, readAudit }) => {
			const file = auditFile();
			// The last line of what was done says how it ended.
			const ends = [...Map.groupBy(readAudit(file), ({ id }) => id).values()].flatMap((lines) => lines.at(-1) ?? []);
			const entries = ends.slice(-most).reverse();
			view.patch({ dialog: { kind: 'commands', file, problem: auditProblem(), entries, offset: 0 } });
		})
		.catch((error: unknown) => view.patch({ notice: messageOf(error) }));
}

/** Newest first; commands with a $ in front, lines of the inventory with - and +. */
export function commandLines(entries: readonly AnyAuditEntry[], now: number): string[] {
	return entries.flatMap((entry) => {
		const [what, ...details] = describe(entry);
		return [`${formatIsoMoment(entry.at, now)}  ${entry.user} on ${entry.host}  ${what}`, ...details];
	});
}

/** What was done, then a line for each detail. */
function describe(entry: AnyAuditEntry): string[] {
	if ('fix' in entry) return describeFix(entry);
	switch (entry.action) {
		case 'init':
		case 'import':
		case 'add-target': {
			const end = entry.phase === 'changing' ? ' begun' : '';
			const to = entry.file === null ? '' : `  ${entry.file}`;
			return [`${entry.action}${end}  ${nameSome(entry)}${to}`, ...entry.diff.map((line) => `   ${line}`)];
		}
		case 'report':
			return [`report written  ${nameSome(entry)}, ${hidden[entry.hides]}  ${entry.path ?? 'to standard output'}`];
		case 'copy-report':
			return [`report copied  ${nameSome(entry)}, ${hidden[entry.hides]}`];
		case 'note':
			return [`note  ${entry.safe}: ${entry.note ?? 'taken away'}`];
	}
}

function describeFix({ fix, safe, connector, phase, before, after, commands, diff, unseen }: AuditEntry): string[] {
	const about = [safe, connector === null ? null : `via ${connector}`].filter((word) => word !== null).join(' ');
	const change = before === null ? '' : `: ${before}${after === null ? '' : ` → ${after}`}`;
	return [
		`${fix} ${phases[phase]}  ${about}${change}`,
		...commands.map((command) => `   $ ${command}`),
		...diff.map((line) => `   ${line}`),
		...(unseen ? ['   the host key was compared by nobody'] : []),
	];
}

function nameSome({ safes, count }: { readonly safes: readonly string[]; readonly count: number }): string {
	const names = safes.slice(0, mostNamed).join(', ');
	const left = count - Math.min(safes.length, mostNamed);
	if (count === 0) return 'no Safe';
	return left > 0 ? `${names} and ${left} more` : names;
}

export function copyCommands(screen: Screen): void {
	const { dialog } = screen.view.get();
	if (dialog?.kind !== 'commands') return;
	copyText(screen, commandLines(dialog.entries, Date.now()).join('\n'), 'the command log');
}
