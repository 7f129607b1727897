import { cleanLine } from '../domain/clean.ts';
import { kindOfText } from './log-line.ts';
import type { LineCount, LogSource } from './log-source.ts';

const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s;
/** Characters that the pieces of a long line hold at least: docker's 16 KiB, the 8 KiB of podman's conmon. */
const shortestPiece = 2048;
const longestStamp = '2026-11-22T08:00:00.123456789Z'.length;

/** Stamps of one width in one zone sort as text. Docker's are so already; podman's end with their last digit and name the local zone. */
function sortable(stamp: string, time: number): string {
	if (stamp.length === longestStamp && stamp.endsWith('Z')) return stamp;
	const fraction = /\.(\d+)/.exec(stamp)?.[1] ?? '';
	return `${new Date(time).toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z`;
}

const pieceStamp = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z /g;
const longestWrite = 1000; // Milliseconds from the first piece of a line to its last.

/** A long line is kept in pieces, and each comes with a stamp before it: docker's is that of the first piece, podman's its own. */
function joinPieces(text: string, time: number): string {
	let from = 0;
	return text.replace(pieceStamp, (stamp, at: number) => {
		const lag = Date.parse(stamp.trimEnd()) - time;
		if (at - from < shortestPiece || lag < 0 || lag > longestWrite) return stamp;
		from = at + stamp.length;
		return '';
	});
}

const versionTimeout = 3000; // Milliseconds.

/** podman knows no `all`, and takes -n for --names. */
const tail = (lines: LineCount) => (lines === 'all' ? [] : ['--tail', String(lines)]);

/** Docker begins with the line of that very time, podman after it: both do with a moment earlier. What was read is known again. */
const justBefore = (stamp: string) => new Date(Date.parse(stamp) - 1).toISOString();

/** What the package podman-docker says before each answer. */
const emulation = /^Emulate Docker CLI using podman/;

/** `docker logs` or `podman logs`: the container's stdout and stderr, merged by the engine's time stamps. */
export function dockerSource(container: string): LogSource {
	return {
		name: `docker ${container}`,
		mergesStreams: true,
		patience: 3000,
		// podman 4.3 reads the tail, then follows from the end there is by then: what was written meanwhile would be lost.
		tailsApart: async (host) =>
			(await host.run(['docker', '--version'], { timeoutMs: versionTimeout })).stdout.startsWith('podman'),
		tailCommand: (lines) => ['docker', 'logs', '--timestamps', ...tail(lines), '--', container],
		followCommand: (lines, after) => [
			'docker',
			'logs',
			'--timestamps',
			'--follow',
			...(after === null ? tail(lines) : ['--since', justBefore(after)]),
			'--',
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
			const time = Date.parse(stamp);
			if (Number.isNaN(time)) return null;
			const text = rest.length > shortestPiece ? joinPieces(rest, time) : rest;
			return { time, text, kind: kindOfText(text), position: sortable(stamp, time) };
		},
		// The container's own lines are all stamped, so this is the docker client itself.
		isComplaint: (line) => !emulation.test(line),
		explain(stderr, outcome) {
			if (outcome === 'not-found') return 'neither docker nor podman is installed here';
			if (/permission denied/i.test(stderr)) {
				return 'no permission on the docker socket: add yourself to the group docker, or run vpmon with sudo';
			}
			if (/no container with name or ID/.test(stderr))
				return `there is no container named ${container}: podman ps -a lists the names of this user alone`;
			if (/no such container/i.test(stderr))
				return `there is no container named ${container}: docker ps -a lists the names`;
			if (/cannot connect|is the docker daemon running|no such file/i.test(stderr))
				return 'the docker engine does not answer: systemctl status docker';
			if (/does not support reading|cannot read logs/i.test(stderr))
				return "the container's logging driver keeps no log that can be read: use json-file, local or journald";
			return cleanLine(stderr).slice(0, 200) || 'docker logs ended: the container stopped';
		},
		whyEmpty: async () => `${container} has logged nothing yet`,
	};
}
