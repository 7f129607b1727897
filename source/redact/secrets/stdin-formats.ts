import { type FormatRow, given } from './format-row.ts';

/** Programs that read a password or a token from their standard input. */
const readers =
	'(?:kinit|passwd|sudo|su|smbpasswd|htpasswd|htdigest|chpasswd|cryptsetup|gpg2?|ssh-add|openssl|pwsafe|pass|secret-tool|adcli|realm|keytool|wg|ldap\\w{3,8}|sshpass|vncpasswd|mosquitto_passwd|doveadm|rndc-confgen|saslpasswd2|mysql_config_editor|pdbedit|tpm2_\\w{3,20}|wpa_passphrase|mkpasswd|age|runuser|login|faillock|ykman|bw|op|lpass|keepassxc-cli)';
/** Others do so when they are told to. */
const whenTold =
	'[\\w./-]{1,40}[ \\t][^\\n|;&<]{0,160}?(?:stdin|passphrase-fd|with-token|from-file=-|\\slogin\\b|\\ssecrets?\\b|\\stoken\\b|\\s-S\\b)';

const isVariable = (value: string) => /^\$[\w{(]|^%s/.test(value);

/** What is sent into a program that asks for a secret: here-strings, pipes. */
export const stdinFormats: readonly FormatRow[] = [
	{
		needs: ['<<<'],
		expression: new RegExp(
			String.raw`((?:\b${readers}\b|${whenTold})[^\n|;&<]{0,160}?<<<[ \t]{0,4}\$?)("[^"\n]{2,400}"?|'[^'\n]{2,400}'?|[^\s"';|&]{2,400})`,
			'gi',
		),
		accept: (value) => given(value.replace(/^["']|["']$/g, '')) && !isVariable(value.replace(/^["']/, '')),
	},
	{
		needs: ['echo ', 'printf ', 'yes '],
		expression: new RegExp(
			String.raw`(\b(?:echo|printf|yes)[ \t]{1,4}(?:-\w{1,3}[ \t]{1,4}){0,3}(?:["']?(?:%s|\\\\?[nr])[^"'\s]{0,24}["']?[ \t]{1,4})?["']?)([^\s"'|-][^"'|\n]{2,160}?)(?=["']?[ \t]{0,4}\|[ \t]{0,4}(?:sudo[ \t]{1,4}(?:-\w{1,2}[ \t]{1,4}){0,4})?(?:${readers}\b|${whenTold}))`,
			'gi',
		),
		accept: (value) => given(value) && !isVariable(value),
	},
];
