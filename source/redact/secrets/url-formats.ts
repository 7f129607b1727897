import { type FormatRow, given } from './format-row.ts';
import { isInnocentValue, looksChosen } from './innocent-values.ts';
import { looksRandom } from './random-look.ts';

const encoded = (value: string) =>
	value.length >= 8 &&
	!isInnocentValue(value) &&
	!/^\w+=[^=]/.test(value) &&
	(/[\d+/=~]|\w\.\w/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value.slice(1))));
/** Names that stand before an address and are no users. */
const notUser =
	/(?:^|[^\w])(?:mailto|sips?|xmpp|ssh|user(?:name)?|from|to|host|for|by|email|mail|sender|recipient|target|remote|origin|acct|account|login|uid|image|kex|cipher|mac|id)$/i;

/** URLs, data source names, and what HTTP sends: schemes and cookies. */
export const urlFormats: readonly FormatRow[] = [
	// scheme://user:password@host; a password may hold a slash or an @.
	{
		needs: ['://'],
		expression: /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^/\s:@"'<>]{0,256}:)([^\s"'<>]{1,1024})(?=@)/gi,
		accept: given,
	},
	// The same, cut before its end: what stands in place of a port is none.
	{
		needs: ['://'],
		expression: /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^/\s:@"'<>]{1,256}:)([^\s"'<>/@:]{1,400})$/gim,
		accept: (value) => /[A-Za-z]/.test(value) && given(value),
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
	{
		needs: ['@'],
		expression: /(\bhttps?:\/\/)([^\s:@/"'<>]{6,200})(?=@)/gi,
		accept: (value) => looksChosen(value, 8) && /[A-Z!#$%^&*?~+]/.test(value),
	},
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
		needs: ['code=', 'ticket=', 'assertion=', 'samlresponse=', 'samlrequest=', 'state=', 'sid='],
		expression:
			/((?:[?&](?:code|ticket|assertion|sid)|(?:^|[?&\s"'])(?:SAMLResponse|SAMLRequest))=)([^\s&"']{8,8000})/gi,
		accept: (value) => value.length >= 40 || looksChosen(value, 8) || looksRandom(value),
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
	// The public half of a Sentry DSN names the project; what is given in place of a user elsewhere opens it.
	{ needs: ['://'], expression: /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)([0-9a-f]{32})(?=[:@])/gi },
];
