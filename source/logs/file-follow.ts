import type { Decode, LineCount } from './log-source.ts';

/**
 * Follows a file by name in a POSIX shell, and loses nothing over a rotation: `tail -F` lets go of the old file as soon as there is a
 * new one, while the writer still writes to the old one until it is told (logrotate's `create` loses some hundred lines so). Here the
 * old one is read to its end, and for as long as it still grows, before the new one is begun. Truncation is tail's own work.
 * Arguments: path, lines, and for a resume the inode and the bytes of it that were read. Each file is announced in the stream by a
 * line of its own: record separator, inode, bytes before what follows.
 */
const script = `
path=$1 lines=$2 inode=$3 offset=$4
tailer=
trap 'kill $tailer $! 2>/dev/null' EXIT
trap 'trap "" TERM HUP INT; exit' TERM HUP INT
# Interrupted at once by a signal, and the end when the one that reads is gone.
pause() { [ -e /proc/$PPID ] || exit; sleep "$1" & wait $!; }
plain() { [ ! -e "$path" ] || [ -f "$path" ] || { echo "tail: $path: no plain file" >&2; false; }; }
announce() { printf '\\036vpmon file %s %s\\n' "$1" "$2"; }
every= settle=2
tail --version >/dev/null 2>&1 && every="-s 0.2 --pid=$$" settle=1 # GNU; others look once a second.
first=yes
while :; do
	until plain && tail -c 1 -- "$path" >/dev/null && command exec 3<"$path"; do pause 1; done
	set -- $(stat -Lc '%i %s' /dev/fd/3)
	start=0
	if [ "$first" = yes ] && [ -z "$inode" ]; then
		window=$(($2 > ${8 * 1024 * 1024} ? ${8 * 1024 * 1024} : $2))
		start=$(($2 - $(tail -c "+$(($2 - window + 1))" /dev/fd/3 | head -c "$window" | tail -n "$lines" | wc -c)))
	elif [ "$first" = yes ] && [ "$inode" = "$1" ]; then
		[ "$offset" -le "$2" ] && start=$offset
	elif [ "$first" = yes ]; then
		old=$(find "$(dirname -- "$path")" -maxdepth 1 -inum "$inode" ! -name '*.gz' | head -n 1)
		[ -n "$old" ] && announce "$inode" "$offset" && tail -c "+$((offset + 1))" -- "$old"
	fi
	first=no
	announce "$1" "$start"
	tail $every -c "+$((start + 1))" -f /dev/fd/3 &
	tailer=$!
	gone=no
	while kill -0 $tailer 2>/dev/null && { [ ! -e "$path" ] || [ "$path" -ef /dev/fd/3 ]; }; do
		[ $gone = no ] && [ ! -e "$path" ] && gone=yes && echo "tail: $path was moved: No such file" >&2
		pause 1
	done
	size=
	while kill -0 $tailer 2>/dev/null && now=$(stat -Lc %s /dev/fd/3) && [ "$now" != "$size" ]; do size=$now; pause $settle; done
	kill $tailer 2>/dev/null || exit
	wait $tailer
done`;

/** The command that follows a file: its last lines first, or what came after a position. */
export function followFile(path: string, lines: LineCount, after: string | null): readonly string[] {
	const [inode = '', offset = ''] = after?.split(':') ?? [];
	return ['sh', '-c', script, 'vpmon-follow', path, countOf(lines), inode, offset];
}

/** tail(1): `+1` is from the first line on. */
export function countOf(lines: LineCount): string {
	return lines === 'all' ? '+1' : String(lines);
}

const announcement = /^(.*)\u001evpmon file (\d+) (\d+)$/s;
const truncated = /file truncated$/;

/** Takes the announcements out of the stream and counts the bytes after them: a position is `inode:bytes`. */
export function createFileDecoder(decode: (line: string) => ReturnType<Decode>): Decode {
	let inode: string | null = null;
	let offset = 0;
	return (line, stream, bytes) => {
		if (stream === 'stderr') {
			if (truncated.test(line)) offset = 0;
			return null;
		}
		const match = announcement.exec(line);
		// The last line of a file may have no end.
		const text = match === null ? line : (match[1] ?? '');
		if (match === null) offset += bytes;
		else {
			inode = match[2] ?? null;
			offset = Number(match[3]);
			if (text === '') return null;
		}
		const decoded = decode(text);
		return decoded === null || inode === null ? decoded : { ...decoded, position: `${inode}:${offset}` };
	};
}
