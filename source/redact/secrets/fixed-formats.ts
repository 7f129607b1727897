import { isInnocentValue, looksChosen } from './innocent-values.ts';
import { looksRandom } from './random-look.ts';
import type { Span } from './spans.ts';

/**
 * Places where a secret stands without a word that names it: URLs and data source names, the files of clients, commands of protocols.
 * Each row: what has to be in the text (lower case), what stands before the secret, the secret, and whether it is looked at first.
 */
type Row = {
	readonly needs: readonly string[];
	readonly expression: RegExp;
	readonly accept?: (value: string, before: string, after: string) => boolean;
};

const encoded = (value: string) =>
	value.length >= 8 &&
	!isInnocentValue(value) &&
	!/^\w+=[^=]/.test(value) &&
	(/[\d+/=~]|\w\.\w/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value.slice(1))));
const given = (value: string) => !isInnocentValue(value);
/** Names that stand before an address and are no users. */
const notUser =
	/(?:^|[^\w])(?:mailto|sips?|xmpp|ssh|user(?:name)?|from|to|host|for|by|email|mail|sender|recipient|target|remote|origin|acct|account|login|uid|image|kex|cipher|mac|id)$/i;

const rows: readonly Row[] = [
	// scheme://user:password@host; a password may hold a slash or an @.
	{
		needs: ['://'],
		expression: /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^/\s:@"'<>]{0,256}:)([^\s"'<>]{1,1024})(?=@)/gi,
		accept: given,
	},
	// jdbc:oracle:thin:user/password@host, sqlplus user/password@host
	{
		needs: ['thin:', 'sqlplus', 'sqlldr', 'expdp', 'impdp', 'rman', 'exp ', 'imp '],
		expression:
			/((?:\bthin:|\b(?:sqlplus|sqlldr|expdp|impdp|exp|imp|rman)\b[^\n]{0,80}?\s)["']?[\w$#.-]{1,64}\/)([^\s"'@/]{1,128})(?=@|["']|\s|$)/gi,
		accept: given,
	},
	// A token in place of the user: https://ghp_…@github.com
	{ needs: ['@'], expression: /(\bhttps?:\/\/)([\w-]{20,1024})(?=(?::x-oauth-basic)?@)/gi },
	// user:password@tcp(host), user:password@host:port without a scheme
	{
		needs: ['@tcp(', '@unix(', '@udp(', '@cloudsql('],
		expression: /((?:^|[\s"'=`(\\])[\w.%+-]{1,64}:)([^\s"'`]{1,256})(?=@(?:tcp|udp|unix|cloudsql)\()/gi,
		accept: given,
	},
	{
		needs: ['@'],
		expression:
			/((?:^|[\s"'=`(,])[\w.+-]{1,64}:)([^\s"'`@/:]{3,128})(?=@[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}(?::\d{2,5}|\/|["'`\s,)]|$))/gi,
		accept: (value, before, after) =>
			!/^@sha\d/.test(after) &&
			!notUser.test(before.slice(0, -1)) &&
			(looksChosen(value, 5) || /^@[\w.-]{1,255}:\d{2,5}\b/.test(after)) &&
			!/^@(?:openssh|libssh|lysator|ssh)\./.test(after),
	},
	// Signatures that open what a URL names: AWS, Azure, Google; tokens in a query.
	{
		needs: ['sig=', 'signature=', 'credential=', 'x-amz-', 'x-goog-'],
		expression: /([?&;](?:sig|signature|X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token))=)([^\s&"']{6,2000})/gi,
	},
	{
		needs: ['signature=', 'response='],
		expression: /(\b(?:Signature|response|cnonce)=\\{0,3}["']?)([0-9A-Za-z+/=%]{16,})/g,
	},
	{
		needs: ['code=', 'ticket=', 'assertion=', 'samlresponse=', 'state=', 'sid='],
		expression: /([?&](?:code|ticket|assertion|SAMLResponse|SAMLRequest|sid)=)([^\s&"']{8,8000})/gi,
		accept: (value) => looksChosen(value, 8) || looksRandom(value),
	},
	// Authentication schemes (RFC 7235) wherever they stand.
	{
		needs: ['bearer', 'basic', 'negotiate', 'ntlm', 'apikey', 'api-key', 'ssws', 'hawk'],
		expression: /(\b(?:bearer|basic|negotiate|ntlm|api-?key|ssws|hawk)[ \t]{1,64})([\w.~+/=-]{4,8000})/gi,
		accept: encoded,
	},
	// Cookies of sessions, by the names that servers give them.
	{
		needs: [
			'sessid=',
			'sess_id=',
			'sessionid=',
			'session_id=',
			'session_token=',
			'sessiontoken=',
			'.sid=',
			'__secure-',
			'__host-',
			'_session=',
			'aspxauth=',
			'.aspnetcore.',
		],
		expression:
			/(\b(?:[A-Z]{0,10}SESS(?:ION)?_?ID|sessionid|session_?token|connect\.sid|(?:__(?:Secure|Host)-)[\w.-]{1,64}|_\w{1,40}_session|\.ASPXAUTH|\.AspNetCore\.[\w.-]{1,60})=)([^\s;,"'&]{6,4000})/gi,
	},
	// netrc: login deploy password hunter2; account. .pgpass: host:port:database:user:password
	{
		needs: ['login ', ' password ', ' passwd ', ' pass '],
		expression: /(\b(?:login|user)\s+\S{1,128}\s+(?:password|passwd|pass|account)\s+)(\S+)/gi,
		accept: given,
	},
	// user:password for chpasswd, htpasswd -b file user password, vault login x, git credentials.
	{
		needs: ['chpasswd', 'htpasswd'],
		expression: /(\becho\s+["']?[\w.-]{1,64}:)([^\s"'|]{1,128})(?=["']?\s*\|\s*(?:sudo\s+)?chpasswd)/gi,
	},
	{ needs: ['chpasswd'], expression: /(\bchpasswd\b[^\n]{0,20}?<<<?\s*["']?[\w.-]{1,64}:)([^\s"']{1,128})/gi },
	{
		needs: ['htpasswd'],
		expression: /(\bhtpasswd\s+(?:-\w+\s+){0,4}-\w*b\w*\s+(?:-\w+\s+){0,4}\S{1,200}\s+\S{1,64}\s+)(\S+)/gi,
	},
	{
		needs: ['vault', 'smbpasswd', 'passwd', '--stdin'],
		expression:
			/(\bvault\s+login\s+(?:-\S+\s+){0,4}|\becho\s+["']?)([^\s"'|-][^\s"'|]{3,128})(?=["']?(?:\s*$|\s*\|\s*(?:sudo\s+)?(?:passwd|\S{1,30}\s[^\n]{0,80}--(?:password-)?stdin)))/gi,
		accept: (value) => given(value) && looksChosen(value, 5),
	},
	{
		needs: ['net use', 'net user'],
		expression: /(\bnet\s+use\b[^\n]{0,200}?\/user:\S{1,128}\s+|\bnet\s+user\s+[\w.-]{1,64}\s+)([^\s/*]\S{2,128})/gi,
		accept: given,
	},
	{
		needs: ['net use'],
		expression: /(\bnet\s+use\s+(?:\w:\s+)?\\\\\S{1,200}\s+)([^\s/*]\S{2,128})(?=\s+\/user)/gi,
		accept: given,
	},
	{
		needs: ['/p:', '/pass:', '/rp', '/pwd:'],
		expression: /(\s\/(?:p|pass|pwd|password|rp|gp):)("[^"]{1,200}"|\S{1,200})/gi,
	},
	// The public half of a Sentry DSN names the project; what is given in place of a user elsewhere opens it.
	{ needs: ['://'], expression: /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)([0-9a-f]{32})(?=[:@])/gi },
	// What is piped into a program that asks for a password; what expect sends; a value before its name.
	{
		needs: ['kinit', 'sudo ', 'cryptsetup', 'ssh-add', 'gpg', 'openssl', 'su -'],
		expression:
			/(\b(?:echo|printf)\s+(?:-\w+\s+)?["']?)([^\s"'|-][^\s"'|]{3,128})(?=["']?\s*\|\s*(?:sudo|kinit|cryptsetup|ssh-add|gpg2?|openssl|su)\b)/gi,
		accept: (value) => looksChosen(value, 5),
	},
	{
		needs: ['send'],
		expression: /(\bsend(?:ln|_user)?\s+(?:--\s+)?")([^"\\$]{4,128})(?=\\[rn]")/gi,
		accept: (value) => looksChosen(value, 5),
	},
	{
		needs: [' as '],
		expression:
			/(\b(?:with|using|mit|avec|con)\s+["']?)([^\s"']{4,128})(?=["']?\s+as\s+(?:the\s+|a\s+|its\s+|your\s+|my\s+)?(?:password|passphrase|token|secret|key)\b)/gi,
		accept: given,
	},
	{
		needs: ['login as ', 'logged in as ', 'log in as ', 'sign in as ', 'credentials '],
		expression: /(\b(?:log(?:ged|ging)?[ -]?in as|sign(?:ed)? in as|credentials)\s+[\w.@-]{1,64}\/)([^\s"'/]{4,128})/gi,
		accept: (value) => looksChosen(value, 5),
	},
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
	// SQL: IDENTIFIED BY 'x', PASSWORD 'x', SET PASSWORD
	{
		needs: ['identified'],
		expression: /(\bidentified\s+(?:with\s+\S{1,64}\s+)?(?:by|as)\s+(?:values\s+|password\s+)?["'])([^"'\n]{1,400})/gi,
	},
	{ needs: ['identified'], expression: /(\bidentified\s+by\s+)([^\s"';]{1,128})/gi, accept: given },
	{
		needs: ['password(', 'old_password(', 'crypt(', 'encrypt(', 'digest('],
		expression:
			/(\b(?:password|old_password|crypt|encrypt|pgp_sym_encrypt|pgp_sym_decrypt)\(\s*(?:'[^']{0,200}'\s*,\s*)?["'])([^"'\n]{1,200})/gi,
	},
	// Credentials as arguments: auth=('svc','x'), HTTPBasicAuth("svc", "x"), db.auth('u','x'), sp_addlogin 'u', 'x'.
	{
		needs: ['auth', 'sp_addlogin'],
		expression:
			/((?:\bauth\\{0,3}["']?\s{0,4}[:=]\s{0,4}[([]|BasicAuth\(|\.auth\(|\bsp_addlogin)\s{0,4}\\{0,3}["'][^"'\n]{1,64}["']\s{0,4},\s{0,4}\\{0,3}["'])([^"'\\\n]{1,128})/gi,
		accept: given,
	},
	{
		needs: ['convertto-securestring'],
		expression: /(\bConvertTo-SecureString\s+(?:-String\s+)?\\{0,3}["'])([^"'\\\n]{1,200})/gi,
		accept: given,
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
			/(\bAUTH(?:ENTICATE)?[ \t]+(?:PLAIN|LOGIN|XOAUTH2|CRAM-MD5|NTLM|OAUTHBEARER|SCRAM-\S{3,12})[ \t]+)([\w+/=]{4,4000})/gi,
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
		needs: ['"d', '"p"', '"q', '"k"', '\\"d', "'d'"],
		expression: /([{,\s]\\{0,3}["'](?:d|p|q|dp|dq|qi|k)\\{0,3}["']\s{0,4}:\s{0,4}\\{0,3}["'])([\w-]{20,2000})/g,
	},
];

/** .pgpass: host:port:database:user:password */
const passwordFile: Row = {
	needs: [],
	expression: /((?:^|\s)(?:[\w.-]{1,255}|\*):(?:\d{2,5}|\*):[\w.*-]{1,64}:[\w.*@-]{1,64}:)([^\s:]{3,200})(?=\s|$)/g,
	accept: (value, before) =>
		!/^\s*(?:[0-9a-f]{1,4}:){4}$/i.test(before) &&
		!isInnocentValue(value) &&
		!/^(?:\s*\d{1,4}:){2}/.test(before) &&
		!/\.(?:[ch]|cc|cpp|go|rs|ts|js|py|java)(?:pp)?:/.test(before),
};
/** Cheap, for each line is asked; a time of day has fewer parts. */
const hasPort = /:(?:\d{2,5}|\*):[\w.*-]{1,64}:[\w.*@-]{1,64}:/;
const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
/** A text without any of these has nothing for the rows. Made of them, so that none is forgotten. */
const mayHold = new RegExp([...new Set(rows.flatMap(({ needs }) => needs))].map(literal).join('|'));

/** Secrets in places that are known for them. */
export function* findInFixedFormats(text: string, lower: string): Iterable<Span> {
	if (hasPort.test(text)) yield* findRow(text, passwordFile);
	if (!mayHold.test(lower)) return;
	for (const row of rows) if (row.needs.some((needed) => lower.includes(needed))) yield* findRow(text, row);
}

function* findRow(text: string, { expression, accept }: Row): Iterable<Span> {
	for (const { 0: whole, 1: before = '', 2: value = '', index } of text.matchAll(expression)) {
		if (value.startsWith('[secret removed') || value.startsWith('[private key')) continue;
		const end = index + whole.length;
		if (accept !== undefined && !accept(value, before, text.slice(end, end + 40))) continue;
		yield { start: index + before.length, end: index + before.length + value.length };
	}
}
