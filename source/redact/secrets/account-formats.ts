import { type FormatRow, given } from './format-row.ts';
import { looksChosen } from './innocent-values.ts';

/** A user and a password beside each other, after a word that says so: credentials: svc / x. */
const strongWords =
	'credentials?|creds|zugangsdaten|zugang|anmeldedaten|identifiants?|credenciales|dane logowania|dane dost[ęe]powe|usr\\/pwd|user\\/pass(?:word)?|login\\/password|login:password|user:pass(?:word)?';
const otherWords =
	'log(?:ged|ging)?[ -]?in|sign(?:ed)?[ -]?in|logins?|accounts?|users?|success\\w*|work(?:s|ed)|anmeldung|connexion|acceso|dost[ęe]p|konto|compte|cuenta|\\[\\+\\]';
const pair = String.raw`["']?(?:[\w.@-]{1,64}\\{1,2})?[\w.@+-]{1,64}["']?(?:\s{0,2}[|/:]\s{0,2}|["']\s{1,2})["']?`;
const value = String.raw`([^\s"'()[\]/|]{4,128})`;

/** Of digits and capitals or signs: names of people and machines are not. */
const isMixed = (text: string) => looksChosen(text, 6) && /[A-Z!#$%^&*?~+]/.test(text) && /[\d!#$%^&*?~+]/.test(text);
const isNoPath = (before: string, after: string) => !/\w\/$/.test(before) || !after.startsWith('/');

export const accountFormats: readonly FormatRow[] = [
	{
		needs: [
			'cred',
			'zugang',
			'anmelde',
			'identifiant',
			'dane ',
			'user/pass',
			'usr/pwd',
			'login/p',
			'login:p',
			'user:p',
		],
		expression: new RegExp(String.raw`(\b(?:${strongWords})\b[^\n/|:]{0,40}?[\s:=("'[]{1,8}${pair})${value}`, 'gi'),
		accept: (text, before, after) =>
			given(text) &&
			/[a-z]/i.test(text) &&
			/[\d!#$%^&*?~+@]/.test(text) &&
			!/^\w+=./.test(text) &&
			isNoPath(before, after),
	},
	{
		needs: [
			'login',
			'log in',
			'logged in',
			'logging in',
			'sign in',
			'sign-in',
			'signed in',
			'account',
			' user ',
			'success:',
			'worked',
			'works',
			'anmeldung',
			'connexion',
			'acceso',
			'dostęp',
			'konto',
			'compte',
			'cuenta',
			'[+]',
		],
		expression: new RegExp(
			String.raw`((?:\b|(?=\[))(?:${otherWords})(?!\w)[^\n/|:]{0,40}?[\s:=("'[]{1,8}${pair})${value}`,
			'gi',
		),
		accept: (text, before, after) => isMixed(text) && isNoPath(before, after),
	},
	// Scanners: svc:x - Valid credentials; [+] CORP\svc:x (Pwn3d!); credentials on ssh://… 'svc' 'x'
	{
		needs: ['valid cred', 'pwn3d'],
		expression: /(\s(?:[\w.-]{1,64}\\)?[\w.@-]{1,64}:)([^\s:]{3,128})(?=\s{1,4}(?:- Valid credentials|\(Pwn3d!\)))/gi,
	},
	{
		needs: ['credentials on '],
		expression: /(\bcredentials on \S{1,200}(?: \d{1,5}\/tcp)?:?\s{1,4}'[^'\n]{0,64}'\s{1,4}')([^'\n]{1,128})/gi,
	},
	{
		needs: ['p: ', 'pw: ', 'pwd: ', 'pass: '],
		expression: /(\b(?:u|usr|user|login):\s?\S{1,64}[\s,;/]{1,4}(?:p|pw|pwd|pass):\s?)([^\s"']{3,128})/gi,
		accept: (text) => looksChosen(text, 4),
	},
	{
		needs: ['&p=', '&pw='],
		expression: /([?&](?:u|user|username|login)=[^\s&"']{1,64}&(?:p|pw)=)([^\s&"']{1,200})/gi,
	},
	// A relay's passwords (postconf(5), smtp_sasl_password_maps): [host]:port user:password
	{
		needs: [']:25', ']:465', ']:587'],
		expression: /((?:^|\s)\[[\w.-]{1,255}\](?::\d{2,5})?[ \t]{1,8}[\w.@+-]{1,64}:)([^\s:]{3,128})(?=\s|$)/g,
		accept: (text) => looksChosen(text, 5),
	},
];
