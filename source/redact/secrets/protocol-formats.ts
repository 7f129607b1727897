import { type FormatRow, given } from './format-row.ts';
import { looksChosen } from './innocent-values.ts';

/** Files and messages of servers and network devices: PPP, SNMP, RADIUS, FTP, SMTP, IMAP, IPsec; codes for pairing; JSON Web Keys. */
export const protocolFormats: readonly FormatRow[] = [
	// PPP (chap-secrets), Net-SNMP, Redis ACLs.
	{
		needs: [' * '],
		expression: /(^\s*["']?[\w.@-]{1,64}["']?\s+\*\s+["']?)([^\s"'*]{4,128})(?=["']?\s+\S)/gm,
		accept: given,
	},
	{
		needs: ['createuser'],
		expression: /(\bcreateUser\b[^\n]{0,120}?\s(?:MD5|SHA(?:-\d{3})?|AES|DES)\s+["']?)([^\s"']{4,128})/gi,
	},
	{ needs: ['createuser'], expression: /(\bcreateUser\b[^\n]{0,200}\s(?:AES|DES)\s+["']?)([^\s"']{4,128})/gi },
	{
		needs: ['user '],
		expression: /(\buser\s+\S{1,64}\s+(?:on|off|reset|nopass|sanitize-payload)\b[^\n]{0,80}?\s[#>])([^\s"']{3,200})/gi,
	},
	// Password changed from x to y; Login incorrect: [user/x] (FreeRADIUS, honeypots).
	{
		needs: ['ed from ', ' wurde von ', 'ging password'],
		expression:
			/(\b(?:password|passphrase|secret|pin|passwort|kennwort)\b[^:=\n]{0,40}?\s(?:from|von)\s+["']?)([^\s"']{4,128})(?=["']?\s+(?:to|auf)\s)/gi,
		accept: (value) => looksChosen(value, 4),
	},
	{
		needs: ['ed from ', ' wurde von ', 'ging password'],
		expression:
			/(\b(?:password|passphrase|secret|pin|passwort|kennwort)\b[^:=\n]{0,40}?\s(?:from|von)\s+\S{1,128}\s+(?:to|auf)\s+["']?)([^\s"']{4,128})/gi,
		accept: (value) => looksChosen(value, 4),
	},
	{
		needs: ['login incorrect:', 'login ok:', 'login attempt'],
		expression:
			/(\blogin (?:incorrect|OK|attempt)\b[^\n[]{0,60}\[(?:b')?[^\s/\]<>]{1,64}\/(?:b')?)([^\s\]<>']{3,128})(?='?\])/gi,
		accept: given,
	},
	// Protocols: FTP, POP3, IRC; Redis; SMTP and IMAP; NickServ.
	{
		needs: ['pass '],
		expression: /((?:^|[\s>:"'\]])PASS[ \t]{1,4}:?)(\S{3,200})(?=\s*(?:$|["'\\]|\r|\n))/g,
		accept: (value) => given(value) && !/[/\\]|\.\w{1,5}$|^\(|^Test/.test(value),
	},
	{
		needs: ['auth'],
		expression:
			/((?:^|[\s>"'\]])"?AUTH"?[ \t]{1,4}"?(?:default"?\s+"?|[\w.-]{1,40}"?\s+")?)([^\s"']{4,400})(?="|\s*$)/g,
		accept: (value) =>
			given(value) && !/^(?:PLAIN|LOGIN|CRAM-MD5|NTLM|XOAUTH2|TLS|GSSAPI|SSL|OK|FAILED|failed|ok)$/.test(value),
	},
	{
		needs: ['auth', 'authenticate'],
		expression:
			/(\bAUTH(?:ENTICATE)?[ \t]+(?:PLAIN|LOGIN|XOAUTH2|CRAM-MD5|NTLM|OAUTHBEARER|SCRAM-\S{3,12})[ \t]+)((?!(?:PLAIN|LOGIN|XOAUTH2|CRAM|NTLM|OAUTHBEARER|SCRAM|GSSAPI|EXTERNAL|DIGEST)\b)[\w+/=]{4,4000})/gi,
	},
	{
		needs: [' login '],
		expression:
			/((?:^|\s)[A-Za-z]{0,4}\d{1,6}[ \t]+LOGIN[ \t]+(?:"[^"]{1,100}"|\S{1,100})[ \t]+)("[^"\n]{1,200}"|\S{1,200})/g,
	},
	{
		needs: ['identify', 'apop'],
		expression: /(\b(?:NickServ\b[^\n]{0,20}?\bIDENTIFY\s+(?:\S{1,40}\s+)?|APOP\s+\S{1,64}\s+))(\S{3,200})/gi,
	},
	// Key files of IPsec and WPA: : PSK "x", psk=x; routers: snmp-server community x, key 7 x.
	{
		needs: ['psk', 'eap', 'xauth'],
		expression: /((?:^|\s|:)\s?(?:PSK|EAP|XAUTH|NTLM)\s+)("[^"\n]{1,400}"|0[sx][\w+/=]{8,400})/g,
	},
	{
		needs: ['community'],
		expression: /(\bcommunity\s+)([^\s"':]{3,64})(?=\s+(?:RO|RW|view|ipv4|\d{1,4}(?![.\d])))/gi,
		accept: given,
	},
	{
		needs: ['key'],
		expression:
			/(\b(?:pre-shared-key|key|tacacs-server key|radius-server key|key-string)\s+(?:[0-9]\s+|address\s+\S{1,60}\s+key\s+(?:\d\s+)?))([^\s"']{4,200})/gi,
		accept: (value) => looksChosen(value, 4) || /^[0-9A-F]{8,}$/i.test(value),
	},
	// enrolment token ABCD-1234: what pairs a connector, without any sign between.
	{
		needs: ['enrol', 'pairing', 'bootstrap', 'join', 'registration', 'recovery', 'unseal', 'root'],
		expression:
			/(\b(?:enrol?lment|bootstrap|pairing|join|registration|recovery|unseal|initial root)[ _-](?:token|code|key|secret)(?:[ _]\d{1,2})?(?: is| was)?:?[ "']{1,3})(?=[\w.~+/-]{0,200}\d)([\w.~+/=-]{8,400})/gi,
	},
	// Hashes of Windows next to their name; what kubeadm joins with.
	{
		needs: ['hash', 'ntlm', 'nthash', 'lm:'],
		expression:
			/(\b(?:NT|LM|NTLM|NTLMv[12]|nthash|lmhash|NT ?hash|LM ?hash|ntlm_?hash)\b["']?(?:\s{0,4}(?:hash|password)(?:es)?)?["']?\s{0,4}(?:is|[:=])?\s{0,4}["']?)([0-9a-f]{32}(?::[0-9a-f]{32})?)\b/gi,
	},
	{ needs: ['discovery-token', '--token', 'kubeadm'], expression: /(--token[ =])([a-z0-9]{6}\.[a-z0-9]{16})\b/g },
	// JSON Web Keys (RFC 7517, RFC 7518 6.2.2, 6.3.2, 6.4): the members that are private.
	{
		needs: ['"d"', '"p"', '"q"', '"dp"', '"dq"', '"qi"', '"k"', '\\"d', "'d'"],
		expression: /([{,\s]\\{0,3}["'](?:d|p|q|dp|dq|qi|k)\\{0,3}["']\s{0,4}:\s{0,4}\\{0,3}["'])([\w-]{20,2000})/g,
	},
	{
		needs: ['keyboard-interactive'],
		expression: /(\bkeyboard-interactive\b[^\n]{0,60}?\bresponses?:\s{0,2}["']?)([^\s"']{4,128})/gi,
		accept: (value) => looksChosen(value, 5),
	},
	{
		needs: ['login ', 'oper '],
		expression: /((?:^|[\s>"])(?:LOGIN|OPER|oper)[ \t]+"?[\w.@-]{1,64}"?[ \t]+"?)([^\s"']{5,128})(?="?\s*$)/g,
		accept: (value) => looksChosen(value, 5),
	},
];
