import { isInnocentValue, isStateWord, looksChosen } from './innocent-values.ts';
import { closing, match, whose } from './notation.ts';
import type { SecretName } from './secret-names.ts';
import { adverbs, prepositions, verbs } from './secret-words.ts';
import { mostRead, readValue, type Value } from './values.ts';

const verb = new RegExp(
	`${closing}(?:[ ](?:variable|setting|option|parameter|field))?${whose}[ ]{1,4}(?:(?:${verbs})(?:[ ](?:${adverbs})){0,3}(?:[ ](?:${prepositions}))?|(?:set|changed|reset|updated) to|(?:${prepositions}))[ ]{0,2}:?[ ]{1,4}`,
	'iy',
);
const beside = new RegExp(String.raw`${closing}${whose}[ \t]{1,40}`, 'iy');
/** The password was changed from X to Y. */
const changedFrom = new RegExp(`${closing}(?: (?:was|is|has been|changed)){0,3} from `, 'iy');
const isPassword = /pass|pwd|kennw|contrase|has[łl]|mdp|psk|pw$/i;
/** A temporary password is generated for root@localhost: value, and nothing after it but the end of a sentence. */
const colonLater = /[^:=\n]{1,80}: {1,4}(?=\S{4})/y;
const closesSentence = /^(?:[)"',;\]]*(?:\s*$|(?<=[)"',;\]])\s)|\\?["'])/;
const directive = /^(?:requirepass|masterauth|rootpw|bindpw|proxypw|sasl_password)$/i;
const introduced = /(?:using|with|mit|avec|con|usando|com|z|new|env|setenv|setx?|export) $/i;
const adjective =
	/(?:ed|ing|able|ible|less|ous|ful|ive|ent|ant|ary|ale|ect|ete|ort|ong|eak|ady|est|ame|ly|too|gone|back)[.,;:!]*$/i;
const lowerWord = /^[a-zà-ž'-]+[.,;:!]*$/i;

/** In a sentence: after a verb nearly anything is the secret; without one, what is quoted or looks chosen. */
export function wordsBeside(text: string, { start, end, name }: SecretName): Value[] {
	const afterVerb = match(verb, text, end);
	if (afterVerb !== null) {
		const values = readValue(text, afterVerb, mostRead).filter((value) => isTold(text, value));
		if (values.length > 0) return values;
	}
	const changed = isPassword.test(name) ? match(changedFrom, text, end) : null;
	if (changed !== null) {
		const values = [...text.slice(changed).matchAll(/^(\S{4,64}) to (\S{4,64})/g)].flatMap(
			({ 1: one = '', 2: other = '' }) => {
				const second = changed + one.length + ' to '.length;
				return [
					{ start: changed, end: changed + one.length, isQuoted: false },
					{ start: second, end: second + other.replace(/[.,;]$/, '').length, isQuoted: false },
				].filter((value) => looksChosen(text.slice(value.start, value.end), 5));
			},
		);
		if (values.length > 0) return values;
	}
	const later = isPassword.test(name) ? match(colonLater, text, end) : null;
	const told = (later === null ? [] : readValue(text, later, mostRead)).filter((value) => {
		const said = text.slice(value.start, value.end);
		return looksChosen(said, 6) && (closesSentence.test(text.slice(value.end, value.end + 8)) || isMixed(said));
	});
	if (told.length > 0) return told;
	const from = match(beside, text, end);
	if (from === null) return [];
	const before = text.slice(Math.max(0, start - 10), start);
	const isAny =
		!/["'`]/.test(text.charAt(end)) &&
		(directive.test(name) ||
			(introduced.test(before) && (isPassword.test(name) || /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(name))));
	return readValue(text, from, mostRead).filter((value) => {
		const said = text.slice(value.start, value.end);
		if (isAny || (value.isQuoted && isPassword.test(name))) return true;
		return looksChosen(said, isPassword.test(name) ? 6 : 8);
	});
}

/** Of capitals and digits, or with signs: in the middle of a sentence anything else may be a word. */
const isMixed = (said: string) =>
	(/[A-Z]/.test(said) && /[a-z]/.test(said) && /\d/.test(said)) || /[a-z\d][!#$%^&*?~+@]/.test(said);

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

const article = String.raw`(?:(?:the|my|your|our|his|her|their|its|a|an|new|old|das|mein|unser|ein|neue|le|la|el|mi|notre|mon|un|jego|nowe)\s{1,4}|\w{2,12}\s{1,4}){0,3}`;
const said = String.raw`["'\`\u00ab\u201e\u201c(]{0,2}([^\s"'\`\u00ab\u00bb\u201e\u201c\u201d()]{4,128})["'\`\u00bb\u201d)]{0,2}`;
/** X is the password, X ist das Kennwort, X to hasło; … as password. */
const toldBefore = new RegExp(
	String.raw`(?:^|\s)${said}\s{1,4}(?:is|was|ist|war|est|es|era|s\u00e3o|\u00e9|to|jest|as|als|comme|como|jako)\s{1,4}${article}$`,
	'i',
);
const mayTell = /\s(?:is|was|ist|war|est|es|era|são|é|to|jest|as|als|comme|como|jako)\s/i;
/** "two words" as password */
const quotedBefore = new RegExp(
	String.raw`["\u00ab\u201e\u201c]([^"\u00ab\u00bb\u201e\u201c\u201d\n]{4,60})["\u00bb\u201c\u201d]\s{1,4}(?:is|was|ist|war|est|es|as|als|comme|como|jako)\s{1,4}${article}$`,
	'i',
);
/** Two words with a sign between, as people choose them, where a sentence begins. */
const joinedWords = /^\p{Lu}\p{L}{1,30}(?:-\p{L}{2,30}){1,5}$/u;
/** X (password) */
const bracketed = new RegExp(String.raw`(?:^|\s)${said}\s{1,2}[([]$`);
const farthest = 200;

/** The value before the name: "hunter2 is the password", "hunter2 (password)". */
export function wordBefore(text: string, { start, end }: SecretName): Value[] {
	const from = Math.max(0, start - farthest);
	const before = text.slice(from, start);
	const quoted = isPassword.test(text.slice(start, end)) && mayTell.test(before) ? quotedBefore.exec(before) : null;
	if (quoted?.[1] !== undefined && !isInnocentValue(quoted[1]))
		return [{ start: from + quoted.index + 1, end: from + quoted.index + 1 + quoted[1].length, isQuoted: true }];
	const found =
		(mayTell.test(before) ? toldBefore.exec(before) : null) ??
		(/^[)\]]/.test(text.charAt(end)) ? bracketed.exec(before) : null);
	const value = found?.[1];
	if (found === null || value === undefined) return [];
	const at = from + found.index + found[0].indexOf(value);
	const isFirst = /(?:^|\n)\s{0,4}$/.test(text.slice(0, at)) && joinedWords.test(value);
	return isFirst || looksChosen(value, 5) ? [{ start: at, end: at + value.length, isQuoted: false }] : [];
}

/** After "the passwords are X": and Y. */
const another =
	/(?:["'`]?,|["'`]?\s{1,4}(?:and|or|und|oder|et|ou|y|o|i|oraz|lub)|,\s{0,2}(?:and|or|then))\s{1,4}["'`]?(?=\S)/iy;

/** Values of a list in a sentence, from the second on. */
export function wordsListed(text: string, first: Value): Value[] {
	const values: Value[] = [];
	for (let end = first.end; values.length < mostListed; ) {
		const from = match(another, text, end);
		const next = from === null ? undefined : readValue(text, from, mostRead)[0];
		if (next === undefined || !looksChosen(text.slice(next.start, next.end), 5)) break;
		values.push(next);
		end = next.end;
	}
	return values;
}

const mostListed = 20;
const phraseWord = /[ \t]{1,2}([\p{L}\p{M}'-]{3,14}|[^\s"'`=:,;<>()[\]{}|]{4,40})(?=[\s"'`,;.)\]}<|]|$)/uy;
const mostWords = 24;

/** A pass phrase of several words: as far as they are no sentence about a password. */
export function endOfPhrase(text: string, { end }: Value, isPhrase: boolean): number {
	let last = end;
	let words = 0;
	let at = end;
	for (; words < mostWords; words++) {
		phraseWord.lastIndex = at;
		const word = phraseWord.exec(text)?.[1];
		if (word === undefined) break;
		const isChosen = looksChosen(word, 5);
		if (!isPhrase && !isChosen && (isStateWord(word) || isInnocentValue(word))) return last;
		at = phraseWord.lastIndex;
		if (isChosen) last = at;
	}
	return words >= (isPhrase ? 1 : 2) ? Math.max(last, at) : last;
}
