import { mayNameSecret, meaningOf, type NameKind, secretWords } from './secret-words.ts';

/** A word for a secret, with the whole name it is a part of. */
export type SecretName = {
	readonly kind: NameKind;
	/** The whole name. */
	readonly start: number;
	readonly end: number;
	readonly name: string;
	/** It says something about a secret, as password_policy does: a value has to look chosen to be one. */
	readonly isAbout: boolean;
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

/** remotepass = x: whatever is called so, where it is given a value; other words that end so are known (secret-words.ts). */
const assignedNext = /^["']?\s{0,3}[=:]/;
const marker = /^\[(?:secret|private key) removed\]/;

/** All words for secrets in a text, from left to right. */
export function* findSecretNames(text: string, lower = text.toLowerCase()): Iterable<SecretName> {
	if (!mayNameSecret.test(lower)) return;
	// Of a few letters the lower case is longer.
	const folded = lower.length === text.length ? lower : text;
	secretWords.lastIndex = 0;
	for (let match = secretWords.exec(folded); match !== null; match = secretWords.exec(folded)) {
		const { index, 0: word } = match;
		// What stands for a secret that was removed names none.
		if (text.charAt(index - 1) === '[' && marker.test(text.slice(index - 1, index + 22))) continue;
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
		const isAttached =
			!letter.test(text.charAt(wordEnd)) &&
			(attached.test(text.slice(start, index)) ||
				(/^(?:pass|pwd?)$/.test(word) && assignedNext.test(text.slice(wordEnd, wordEnd + 6))));
		if (!stands && !isAttached) {
			// Another word may begin within this one: otp and pw in rootpw.
			secretWords.lastIndex = index + 1;
			continue;
		}
		const name = text.slice(start, end);
		const kind = kindOf(match);
		const before = text.slice(Math.max(start, index - 24), index) || text.slice(Math.max(0, index - 12), index);
		const meaning = meaningOf({ before, word, after: text.slice(wordEnd, end), kind }, name, index - start);
		if (meaning !== 'secret') secretWords.lastIndex = Math.max(resume, end); // What follows in the same name is not looked at again.
		if (meaning === 'other') continue;
		yield { kind, start, end, name, isAbout: meaning === 'about a secret' };
		secretWords.lastIndex = Math.max(secretWords.lastIndex, resume);
	}
}

function kindOf({ 1: rest, 2: strong }: RegExpExecArray): NameKind {
	if (rest !== undefined) return 'rest';
	return strong !== undefined ? 'strong' : 'weak';
}
