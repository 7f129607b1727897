import { cleanLine } from '../domain/clean.ts';
import { decodeEntry } from './journal-entry.ts';
import type { LogSource } from './log-source.ts';

const showTimeout = 5000; // Milliseconds.

/** `journalctl -u`, from the live journal or from saved journal files. */
export function journalSource(unit: string, directory: string | null): LogSource {
	const where = directory === null ? [] : ['--directory', directory];
	const base = ['journalctl', ...where, '-u', unit, '--output', 'json', '--all', '--no-pager'];
	return {
		name: `journal ${unit}`,
		mergesStreams: false,
		patience: 10_000,
		tailCommand: (lines) => [...base, '-n', String(lines)],
		followCommand: (lines, after) => [
			...base,
			'--follow',
			...(after === null ? ['-n', String(lines)] : ['--after-cursor', after, '-n', 'all']),
		],
		// systemd.time(7): @ and seconds since 1970.
		since: (command, time) => [...command, '--since', `@${Math.floor(time / 1000)}`],
		decode: (line, stream) => (stream === 'stderr' ? null : decodeEntry(line)),
		isComplaint: (line) => /no journal files|permission|not seeing messages|failed/i.test(line),
		explain(stderr, outcome) {
			if (outcome === 'not-found') return 'journalctl is not installed here';
			if (directory !== null && /no journal files were found/i.test(stderr)) {
				return `there are no journal files in ${directory}`;
			}
			if (/no journal files were (?:found|opened)/i.test(stderr)) {
				return 'no journal can be read here: join the group systemd-journal, or run vpmon with sudo';
			}
			if (/not seeing messages|permission/i.test(stderr))
				return 'only your own journal can be read: join the group systemd-journal, or run vpmon with sudo';
			if (/no such file/i.test(stderr)) return `there is no journal in ${directory ?? 'the usual place'}`;
			return cleanLine(stderr).slice(0, 200) || 'journalctl ended';
		},
		async whyEmpty(host) {
			if (directory !== null) return `the journal in ${directory} has no entry of ${unit}`;
			const { stdout } = await host.run(['systemctl', 'show', '--property=LoadState', '--', unit], {
				timeoutMs: showTimeout,
			});
			if (stdout.trim() === 'LoadState=not-found')
				return `there is no unit ${unit} here: systemctl list-units --type=service lists the names`;
			return `the journal has no entry of ${unit}: it has logged nothing yet`;
		},
	};
}
