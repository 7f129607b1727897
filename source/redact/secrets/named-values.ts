import { isInnocentValue, isStateWord, looksChosen } from './innocent-values.ts';
import {
	adverbs,
	arrows,
	countsSomething,
	isHarmlessName,
	mayNameSecret,
	type NameKind,
	ownerWords,
	prepositions,
	secretWords,
	verbs,
} from './secret-words.ts';
import type { Span } from './spans.ts';
import { mostRead, readRest, readValue, type Value } from './values.ts';

/**
 * A word for a secret and the value beside it, on one line, in the notations that programs use. The words are data (secret-words.ts);
 * here is only how a value may stand beside one. Each name is looked at once, and each notation is bounded, so that no line takes much
 * longer than another.
 */

/** A word for a secret, with the whole name it is a part of. */
export type SecretName = {
	readonly kind: NameKind;
	/** The whole name. */
	readonly start: number;
	readonly end: number;
	readonly name: string;
};

const longestName = 80; // Characters.

function isWordAt(text: string, at: number): boolean {
	const code = text.charCodeAt(at);
	return (
		(code >= 0x30 && code <= 0x39) ||
		(code >= 0x41 && code <= 0x5a) ||
		(code >= 0x61 && code <= 0x7a) ||
		code === 0x5f ||
		code === 0x2d ||
		code === 0x2e
	);
}

const letter = /\p{L}/u;
const isUpper = (character: string) => character !== character.toLowerCase();

/** Whether a short word stands for itself: `pass` in db_pass and dbPass, not in bypass or passive. */
function isPart(text: string, start: number, end: number): boolean {
	const before = text.charAt(start - 1);
	const after = text.charAt(end);
	const begins = !letter.test(before) || (!isUpper(before) && isUpper(text.charAt(start)));
	const ends = !letter.test(after) || (isUpper(after) && !isUpper(text.charAt(end - 1)));
	return begins && ends;
}

const attached =
	/(?:user|db|root|admin|ssh|require|smtp|ftp|my|mysql|sql|pg|ldap|bind|http|proxy|mail|login|web|app|store|key|srv|svc|auth|wifi|wpa)$/i;

/** All words for secrets in a text, from left to right. */
export function* findSecretNames(text: string, lower = text.toLowerCase()): Iterable<SecretName> {
	if (!mayNameSecret.test(lower)) return;
	// Of a few letters the lower case is longer.
	const folded = lower.length === text.length ? lower : text;
	secretWords.lastIndex = 0;
	for (let match = secretWords.exec(folded); match !== null; match = secretWords.exec(folded)) {
		const { index, 0: word } = match;
		const wordEnd = index + word.length;
		let start = index;
		while (index - start < longestName && isWordAt(text, start - 1)) start--;
		let end = wordEnd;
		while (end - wordEnd < longestName && isWordAt(text, end)) end++;
		while (text.charAt(end - 1) === '.' || text.charAt(end - 1) === '-') end--;
		end = Math.max(end, wordEnd);
		const resume = secretWords.lastIndex;
		// A long word may be written together with others.
		const stands = word.length >= 5 || isPart(text, index, wordEnd);
		const isAttached = !letter.test(text.charAt(wordEnd)) && attached.test(text.slice(start, index));
		if (!stands && !isAttached) {
			// Another word may begin within this one: otp and pw in rootpw.
			secretWords.lastIndex = index + 1;
			continue;
		}
		const name = text.slice(start, end);
		if (
			isHarmlessName(
				text.slice(Math.max(start, index - 24), index) || text.slice(Math.max(0, index - 12), index),
				text.slice(wordEnd, end),
				name,
			)
		) {
			// What follows in the same name is not looked at again.
			secretWords.lastIndex = Math.max(resume, end);
			continue;
		}
		const kind = match[1] !== undefined ? 'rest' : match[2] !== undefined ? 'strong' : 'weak';
		yield { kind, start, end, name };
		secretWords.lastIndex = Math.max(secretWords.lastIndex, resume);
	}
}

/** Quotes, brackets and words that may stand between a name and its sign. */
const closing = String.raw`(?:\\{0,3}["'\`]|\]|\)|\*\*){0,3}`;
const whose = String.raw`(?:[ ](?:${ownerWords})(?:[ ][^\s=:]{1,64}){1,4}?|[ ]?\([^()\n]{0,40}\)|[ ]?\[[^[\]\n]{0,24}\])?`;
const assigned = new RegExp(
	String.raw`${closing}${whose}${closing}[^\S\n]{0,64}(?::=|=>|->|,(?=<<["'])|={1,3}|:{1,2}(?!\/\/)|%3D|%3A|${arrows})[^\S\n]{0,64}(?:(?:b|u|r|f|str|String|new String|Some|Just|Optional)(?=["'(\[]))?(?:\(|Optional\[|<<(?=["']))?`,
	'iy',
);
const verb = new RegExp(
	String.raw`${closing}${whose}[ ]{1,4}(?:(?:${verbs})(?:[ ](?:${adverbs})){0,3}(?:[ ](?:${prepositions}))?|(?:set|changed|reset|updated) to|(?:${prepositions}))[ ]{0,2}:?[ ]{1,4}`,
	'iy',
);
const beside = new RegExp(String.raw`${closing}${whose}[ \t]{1,40}`, 'iy');
const listed = /\\{0,3}["'`]\s{0,16}(?:,|:|=>|\|)?\s{0,16}(?=(?:b|u)?\\{0,3}["'`])/iy;
const column = /[ \t]{0,40}[|│\t][ \t]{0,40}(?=\S)/y;
const element = /(?:\s[^<>\n]{0,200})?>(?:<!\[CDATA\[)?/y;
const inElement = /[^<\n]{1,4000}/y;
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
	return isCalled.test(text.slice(Math.max(0, start - 60), start));
}

function match(expression: RegExp, text: string, at: number): number | null {
	expression.lastIndex = at;
	return expression.test(text) ? expression.lastIndex : null;
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
	if (kind === 'weak') return [];
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

const isPassword = /pass|pwd|kennw|contrase|has[łl]|mdp|psk|pw$/i;
/** A temporary password is generated for root@localhost: value, and nothing after it. */
const colonLater = /[^:=\n]{1,80}: {1,4}(?=\S{4,200}\s*$)/y;
const directive = /^(?:requirepass|masterauth|rootpw|bindpw|proxypw|sasl_password)$/i;
const introduced = /(?:using|with|mit|avec|con|usando|com|z|new|env|setenv|setx?|export) $/i;
const adjective =
	/(?:ed|ing|able|ible|less|ous|ful|ive|ent|ant|ary|ale|ect|ete|ort|ong|eak|ady|est|ame|ly|too|gone|back)[.,;:!]*$/i;
const lowerWord = /^[a-zà-ž'-]+[.,;:!]*$/i;

/** In a sentence: after a verb nearly anything is the secret; without one, what is quoted or looks chosen. */
function wordsBeside(text: string, { start, end, name }: SecretName): Value[] {
	const afterVerb = match(verb, text, end);
	if (afterVerb !== null) {
		const values = readValue(text, afterVerb, mostRead).filter((value) => isTold(text, value));
		if (values.length > 0) return values;
	}
	const later = isPassword.test(name) ? match(colonLater, text, end) : null;
	if (later !== null)
		return readValue(text, later, mostRead).filter((value) => looksChosen(text.slice(value.start, value.end), 6));
	const from = match(beside, text, end);
	if (from === null) return [];
	const before = text.slice(Math.max(0, start - 10), start);
	const isAny =
		directive.test(name) ||
		(introduced.test(before) && (isPassword.test(name) || /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(name)));
	return readValue(text, from, mostRead).filter((value) => {
		const said = text.slice(value.start, value.end);
		if (isAny || (value.isQuoted && isPassword.test(name))) return true;
		return looksChosen(said, isPassword.test(name) ? 6 : 8);
	});
}

/** What stands behind "the password is": no state, no adjective, no beginning of a longer sentence. */
function isTold(text: string, value: Value): boolean {
	const said = text.slice(value.start, value.end);
	if (isInnocentValue(said)) return false;
	if (value.isQuoted || !lowerWord.test(said)) return true;
	return !adjective.test(said) && (/[.,;!]$/.test(said) || isLastWord(text, value.end));
}

/** Nothing follows but the end of the sentence. */
function isLastWord(text: string, end: number): boolean {
	return /^[.!"')\]}]{0,4}\s{0,4}(?:$|\n)/.test(text.slice(end, end + 12));
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

/** The values beside the words for secrets in a text. */
export function* findNamedValues(text: string, lower?: string): Iterable<Span> {
	let done = 0;
	for (const secret of findSecretNames(text, lower)) {
		if (secret.end <= done) continue;
		for (const value of valuesOf(text, secret)) {
			const said = text.slice(value.start, value.end);
			if (value.end <= value.start || isInnocentValue(said) || isProse(text, secret, value)) continue;
			if (isCount(text, secret, value)) continue;
			if (/^(?:OLD)?PWD$/.test(secret.name) && said.startsWith('/')) continue;
			if (secret.kind === 'weak' && /^[A-Za-z_-]+$/.test(said) && [...findSecretNames(said)].length > 0) continue;
			if (/^pass$/i.test(secret.name) && /^(?:Test\w|[\w/.-]+\.\w+$)/.test(said)) continue;
			if (secret.kind === 'weak' && (!looksChosen(said, 8) || /^(?:[a-z]+\d{1,3}|[\w-]+(?:\.[\w-]+)+\.?)$/i.test(said)))
				continue;
			yield value;
			done = Math.max(done, value.end);
		}
	}
}
