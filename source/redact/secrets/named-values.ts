import { isInnocentBeside, isStateWord, looksChosen } from './innocent-values.ts';
import { closing, match, whose } from './notation.ts';
import { findSecretNames, type SecretName } from './secret-names.ts';
import { arrows, countsSomething } from './secret-words.ts';
import { endOfPhrase, wordBefore, wordsBeside, wordsListed } from './sentences.ts';
import type { Span } from './spans.ts';
import { mostRead, readRest, readValue, type Value } from './values.ts';

/**
 * A word for a secret and the value beside it, on one line, in the notations that programs use. The words are data (secret-words.ts);
 * here is only how a value may stand beside one. Each name is looked at once, and each notation is bounded, so that no line takes much
 * longer than another.
 */

const assigned = new RegExp(
	String.raw`${closing}${whose}${closing}[^\S\n]{0,64}(?::=|=>|->|,(?=<<["'])|={1,3}|:{1,2}(?!\/\/)|REG_[A-Z_]{2,16}|%3D|%3A|${arrows})[^\S\n]{0,64}(?:(?:b|u|r|f|n|str|String|new String|Some|Just|Optional)(?=["'(\[]))?(?:\(|Optional\[|<<(?=["']))?`,
	'iy',
);
const listed = /\\{0,3}["'`]\s{0,16}(?:,|:|=>|\|)?\s{0,16}(?=(?:b|u)?\\{0,3}["'`])/iy;
const column = /[ \t]{0,40}[|│\t][ \t]{0,40}(?=\S)/y;
const element = /(?:\s[^<>\n]{0,200})?>(?:<!\[CDATA\[|\s{0,8}<(?:[\w-]{1,20}:)?(?:value|string|text|plaintext)>)?/iy;
const inElement = /[^<\n]{1,4000}/y;
/** <entry key="db.password">value</entry> */
const attributed = /\\{0,3}["'](?:\s[^<>\n]{0,160})?(?<!\/)>(?!\s{0,64}<)(?=[^<\n]{1,4000}<\/)/y;
/** variable "db_password" { default = "…" } (HCL). */
const presets = /["'] ?\{[^{}\n]{0,160}?\bdefault\s{0,4}=\s{0,4}/y;
/** In a text whose line ends were escaped the value may stand alone below its name. */
const nextLine = /[|>]?[-+]?\s{0,4}\n\s{0,16}(?=[^\s:]{4,200}\s{0,8}(?:$|\n|\\?["']))/y;
/** Numbered kinds of passwords of network devices: password 7 0822455D0A16. */
const numbered = /[ ](?:0|4|5|6|7|8|9|sha512|encrypted|plain-text)[ ](?=\S)/y;

/** Before a name that is itself a value: "name": "DB_PASSWORD". */
const isCalled =
	/(?:^|[^\w])(?:\w{0,30}(?:name|key)|id|header|field|property|prop|param(?:eter)?|setting|variable|var|env|k|n|option|label|attribute|attr|entry)\\{0,3}["'`]?(?:\s{0,8}(?:=>|[:=>])\s{0,8}|\s{2,16})\\{0,3}["'`]?(?:[\w.:/-]{0,40}[.:/])?$/i;
const valueAfter =
	/[^{}\n]{0,160}?(?:^|[^\w])(?:\w{0,30}values?|val|content|string(?:value)?|data|v|default(?:value)?|plain(?:text)?|raw)\\{0,3}["'`]?(?:\s[^<>\n]{0,60}>|\s{0,8}(?:=>|[:=>]))\s{0,8}(?:<value>)?/iy;
const valueBefore =
	/(?:^|[^\w])(?:\w{0,30}values?|val|content|v|data)\\{0,3}["'`]?\s{0,8}(?:=>|[:=])\s{0,8}(?=\S)[^{}<>\n]{1,300}$/i;

/** Whether a name is itself the value of a name: "name": "DB_PASSWORD". */
export function namesItself(text: string, { start }: SecretName): boolean {
	const before = text.slice(Math.max(0, start - 60), start);
	return isCalled.test(before) || /(?:^|\s)variable ?["']$/.test(before);
}

/** Spans of the values beside one name. */
function valuesOf(text: string, secret: SecretName): Value[] {
	const { kind, start, end, name } = secret;
	const before = text.slice(Math.max(0, start - 60), start);
	if (/(?:<|<[\w-]{1,40}:)$/.test(before)) {
		const from = match(element, text, end);
		const to = from === null ? null : match(inElement, text, from);
		if (from !== null && to !== null) return [{ start: from, end: to, isQuoted: true }];
	}
	const attribute = /<[\w:.-]{1,40}\s[^<>]{0,60}$/.test(before) ? match(attributed, text, end) : null;
	const content = attribute === null ? null : match(inElement, text, attribute);
	if (attribute !== null && content !== null) return [{ start: attribute, end: content, isQuoted: true }];
	const preset = before.endsWith('"') || before.endsWith("'") ? match(presets, text, end) : null;
	if (preset !== null) return readValue(text, preset);
	if (namesItself(text, secret)) {
		const after = match(valueAfter, text, end);
		if (after !== null) return kind === 'rest' ? readRest(text, after) : readValue(text, after);
		const object = text.slice(Math.max(0, start - 360), start);
		const found = valueBefore.exec(object);
		if (found !== null) {
			const sign = /["'`]?\s{0,8}(?:=>|[:=])\s{0,8}/.exec(found[0]);
			if (sign !== null) return readValue(text, start - object.length + found.index + sign.index + sign[0].length);
		}
	}
	const sign = match(assigned, text, end);
	if (sign !== null) {
		if (kind === 'rest') return readRest(text, sign, text.charAt(start - 1));
		const below = kind === 'strong' ? match(nextLine, text, sign) : null;
		if (below !== null)
			return readValue(text, below).filter(({ start: from, end: to }) => looksChosen(text.slice(from, to), 5));
		return withChange(text, readValue(text, sign, kind === 'weak' ? mostRead : undefined));
	}
	if (kind === 'rest') {
		const list = match(listed, text, end);
		return list === null ? [] : readValue(text, list, mostRead);
	}
	const list = match(listed, text, end) ?? match(column, text, end);
	if (list !== null) {
		const isTuple = /[([{]\s{0,4}(?:b|u)?\\{0,3}["'`]$/.test(before) && /[-_]/.test(name);
		return readValue(text, list, mostRead).filter((value) => {
			const said = text.slice(value.start, value.end);
			return looksChosen(said) || (isTuple && /^\\{0,3}["'`]\s{0,4}[)\]}]/.test(text.slice(value.end, value.end + 12)));
		});
	}
	if (kind === 'weak' || secret.isAbout) return [];
	const device = match(numbered, text, end);
	if (device !== null) return readValue(text, device);
	if (/^--?\w/.test(name) || /(?:^|\s)--?$/.test(before)) return optionValue(text, end);
	return wordsBeside(text, secret);
}

/** `"old" -> "new"`, as plans of changes write it. */
function withChange(text: string, values: Value[]): Value[] {
	const last = values.at(-1);
	if (last === undefined || !last.isQuoted) return values;
	const next = match(/["'`]\s{0,4}(?:->|=>|→)\s{0,4}(?=["'`])/y, text, last.end);
	return next === null ? values : [...values, ...readValue(text, next)];
}

function optionValue(text: string, end: number): Value[] {
	const from = match(/[ \t]{1,16}(?!-)/y, text, end);
	return from === null
		? []
		: readValue(text, from, mostRead).filter((value) => !isStateWord(text.slice(value.start, value.end)));
}

/** "invalid token: unexpected character": a sentence, not a value. */
const complains =
	/(?:invalid|bad|unexpected|unknown|expired|missing|wrong|illegal|malformed|unsupported|parse|parsing|decode|decoding|verify|load|read|find|get|fetch|no) (?:the )?$/i;
const plainWord = /^[A-Za-z][a-z]{0,20}(?:'[a-z]{1,2})?[,.:]?$/;
const program = /^(?:passwd|pwd|htpasswd|sshpass|smbpasswd|chpasswd|gpasswd|pass|pin|secret-tool|ssh-keygen|key)$/;

function isProse(text: string, { start, name, kind }: SecretName, value: Value): boolean {
	if (value.isQuoted) return false;
	const said = text.slice(value.start, value.end);
	if (!plainWord.test(said) && !/^[A-Z]{2,5}$/.test(said)) return false;
	if (!/^ [a-z']{1,20}(?:[ ,.:]|$)/.test(text.slice(value.end, value.end + 24))) return false;
	// Keys and tokens are made by programs, and are no words.
	const isMade = kind === 'weak' || /(?:keys?|tokens?|credentials?)$/i.test(name) || /^[A-Z]{2,5}$/.test(said);
	return isMade || program.test(name) || complains.test(text.slice(Math.max(0, start - 24), start));
}

const unit =
	/^\s{0,4}(?:bytes?|bits?|chars?|characters?|entries|items|attempts?|times|retries|tries|seconds?|minutes?|days?|ms|s|of)\b/i;

/** A number of them, of their bytes or tries; a short PIN is none. */
function isCount(text: string, { name }: SecretName, { start, end }: Value): boolean {
	const said = text.slice(start, end);
	if (!/^[\d.,]+[,;)]?$/.test(said)) return false;
	return countsSomething.test(name) || unit.test(text.slice(end, end + 20)) || (/^pin$/i.test(name) && said.length < 4);
}

/** The name or the number of a secret, not of a password: secret_name=db-credentials-v2. */
function isCalledSo(name: string, said: string): boolean {
	return (
		/(?:secrets?|tokens?|credentials?|creds?)[-_. ]?(?:names?|ids?|refs?|versions?|files?|path|hosts?|user(?:name)?|owner|group|store|manager|service|issuer|provider|source)$/i.test(
			name,
		) && /^[a-z][a-z0-9]*(?:[-_./:][a-z0-9]+)*$/.test(said)
	);
}

const ofPhrase = /phrase|mnemonic/i;
const ofPassword = /pass|pwd?$|kennw|losung|contrase|has[łl]|mdp|phrase|senha|heslo|geheim|secreto/i;

/** Where a value ends that is assigned and has no quotes: pass phrases are of several words. */
function phraseEnd(text: string, { name, end, kind }: SecretName, value: Value): number {
	if (value.isQuoted || kind !== 'strong' || !ofPassword.test(name)) return value.end;
	// Several values, a list or an option end where they end.
	if (!/[:=]\s{0,64}$/.test(text.slice(Math.max(end, value.start - 66), value.start))) return value.end;
	if (!/^[ \t]/.test(text.slice(value.end, value.end + 1))) return value.end;
	return endOfPhrase(text, value, ofPhrase.test(name));
}

/** The values beside the words for secrets in a text. */
export function* findNamedValues(text: string, lower?: string): Iterable<Span> {
	let done = 0;
	for (const secret of findSecretNames(text, lower)) {
		// Within a value that is taken; the last name of it may have a value of its own: credentials: password: …
		if (secret.end <= done && !/^["'`:=>,\s-]{0,8}$/.test(text.slice(secret.end, Math.min(done, secret.end + 9))))
			continue;
		for (const value of valuesOf(text, secret)) {
			const said = text.slice(value.start, value.end);
			if (value.end <= value.start || isInnocentBeside(secret.name, said) || isProse(text, secret, value)) continue;
			if (
				isCount(text, secret, value) ||
				/\bpam_\w{1,20}\($/.test(text.slice(Math.max(0, secret.start - 26), secret.start))
			)
				continue;
			if (secret.isAbout && (!looksChosen(said) || isCalledSo(secret.name, said))) continue;
			if (/^(?:OLD)?PWD$/.test(secret.name) && said.startsWith('/')) continue;
			if (secret.kind === 'weak' && /^[A-Za-z_-]+$/.test(said) && [...findSecretNames(said)].length > 0) continue;
			if (/^pass$/i.test(secret.name) && /^(?:Test\w|[\w/.-]+\.\w+$)/.test(said)) continue;
			if (secret.kind === 'weak' && (!looksChosen(said, 8) || /^(?:[a-z]+\d{1,3}|[\w-]+(?:\.[\w-]+)+\.?)$/i.test(said)))
				continue;
			const end = phraseEnd(text, secret, value);
			yield { start: value.start, end };
			done = Math.max(done, end);
			if (secret.kind === 'strong') yield* wordsListed(text, value);
		}
		if (secret.kind === 'strong' && !secret.isAbout) yield* wordBefore(text, secret);
	}
}
