import { cleanLine } from '../../domain/clean.ts';
import { findDisguised } from '../text/encoded-text.ts';
import { decodedView } from '../text/text-view.ts';
import { tokenShapes } from './token-shapes.ts';

/**
 * Takes secrets out of text: private keys, tokens, passwords. Stands in front of everything shown or written, masked or not.
 * The pattern set is meant to remove too much rather than too little, but to leave ordinary log wording alone.
 */

export const removedSecret = '[secret removed]';
export const removedKey = '[private key removed]';

// Every repetition is bounded and none can begin inside another of its kind, so that no line takes much longer than another.
// A value stands on the line of its name: the next line may be the one that tells.
const blank = String.raw`[^\S\r\n]`;
const blanks = `${blank}{0,64}`;
const word = String.raw`(?:passw(?:or)?d|passwd|passphrase|passcode|(?<![a-z])pass(?![a-z])|pwd|secret|token|api[-_]?key|access[-_]?key|account[-_]?key|auth[-_]?key|(?:signing|encryption|master|shared|secret)[-_]?key|(?<!parse )private[-_]?key|(?<![a-z])(?:jwt|otp)(?![a-z]))[\w.-]{0,80}`;
const quotedValue = String.raw`"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'|\\"(?:[^"\\\r\n]|\\[^"\r\n])*\\"`;
/** What a log says about a secret, and is none. */
const state = String.raw`(?:absent|bad|denied|disabled|empty|enabled|expired|expires|failed|false|found|incorrect|invalid|missing|n\/a|needed|nil|no|none|not|null|ok|rejected|removed|renewed|required|revoked|rotated|set|true|undefined|unknown|unset|valid|wrong|yes)(?![\w.+/=@#$%^&*!~-])`;
/** Also a quote that never ends, as where a line was cut. What was removed before stays as it is: texts pass here more than once. */
const bareValue = String.raw`(?!\[(?:secret|private key) removed\])(?!${state})(?![|>\\][-+\d]{0,2}${blanks}(?:[\r\n]|$))(?:"[^"\r\n]*|'[^'\r\n]*|[^\s"'})\]]+)`;
const value = `(?:${quotedValue}|${bareValue})`;
const assigns = `(?:=>|:=|={1,2}|:{1,2}|%3D|%3A)`;

/** One of these words, in lower case, is in every text that the pattern changes. */
type Pattern = readonly [words: readonly string[], pattern: RegExp, replacement: string];

const names = ['pass', 'pwd', 'secret', 'token', 'key', 'jwt', 'otp'];

const patterns: readonly Pattern[] = [
	// "Authorization": "…", whatever is in its quotes; without quotes of its own, to the end of the line.
	[
		['authorization'],
		new RegExp(
			String.raw`\b((?:proxy-)?authorization\\?["']${blanks}(?:=>|[:=])${blanks})(?:${quotedValue}|[^\r\n]{1,8000})`,
			'gi',
		),
		`$1${removedSecret}`,
	],
	[
		['authorization'],
		new RegExp(String.raw`\b((?:proxy-)?authorization${blanks}[:=]${blanks})[^\r\n]{1,8000}`, 'gi'),
		`$1${removedSecret}`,
	],
	[
		['bearer', 'basic'],
		new RegExp(String.raw`\b(bearer|basic)${blank}{1,64}[\w.~+/=-]{8,}`, 'gi'),
		`$1 ${removedSecret}`,
	],
	[
		['cookie'],
		new RegExp(String.raw`\b((?:set-)?cookie2?\\?["']?${blanks}(?::|=)${blanks})(?:${quotedValue}|[^\r\n"]+)`, 'gi'),
		`$1${removedSecret}`,
	],
	// Cookies of sessions, by the names that servers give them.
	[
		['sessid', 'sessionid', '.sid', '__secure-', '__host-'],
		/\b((?:[A-Z]{0,6}SESS(?:ION)?ID|sessionid|connect\.sid|(?:__(?:Secure|Host)-)[\w.-]{1,64})=)[^\s;,"'&]{6,}/gi,
		`$1${removedSecret}`,
	],
	// scheme://user:password@host; a password may hold a slash or an @.
	[['@'], /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^/\s:@"']{0,256}):[^\s"'<>]{1,1024}@/gi, `$1:${removedSecret}@`],
	// A token in place of the user: https://ghp_…@github.com
	[['@'], /(\bhttps?:\/\/)[\w-]{20,1024}@/gi, `$1${removedSecret}@`],
	// Signatures that open what a URL names: AWS, Azure, Google.
	[
		['sig=', 'signature=', 'credential='],
		/([?&](?:sig|signature|X-(?:Amz|Goog)-Signature|X-Amz-Credential)=)[^\s&"']{6,}/gi,
		`$1${removedSecret}`,
	],
	// <password>…</password>
	[names, new RegExp(String.raw`(<(?:[\w-]{0,40}[:-])?${word}>)[^<\r\n]{1,4000}`, 'gi'), `$1${removedSecret}`],
	// password=…, "token": "…", db_secret: …, :password => "…", passwd for deploy: …, in any quoting, also URL-encoded.
	[
		names,
		new RegExp(
			String.raw`(${word}(?: for \S{1,64}?)?\\?["'\]]{0,2}${blanks}${assigns}${blanks}(?!\[(?:secret|private key) removed\])(?:\[${blanks})?)${value}`,
			'gi',
		),
		`$1${removedSecret}`,
	],
	// --password hunter2, sshpass -p hunter2, mysql -phunter2, curl -u user:hunter2
	[names, new RegExp(String.raw`(--?[\w-]{0,80}${word}${blank}{1,64})(?!-)${value}`, 'gi'), `$1${removedSecret}`],
	[
		['sshpass', 'mysql'],
		/(\bsshpass\s+-p\s{0,8}|\bmysql(?:dump|admin)?\b[^\r\n]{0,400}?\s-p)(?![\s-])\S+/gi,
		`$1${removedSecret}`,
	],
	[['-u'], /((?:^|\s)(?:-u|--user|--proxy-user)[ =]["']?[^\s:"']{1,128}:)[^\s"']+/gi, `$1${removedSecret}`],
	// login deploy password hunter2 (netrc), IDENTIFIED BY 'hunter2' (SQL)
	[['login'], /(\blogin\s+\S{1,128}\s+password\s+)\S+/gi, `$1${removedSecret}`],
	[['identified'], /(\bidentified\s+(?:with\s+\S{1,64}\s+)?by\s+)(?:'[^']*'|"[^"]*")/gi, `$1${removedSecret}`],
	// enrolment token ABCD-1234: what pairs a connector, without any sign between.
	[
		['enrol', 'pairing', 'bootstrap', 'join', 'registration', 'recovery'],
		/(\b(?:enrol?lment|bootstrap|pairing|join|registration|recovery)[ _-](?:token|code|key|secret)(?: is| was)?[ "']{1,3})(?=[\w.~+/-]{0,200}\d)[\w.~+/=-]{8,}/gi,
		`$1${removedSecret}`,
	],
];

const wholeKeys =
	/(?:-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$(?![\s\S])))|(?:PuTTY-User-Key-File-\d+:[\s\S]*?(?:Private-MAC:[^\n]*|$(?![\s\S])))/g;

const keyWords = ['-----', 'putty'];

/** The one cheap look that most lines need: without any of the words there is nothing for the patterns. Made of them, so that none is forgotten. */
const suspect = new RegExp(
	[...new Set([...keyWords, ...patterns.flatMap(([words]) => words)])]
		.map((word) => word.replaceAll('.', String.raw`\.`))
		.join('|'),
);

/** Tokens and what is worth a look into base64 have at least so many of its characters in a row. */
const shortestCode = 16;
const isCode = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-')
	isCode[character.charCodeAt(0)] = 1;

/** Cheaper than any pattern, and each line is asked: a word so long cannot pass between two of the places looked at. */
function hasLongWord(text: string): boolean {
	for (let at = shortestCode - 1; at < text.length; at += shortestCode) {
		if (!isCodeAt(text, at)) continue;
		let start = at;
		while (isCodeAt(text, start - 1)) start--;
		let end = at + 1;
		while (end - start < shortestCode && isCodeAt(text, end)) end++;
		if (end - start >= shortestCode) return true;
	}
	return false;
}

function isCodeAt(text: string, at: number): boolean {
	return isCode[text.charCodeAt(at)] === 1;
}

const hasEscapes = /%[0-9a-f]{2}|\\[ux"]|&(?:#|quot)/i;

/** Secrets of our own, such as the token for the control plane: removed by what they are, wherever they stand. */
const own = new Set<string>();
const shortestOwn = 6;

/** From now on this is removed from every text. */
export function keepSecret(secret: string | undefined): void {
	const plain = secret?.trim() ?? '';
	if (plain.length >= shortestOwn)
		for (const text of [plain, encodeURIComponent(plain), JSON.stringify(plain).slice(1, -1)]) own.add(text);
}

/** A text without its secrets, as they stand there: one line, or a private key over several. */
export function removePlainSecrets(text: string): string {
	let result = text;
	for (const secret of own) if (result.includes(secret)) result = result.replaceAll(secret, removedSecret);
	const lower = result.toLowerCase();
	if (suspect.test(lower)) {
		if (keyWords.some((word) => lower.includes(word))) result = result.replace(wholeKeys, removedKey);
		for (const [words, pattern, replacement] of patterns)
			if (words.some((needed) => lower.includes(needed))) result = result.replace(pattern, replacement);
	}
	return hasLongWord(result) ? result.replace(tokenShapes, removedSecret) : result;
}

/** The same for one line, also for what stands in it escaped, in base64 or in hexadecimal. */
export function removeLineSecrets(line: string): string {
	let result = removePlainSecrets(line);
	if ((result.includes('%') || result.includes('\\') || result.includes('&')) && hasEscapes.test(result)) {
		const decoded = decodedView(result)?.text.replaceAll(`"${removedSecret}"`, removedSecret) ?? '';
		const open = removePlainSecrets(decoded);
		// What was escaped is shown as it reads then: there is no way back for what was taken out.
		if (open !== decoded) result = cleanLine(open);
	}
	if (!hasLongWord(result)) return result;
	const hidden = findDisguised(result, removePlainSecrets, shortestCode);
	for (const { start, end } of hidden.toReversed()) result = result.slice(0, start) + removedSecret + result.slice(end);
	return result;
}
