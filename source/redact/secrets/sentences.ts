import { isInnocentValue, looksChosen } from './innocent-values.ts';
import { closing, match, whose } from './notation.ts';
import type { SecretName } from './secret-names.ts';
import { adverbs, prepositions, verbs } from './secret-words.ts';
import { mostRead, readValue, type Value } from './values.ts';

const verb = new RegExp(
	`${closing}${whose}[ ]{1,4}(?:(?:${verbs})(?:[ ](?:${adverbs})){0,3}(?:[ ](?:${prepositions}))?|(?:set|changed|reset|updated) to|(?:${prepositions}))[ ]{0,2}:?[ ]{1,4}`,
	'iy',
);
const beside = new RegExp(String.raw`${closing}${whose}[ \t]{1,40}`, 'iy');
const isPassword = /pass|pwd|kennw|contrase|has[łl]|mdp|psk|pw$/i;
/** A temporary password is generated for root@localhost: value, and nothing after it but the end of a sentence. */
const colonLater = /[^:=\n]{1,80}: {1,4}(?=\S{4,200}(?:\s*$|(?<=[)"',;\]])(?:\s|$)|\\?["']))/y;
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
	const later = isPassword.test(name) ? match(colonLater, text, end) : null;
	if (later !== null)
		return readValue(text, later, mostRead).filter((value) => looksChosen(text.slice(value.start, value.end), 6));
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
