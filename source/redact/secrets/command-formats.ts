import { type FormatRow, given } from './format-row.ts';
import { looksChosen } from './innocent-values.ts';

/** Commands that are given a secret among their arguments or through a pipe, files of clients, SQL and code. */
export const commandFormats: readonly FormatRow[] = [
	// netrc: login deploy password hunter2; account. .pgpass: host:port:database:user:password
	{
		needs: ['login ', ' password ', ' passwd ', ' pass '],
		expression: /(\b(?:login|user)\s+\S{1,128}\s+(?:password|passwd|pass|account)\s+)(\S+)/gi,
		accept: given,
	},
	// netrc over several lines; Erlang's cookie; accounts of RabbitMQ and Redis; terraform output -json
	{
		needs: ['password '],
		expression: /(^\s{0,8}password\s+)(\S{4,128})$/gi,
		accept: (value) => /[\d!-/:-@[-`{-~]/.test(value) && given(value),
	},
	{ needs: ['neighbor '], expression: /(\bneighbor\s+\S{1,64}\s+password\s+(?:\d\s+)?["']?)([^\s"']{3,128})/gi },
	{ needs: ['passwd/'], expression: /(\bpasswd\/\S{0,40}password(?:-again|-crypted)?\s+password\s+)(\S{3,128})/gi },
	{
		needs: ['__construct(', 'mysqli', 'pg_connect'],
		expression:
			/((?:PDO->__construct|mysqli(?:->__construct|_connect)?)\('[^'\n]{0,200}', '[^'\n]{0,64}', ')([^'\n]{3,128})/gi,
	},
	{ needs: ['-setcookie '], expression: /(-setcookie\s+["']?)([^\s"']{4,128})/gi },
	{
		needs: ['rabbitmqctl '],
		expression: /(\brabbitmqctl\s+(?:-\S+\s+){0,4}(?:add_user|change_password)\s+\S{1,64}\s+["']?)([^\s"']{3,128})/gi,
	},
	{ needs: ['setuser '], expression: /(\bSETUSER\s+\S{1,64}\s[^\n]{0,200}?[>#<!])([^\s"']{3,128})/gi },
	{
		needs: ['"value"'],
		expression:
			/("[\w-]{0,40}(?:password|passwd|secret|token|api_?key|private_?key)[\w-]{0,20}"\s?:\s?\{[^{}]{0,200}?"value"\s?:\s?")([^"\\]{3,400})/gi,
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
		needs: ['vault login', 'passwd', '--stdin', 'password-stdin', 'echo '],
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
	{ needs: [' using '], expression: /(\bconnect to \S{1,64} user \S{1,64} using )([^\s"']{2,128})/gi },
	{ needs: ['.logon'], expression: /(\.logon\s+[^\s,]{1,128},)([^\s"';]{2,128})/gi },
	{
		needs: ['mc alias', 'mc config'],
		expression: /(\bmc\s+(?:alias set|config host add)\s+\S{1,64}\s+\S{1,200}\s+\S{1,64}\s+)([^\s"']{3,200})/gi,
		accept: given,
	},
	{
		needs: ['openssl passwd', 'mkpasswd'],
		expression:
			/(\b(?:openssl\s+passwd|mkpasswd)\s+(?:-\S{1,16}\s+(?:(?:sha|md5|bcrypt|yescrypt|des)\S{0,8}\s+)?){0,4}["']?)([^\s"'-][^\s"']{3,128})/gi,
		accept: given,
	},
	{ needs: ['signtool'], expression: /(\bsigntool\b[^\n]{0,200}?\s\/p\s+)([^\s"']{2,128})/gi, accept: given },
	{
		needs: ['sending "'],
		expression: /(\bsending ")([^"\\\n]{4,128})(?=\\[rn]" to \{)/g,
		accept: (value) => looksChosen(value, 5),
	},
	{
		needs: ['connect('],
		expression:
			/(\bconnect\(\s{0,4}["'][^"'\n]{1,200}["'],\s{0,4}(?:\d{1,5},\s{0,4})?["'][^"'\n]{1,64}["'],\s{0,4}["'])([^"'\n]{1,128})/gi,
		accept: (value) => looksChosen(value, 4),
	},
	// All that a Secret of Kubernetes holds in plain text.
	{
		needs: ['stringdata'],
		expression:
			/((?<=stringData\\{0,3}["']?\s{0,4}:\s{0,4}\{[^{}]{0,300})["']\s{0,4}:\s{0,4}\\{0,3}["'])([^"'\\\n]{1,400})/g,
	},
];
