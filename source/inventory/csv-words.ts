import type { CredentialEntry } from './edit.ts';

/** What cells of lists say, in the languages of offices: English, German, Polish, French, Spanish. */

/** Without case, accents, blanks and `_.-`: as two people write the same word. */
export function plainWord(text: string): string {
	return text
		.toLowerCase()
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.replaceAll('ł', 'l')
		.replaceAll('ß', 'ss')
		.replace(/[\s_.-]+/g, '');
}

const wordSet = (words: string) => new Set(words.split(/\s+/).map(plainWord));

const yes = wordSet('true yes y 1 x on ja j wahr tak t prawda oui o vrai sí s verdadero ✓ ✔ ☑ aktiv');
const no = wordSet('false no n 0 off nein falsch nie fałsz non faux falso ✗ ✘ ☐ inaktiv');

/** The usual ones, for messages. */
export const yesNoWords = 'yes, no, ja, nein, tak, nie, oui, non, sí, x, 1 or 0';

/** Undefined for what is neither. A dash alone is no. */
export function yesOrNo(text: string): boolean | undefined {
	if (text.trim() === '-') return false;
	const word = plainWord(text);
	if (yes.has(word)) return true;
	return no.has(word) ? false : undefined;
}

const keys = new Set(
	[
		...[
			'ssh-key',
			'ssh',
			'key',
			'public key',
			'pubkey',
			'private key',
			'Schlüssel',
			'SSH-Schlüssel',
			'öffentlicher Schlüssel',
		],
		...[
			'klucz',
			'klucz ssh',
			'klucz publiczny',
			'clé',
			'clé ssh',
			'clé publique',
			'llave',
			'llave ssh',
			'clave ssh',
			'clave pública',
		],
	].map(plainWord),
);
const passwords = new Set(
	[
		...[
			'password',
			'static',
			'jit',
			'jit-rotated',
			'Passwort',
			'Kennwort',
			'hasło',
			'mot de passe',
			'contraseña',
			'pwd',
			'pass',
		],
	].map(plainWord),
);

/** The usual ones, for messages. */
export const credentialWords =
	'ssh-key or password (also Schlüssel, Passwort, klucz, hasło, clé, mot de passe, llave, contraseña)';

/** Undefined for a word that is none of them. */
export function credentialType(text: string): CredentialEntry['type'] | undefined {
	const word = plainWord(text);
	if (keys.has(word)) return 'ssh-key';
	return passwords.has(word) ? 'password' : undefined;
}
