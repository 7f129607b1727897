/**
 * Takes secrets out of text: private keys, tokens, passwords. Stands in front of everything shown or written, masked or not.
 * The pattern set is meant to remove too much rather than too little, but to leave ordinary log wording alone.
 */

export const removedSecret = '[secret removed]';

// Cheap first look: no line without one of these words or shapes holds a secret that the patterns below know.
const suspect =
	/-----|PuTTY-User-Key|bearer|basic|authorization|pass|pwd|secret|token|access|api|private|cookie|accountkey|eyJ|:\/\/[^\s]{0,1100}@|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|npm_|xox[abprs]-|sk-/i;

// Every repetition is bounded and none can begin inside another of its kind, so that no line takes much longer than another.
// A value stands on the line of its name: the next line may be the one that tells.
const blank = String.raw`[^\S\r\n]`;
const blanks = `${blank}{0,64}`;
const word = String.raw`(?:passw(?:or)?d|passwd|passphrase|(?<![a-z])pass(?![a-z])|pwd|secret|token|api[-_]?key|access[-_]?key|account[-_]?key|(?<!parse )private[-_]?key)[\w.-]{0,80}`;
const quotedValue = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\"(?:[^"\\]|\\[^"])*\\"`;
/** Also a quote that never ends, as where a line was cut. What was removed before stays as it is: texts pass here more than once. */
const bareValue = String.raw`(?!\[secret removed\])(?:"[^"\r\n]*|'[^'\r\n]*|[^\s"'})\]]+)`;
const value = `(?:${quotedValue}|${bareValue})`;

const patterns: ReadonlyArray<readonly [RegExp, string]> = [
	// "Authorization": "…", whatever is in its quotes; without quotes of its own, to the end of the line.
	[
		new RegExp(
			String.raw`\b((?:proxy-)?authorization\\?["']${blanks}[:=]${blanks})(?:${quotedValue}|[^\r\n]{1,8000})`,
			'gi',
		),
		`$1${removedSecret}`,
	],
	[
		new RegExp(String.raw`\b((?:proxy-)?authorization${blanks}[:=]${blanks})[^\r\n]{1,8000}`, 'gi'),
		`$1${removedSecret}`,
	],
	[new RegExp(String.raw`\b(bearer|basic)${blank}{1,64}[\w.~+/=-]{8,}`, 'gi'), `$1 ${removedSecret}`],
	[new RegExp(String.raw`\b((?:set-)?cookie["']?${blanks}:${blanks})[^\r\n"]+`, 'gi'), `$1${removedSecret}`],
	// scheme://user:password@host; a password may hold a slash or an @.
	[/(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^/\s:@"']{0,256}):[^\s"'<>]{1,1024}@/gi, `$1:${removedSecret}@`],
	// password=…, "token": "…", db_secret: …, passwd for deploy: …, in any quoting, also URL-encoded.
	[
		new RegExp(String.raw`(${word}(?: for \S{1,64}?)?\\?["']?${blanks}(?:=|:|%3D)${blanks})${value}`, 'gi'),
		`$1${removedSecret}`,
	],
	// --password hunter2
	[new RegExp(String.raw`(--?[\w-]{0,80}${word}${blank}{1,64})(?!-)${value}`, 'gi'), `$1${removedSecret}`],
	// JSON Web Tokens (RFC 7519: base64url of '{"' is eyJ).
	[/(?<![\w-])eyJ[\w-]{5,4000}\.[\w-]{5,8000}(?:\.[\w-]{0,4000})?/g, removedSecret],
	// AWS, GitHub, GitLab, npm, Slack and other tokens that are known by their shape.
	[/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, removedSecret],
	[
		/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,})/g,
		removedSecret,
	],
];

const keyBegins = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d+:/;
const keyEnds = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|Private-MAC:/;
const wholeKeys =
	/(?:-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$(?![\s\S])))|(?:PuTTY-User-Key-File-\d+:[\s\S]*?(?:Private-MAC:[^\n]*|$(?![\s\S])))/g;

export const removedKey = '[private key removed]';

/** A whole text without its secrets; private keys may span lines, and one that never ends takes the rest with it. */
export function removeSecrets(text: string): string {
	if (!suspect.test(text)) return text;
	let result = text.replace(wholeKeys, removedKey);
	for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
	return result;
}

/** A private key in a log that never ends must not swallow the log: no key file has more lines than this. */
const longestKeyLines = 120;

/**
 * The same for a stream of lines: remembers whether a private key is open. Returns null for a line inside a key, so that the
 * caller can leave it out; the line on which the key began says what was removed.
 */
export function createSecretRemover(): (line: string) => string | null {
	let linesInKey = 0;
	return (line) => {
		if (linesInKey > 0) {
			const end = keyEnds.exec(line);
			if (end === null && linesInKey < longestKeyLines) {
				linesInKey++;
				return null;
			}
			linesInKey = 0;
			if (end === null) return removeSecrets(line);
			const rest = line.slice(end.index + end[0].length).trim();
			return rest === '' || end[0] === 'Private-MAC:' ? null : removeSecrets(rest);
		}
		const begin = keyBegins.exec(line);
		if (begin !== null && !keyEnds.test(line.slice(begin.index))) {
			linesInKey = 1;
			return removeSecrets(line.slice(0, begin.index)) + removedKey;
		}
		return removeSecrets(line);
	};
}
