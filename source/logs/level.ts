import type { LogLine } from './log-line.ts';

/** How bad a line says it is, as a word for people. */
export type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

const spellings: Readonly<Record<Level, readonly string[]>> = {
	TRACE: ['trace', 'trce', 'trc', 'finest', 'finer', 'verbose'],
	DEBUG: ['debug', 'dbug', 'dbg', 'debu', 'fine'],
	INFO: ['info', 'inf', 'information', 'informational', 'notice', 'note', 'success'],
	WARN: ['warn', 'warning', 'wrn'],
	ERROR: ['error', 'err', 'eror', 'erro', 'severe'],
	FATAL: ['fatal', 'ftl', 'critical', 'crit', 'panic', 'dpanic', 'emerg', 'emergency', 'alert'],
};
const levels: ReadonlyMap<string, Level> = new Map(
	(Object.keys(spellings) as Level[]).flatMap((level) => spellings[level].map((word) => [word, level] as const)),
);

/** A level by its name in any case; slog writes `WARN+2` for what lies between two. Null for a word that is none. */
export function levelOfWord(word: string): Level | null {
	return levels.get(word.toLowerCase().replace(/[+-]\d+$/, '')) ?? null;
}

/** syslog(3): 0 emergency to 7 debug. Also what journald's PRIORITY and GELF's level hold. */
export function levelOfPriority(priority: number): Level | null {
	if (!Number.isInteger(priority) || priority < 0 || priority > 7) return null;
	if (priority <= 2) return 'FATAL';
	return (['ERROR', 'WARN', 'INFO', 'INFO', 'DEBUG'] as const)[priority - 3] ?? null;
}

/** pino and bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. Smaller numbers mean something else to every library. */
export function levelOfNumber(number: number): Level | null {
	if (number < 10 || number >= 100) return null;
	return (
		(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const)[Math.min(Math.floor(number / 10), 6) - 1] ?? null
	);
}

const headLength = 120; // Characters: a level stands near the beginning, what follows is the message.
const longestSearched = 2000;
const words = Object.values(spellings).flat().join('|');
const upperWords = words.toUpperCase();

// sd-daemon(3): `<3>` before a message is its priority.
const daemonPrefix = /^<([0-7])>/;
// klog header: level letter, month and day, time, thread, file:line.
const klog = /^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ [^\s\]]+:\d+\]/;
// logfmt, where the field may stand anywhere; also JSON that was cut or stands behind other words.
const field = new RegExp(
	String.raw`(?:^|[\s,{"'])(?:level|lvl|severity|loglevel|log\.level)["']?\s{0,4}[=:]\s{0,4}["']?(${words})(?:[+-]\d+)?(?=["'\s,}]|$)`,
	'i',
);
// A word in capitals; in any case where it begins the line, stands in brackets, or a colon follows.
const capitals = new RegExp(String.raw`(?<![\w.=/-])(${upperWords})(?![\w=/.-]\w|\w)`);
const marked = new RegExp(
	String.raw`^(err(?:or)?|warn(?:ing)?|fatal|panic|info|debug|trace)(?=[\s:|]|$)|[[<(](${words})[\])>]|(?:^|\s)(${words}):(?=\s|$)`,
	'i',
);
const klogLevels: Readonly<Record<string, Level>> = { I: 'INFO', W: 'WARN', E: 'ERROR', F: 'FATAL' };

/** The level a line without structure of its own names: the first one counts, since later ones are part of the message. */
export function levelOfText(text: string): Level | null {
	const head = text.length > headLength ? text.slice(0, headLength) : text;
	const priority = daemonPrefix.exec(head)?.[1];
	if (priority !== undefined) return levelOfPriority(Number(priority));
	const letter = klog.exec(head)?.[1];
	if (letter !== undefined) return klogLevels[letter] ?? null;
	const named = field.exec(text.length > longestSearched ? text.slice(0, longestSearched) : text)?.[1];
	if (named !== undefined) return levelOfWord(named);
	const [capital, mark] = [capitals.exec(head), marked.exec(head)];
	const first = capital !== null && (mark === null || capital.index <= mark.index) ? capital : mark;
	return first === null ? null : levelOfWord(first.slice(1).find((word) => word !== undefined) ?? '');
}

/** What a level means for how a line is shown. */
export function kindOfLevel(level: Level | null): LogLine['kind'] {
	if (level === 'ERROR' || level === 'FATAL') return 'error';
	return level === 'WARN' ? 'warning' : 'log';
}
