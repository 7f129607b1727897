import { cleanLine } from '../domain/clean.ts';
import { kindOfText } from './log-line.ts';
import type { LogSource } from './log-source.ts';

const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s;
const shortestPiece = 4096; // Characters that 16 KiB hold at least.
const longestStamp = '2026-11-22T08:00:00.123456789Z'.length;

/** Stamps of one width in one zone sort as text. Docker's are so already; podman's end with their last digit and name the local zone. */
function sortable(stamp: string, time: number): string {
	if (stamp.length === longestStamp && stamp.endsWith('Z')) return stamp;
	const fraction = /\.(\d+)/.exec(stamp)?.[1] ?? '';
	return `${new Date(time).toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z`;
}

/** `docker logs`: the container's stdout and stderr, merged by the engine's time stamps. */
export function dockerSource(container: string): LogSource {
	return {
		name: `docker ${container}`,
		mergesStreams: true,
		tailCommand: (lines) => ['docker', 'logs', '--timestamps', '-n', String(lines), container],
		followCommand: (lines, after) => [
			'docker',
			'logs',
			'--timestamps',
			'--follow',
			...(after === null ? ['-n', String(lines)] : ['--since', after]),
			container,
		],
		// Stopping, restarting and making it anew under its name all end the stream; none of them moves a file that could be watched.
		wakeCommand: [
			'docker',
			'events',
			'--filter',
			`container=${container}`,
			'--filter',
			'event=start',
			'--format',
			'{{.ID}}',
		],
		since: ([docker = 'docker', logs = 'logs', ...rest], time) => [
			docker,
			logs,
			'--since',
			new Date(time).toISOString(),
			...rest,
		],
		decode(line) {
			const match = stamped.exec(line);
			if (match === null) return null;
			const [, stamp = '', rest = ''] = match;
			// A line over 16 KiB is kept in pieces, and each piece has the stamp of the first before it.
			const text = rest.length > shortestPiece ? rest.replaceAll(`${stamp} `, '') : rest;
			const time = Date.parse(stamp);
			return { time, text, kind: kindOfText(text), position: sortable(stamp, time) };
		},
		// The container's own lines are all stamped, so this is the docker client itself.
		isComplaint: () => true,
		explain(stderr, outcome) {
			if (outcome === 'not-found') return 'docker is not installed here';
			if (/permission denied/i.test(stderr)) {
				return 'no permission on the docker socket: add yourself to the group docker, or run vpmon with sudo';
			}
			if (/no such container/i.test(stderr))
				return `there is no container named ${container}: docker ps -a lists the names`;
			if (/cannot connect|is the docker daemon running|no such file/i.test(stderr))
				return 'the docker engine does not answer: systemctl status docker';
			if (/does not support reading/i.test(stderr))
				return "the container's logging driver keeps no log that can be read: use json-file, local or journald";
			return cleanLine(stderr).slice(0, 200) || 'docker logs ended: the container stopped';
		},
		whyEmpty: async () => `${container} has logged nothing yet`,
	};
}
