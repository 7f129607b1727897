import type { PseudonymKind } from './pseudonym.ts';

/**
 * Where a text names somebody, by the grammar of those who write logs: OpenSSH, PAM, logind, sudo, cron, Go, glibc, curl, netcat, Node,
 * syslog (RFC 3164, 5424), logfmt, JSON, LDAP. Each pattern has the name in a group that is called after its kind.
 */
export type Place = {
	/**
	 * How sure the place is that a name stands there. `sure`: whatever word it is. `pair`, `near`: but for the words that stand there in
	 * messages. `likely`: but for any word of English or of programs. In the first two a hidden name counts that is such a word;
	 * with `known` nothing else does.
	 */
	readonly strength: 'sure' | 'pair' | 'near' | 'likely' | 'known';
	/** One of these, in lower case, is in every text that the pattern finds something in. */
	readonly words: readonly string[];
	readonly pattern: RegExp;
};

export const groupKinds: Readonly<Record<string, PseudonymKind>> = {
	host: 'HOST',
	host2: 'HOST',
	user: 'USER',
	user2: 'USER',
	user3: 'USER',
	safe: 'SAFE',
};

/** Pieces of patterns: what a host, a user and what may stand around a name look like. */
export const host = String.raw`[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]{0,252}[\p{L}\p{N}_$])?`;
export const user = String.raw`[^\s"'\x60()<>{}\[\],;:|=&\\/@]{1,64}`;
export const quote = String.raw`[\\"'\x60\u201c\u2018\u00ab<\[(]{0,3}`;
/** Times of syslog: RFC 3164, and ISO 8601 as RFC 5424 has it. */
export const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
export const clock = String.raw`\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`;
export const isoTime = String.raw`\d{4}-\d\d-\d\d[T ]${clock}(?:Z|[+-]\d\d:?\d\d)?`;
/** What ends the name of a user in a line of sshd. */
export const afterUser = String.raw`(?=\s(?:from|by|not|on|is|has|does|with|at|logged|was|denied|failed|locked|refused|rejected|cannot|could|disconnected|expired|unknown|fehlgeschlagen|abgelehnt|gesperrt|unbekannt|nicht|inconnu|refus\u00e9|verrouill\u00e9|no|non|nie|desconocido|bloqueado|\d|\[)|\(|[.,;:]?(?:\s*$|\s*\n)|["'])`;
/** What names no user yet: `for invalid user bob`. */
export const not = String.raw`(?!(?:invalid|illegal|unknown|nonexistent|authenticating) user\b)`;

/** @param words the texts in which the pattern is worth a look, parted by blanks. */
export const place = (strength: Place['strength'], words: string, pattern: string, flags = 'giu'): Place => ({
	strength,
	words: words.split(' '),
	pattern: new RegExp(pattern, `${flags}d`),
});
