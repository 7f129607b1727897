import { shellWord } from '../domain/shell-word.ts';

/**
 * What a program is wrapped in on a remote host: sshd hands one line to the login shell of the user, which may be any; from there on
 * it is a POSIX shell. The line has no line feed and no exclamation mark, which some shells read even inside quotes.
 *
 * A program without input watches its stdin in place of it: the end of that is the end of the channel, or of the connection, and ends
 * the program, at last by SIGKILL, and with it what it started: it is a process group of its own where there is setsid(1). Else a followed log that says nothing would stay there for ever: sshd ends nothing by itself.
 */
const prepare =
	'LC_ALL=C TZ=UTC PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export LC_ALL TZ PATH; cd /; ' +
	'f=$(command -v -- "$1") || exit 127; case $f in */*) [ -x "$f" ] || exit 126;; esac; ';
const watched =
	'exec 3<&0; trap : TERM; s=$(command -v setsid); $s "$@" 3<&- </dev/null & p=$!; ' +
	'k() { kill -$1 -$p || kill -$1 $p; }; ' +
	'{ trap : TERM; cat <&3; k TERM; sleep 2; k KILL; } >/dev/null 2>&1 & w=$!; exec 3<&- </dev/null; ' +
	'wait $p; c=$?; while kill -0 $p 2>/dev/null; do wait $p; c=$?; done; kill -9 $w 2>/dev/null; ' +
	'{ kill -TERM -$p && sleep 1 && kill -KILL -$p; } >/dev/null 2>&1 & exit $c';
const withInput = 'exec "$@"';

/** One line for the login shell. */
export function remoteCommand(argv: readonly string[], { hasInput }: { hasInput: boolean }): string {
	const script = prepare + (hasInput ? withInput : watched);
	return `exec sh -c ${quoted(script)} sh ${argv.map(word).join(' ')}`;
}

/** fish(1) reads a backslash inside single quotes; outside of them all shells read one alike. */
function word(text: string): string {
	return text.includes('\\') ? text.split('\\').map(quoted).join(String.raw`\\`) : shellWord(text);
}

function quoted(text: string): string {
	return text === '' ? '' : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** What the exit code of the wrapper says about starting the program (POSIX, Shell Command Language, section 2.8.2). */
export function startFailure(exitCode: number | null): 'not-found' | 'not-permitted' | null {
	if (exitCode === 127) return 'not-found';
	return exitCode === 126 ? 'not-permitted' : null;
}
