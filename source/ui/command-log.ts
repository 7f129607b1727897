import { formatIsoMoment } from '../domain/time.ts';
import { messageOf } from '../domain/user-error.ts';
import type { AuditEntry } from '../storage/audit.ts';
import { copyText } from './clipboard.ts';
import type { Screen } from './screen.ts';

/** What fixes have run and changed, here and in the past, by whom: the audit file as people read it. */

const most = 200;
const phases: Readonly<Record<AuditEntry['phase'], string>> = {
	changing: 'begun',
	changed: 'changed',
	ran: 'run',
	failed: 'failed',
	undone: 'taken back',
};

export function openCommands({ view }: Screen): void {
	import('../storage/audit.ts')
		.then(({ auditFile, readAudit }) => {
			const file = auditFile();
			// The last line of a fix says how it ended.
			const ends = [...Map.groupBy(readAudit(file), ({ id }) => id).values()].flatMap((lines) => lines.at(-1) ?? []);
			view.patch({ dialog: { kind: 'commands', file, entries: ends.slice(-most).reverse(), offset: 0 } });
		})
		.catch((error: unknown) => view.patch({ notice: messageOf(error) }));
}

/** Newest first; commands with a $ in front, lines of the inventory with - and +. */
export function commandLines(entries: readonly AuditEntry[], now: number): string[] {
	return entries.flatMap(({ at, user, host, fix, safe, connector, phase, before, after, commands, diff, unseen }) => {
		const about = [safe, connector === null ? null : `via ${connector}`].filter((word) => word !== null).join(' ');
		const change = before === null ? '' : `: ${before}${after === null ? '' : ` → ${after}`}`;
		return [
			`${formatIsoMoment(at, now)}  ${user} on ${host}  ${fix} ${phases[phase]}  ${about}${change}`,
			...commands.map((command) => `   $ ${command}`),
			...diff.map((line) => `   ${line}`),
			...(unseen ? ['   the host key was compared by nobody'] : []),
		];
	});
}

export function copyCommands(screen: Screen): void {
	const { dialog } = screen.view.get();
	if (dialog?.kind !== 'commands') return;
	copyText(screen, commandLines(dialog.entries, Date.now()).join('\n'), 'the command log');
}
