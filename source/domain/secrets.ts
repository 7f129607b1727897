/**
 * Takes secrets out of text: private keys, tokens, passwords. Stands in front of everything shown or written, masked or not.
 * The pattern set is meant to remove too much rather than too little, but to leave ordinary log wording alone.
 */

export const removedSecret = '[secret removed]';

// Cheap first look: no line without one of these words or shapes holds a secret that the patterns below know.
const suspect =
	/-----|PuTTY-User-Key|bearer|basic|authorization|pass|pwd|secret|token|api[-_]?key|access[-_]?key|cookie|eyJ|:\/\/[^/\s]*@|AKIA|ASIA|gh[pousr]_|github_pat_|xox[abprs]-|sk-/i;

const name = String.raw`[\w.-]*(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key)[\w.-]*`;
const quotedValue = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\"(?:[^"\\]|\\[^"])*\\"`;
const bareValue = String.raw`[^\s,;&"'})\]]+`;

const patterns: ReadonlyArray<readonly [RegExp, string]> = [
	// Authorization: Bearer …, Authorization: Basic …, and the same words without the header's name.
	[
		/\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|negotiate|digest|token)\s+)?[^\s"',;}]+/gi,
		`$1${removedSecret}`,
	],
	[/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${removedSecret}`],
	[/\b((?:set-)?cookie["']?\s*:\s*)[^\r\n"]+/gi, `$1${removedSecret}`],
	// password=…, "token": "…", secret: …; the name may have a prefix and any quoting.
	[
		new RegExp(String.raw`((?:\b|_)${name}\\?["']?\s*(?:=|:)\s*)(?:${quotedValue}|${bareValue})`, 'gi'),
		`$1${removedSecret}`,
	],
	// --password hunter2
	[new RegExp(String.raw`(--?${name}\s+)(?!-)(?:${quotedValue}|${bareValue})`, 'gi'), `$1${removedSecret}`],
	// JSON Web Tokens (RFC 7519: base64url of '{"' is eyJ).
	[/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, removedSecret],
	// scheme://user:password@host
	[/(\b[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*):[^/\s@]+@/gi, `$1:${removedSecret}@`],
	// AWS, GitHub, Slack and other tokens that are known by their shape.
	[/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, removedSecret],
	[/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{20,})/g, removedSecret],
];

const keyBegins = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d+:/;
const keyEnds = /-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|Private-MAC:/;
const wholeKeys =
	/(?:-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$(?![\s\S])))|(?:PuTTY-User-Key-File-\d+:[\s\S]*?(?:Private-MAC:[^\n]*|$(?![\s\S])))/g;

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
