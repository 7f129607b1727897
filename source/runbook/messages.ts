import type { Cause } from '../domain/cause.ts';
import type { CheckId } from '../domain/check.ts';

/** How far a session came before it ended with a message. What the words prove follows from it. */
export type Stage =
	| 'connector'
	| 'dial'
	| 'start'
	| 'cut'
	| 'algorithms'
	| 'host-key'
	| 'credential'
	| 'login'
	| 'after'
	| 'target-log'
	| 'symptom';

/** An error text or symptom, with what it stands for. */
export type Message = {
	readonly id: string;
	/** The row to look at. */
	readonly check: CheckId;
	/** One where the words are sure, else the likely ones in the runbook's order. None where no check of vpmon could ever show it. */
	readonly causes: readonly Cause[];
	/** What the session complains of, in one or two words: `the session says refused`. */
	readonly word: string;
	readonly stage: Stage;
	/** Where the words come from. */
	readonly source: string;
	/** For one line of text with single blanks, straight apostrophes and no double quotes. Every repetition is bounded. */
	readonly pattern: RegExp;
	/** These three in place of what is said of the first cause, where that speaks of vpmon's own probe. */
	readonly headline?: string;
	readonly why?: string;
	readonly steps?: readonly string[];
	/** In place of what the stage leaves open. */
	readonly leavesOpen?: string;
};

const name = String.raw`\S{1,100}`;
/** A user's name may hold blanks where an address with its port follows. */
const nameFrom = String.raw`(?!invalid user )(?:\S{1,100} from \S|.{1,100}? from \S{1,255} port \d)`;
const address = String.raw`\S{1,255}`;
/** `connector dc1 is `, `connector status: `: what follows is said of the connector, not of a session or target of it. */
const connectorName = String.raw`[ =-](?:'[^']{1,100}'|(?!(?:target|session|host|safe|says|reports)\b)[^\s=:>]{1,100})`;
const connectorIs = String.raw`\bconnector(?:(?:${connectorName})?(?:,? (?:status|state))?:?=? ?|(?:${connectorName}(?: (?!(?:target|session|host|safe|says|reports)\b)[^\s=:>]{1,60}){0,2}) (?=is |was |went |has ))(?:(?:is|was|went|shows|has|been|now|currently) ){0,3}`;
const anyLogin: readonly Cause[] = ['user-or-key-rejected', 'key-missing', 'method-not-offered'];
const fiveCauses: readonly Cause[] = [
	'connector-offline',
	'port-timeout',
	'username-rejected',
	'host-key-mismatch',
	'user-or-key-rejected',
];
const credentials = 'VaultPAM: Safes → pick Safe → Edit → Credentials';
const passwordToo = 'whether it is the user or the password; vpmon never sees the password';

/**
 * Every error text and symptom of the runbook and what OpenSSH, Go's x/crypto/ssh, ssh2, PuTTY and browser terminals print, from the
 * most telling to the least: where a text holds several, the first here wins. Sources: the runbook; OpenSSH auth.c, auth2-pubkey.c,
 * misc.c, packet.c, sshconnect.c, sshd.c, srclimit.c; golang.org/x/crypto/ssh client_auth.go, common.go, knownhosts.go and Go's net;
 * ssh2 lib/client.js and lib/protocol/kex.js; PuTTY doc/errors.but and ssh2userauth.c; Dropbear svr-auth.c and svr-authpasswd.c; JSch Session.java; paramiko
 * transport.py and ssh_exception.py.
 */
export const messages: readonly Message[] = [
	// The target's own log decides what a client is never told.
	{
		id: 'target-user-not-allowed',
		check: 'username',
		causes: ['username-rejected'],
		word: 'user not allowed',
		stage: 'target-log',
		source: 'OpenSSH server log',
		pattern: new RegExp(
			`\\buser (?:${name}|.{1,100}? from ${address}) not allowed because |\\baccount ${name} has expired|\\baccess denied for user ${name} by PAM account|\\broot login refused from `,
			'i',
		),
	},
	{
		id: 'target-invalid-user',
		check: 'username',
		causes: ['username-rejected'],
		word: 'unknown user',
		stage: 'target-log',
		source: 'OpenSSH server log',
		pattern: new RegExp(`(?<!\\bfor )\\binvalid user ${nameFrom}`, 'i'),
	},
	{
		id: 'target-nonexistent-user',
		check: 'username',
		causes: ['username-rejected'],
		word: 'unknown user',
		stage: 'target-log',
		source: 'Dropbear server log',
		pattern: /\blogin attempt for nonexistent user\b/i,
		leavesOpen: 'which user it was about: Dropbear names none; compare address, port and time',
	},
	{
		id: 'target-goodbye-invalid-user',
		check: 'username',
		causes: ['username-rejected'],
		word: 'invalid user',
		stage: 'target-log',
		source: 'OpenSSH server log',
		pattern: /\b(?:by|from|disconnecting|for) invalid user \S/i,
		leavesOpen:
			'whether the user does not exist or exists and may not log in: sshd calls both invalid when it says goodbye',
	},
	{
		id: 'target-key-file-refused',
		check: 'ssh-key',
		causes: ['key-rejected'],
		word: 'owner or mode',
		stage: 'target-log',
		source: 'OpenSSH server log',
		pattern:
			/\bbad owner(?:ship)? or modes for |\bcould not open (?:user '?\S{1,100} )?authorized keys .{1,300}?: permission denied/i,
		why: 'The user exists, but sshd does not read its key file: others could write it (StrictModes), or the user cannot read it.',
	},
	{
		id: 'target-key-not-permitted',
		check: 'ssh-key',
		causes: ['key-rejected'],
		word: 'key',
		stage: 'target-log',
		source: 'OpenSSH server log',
		pattern:
			/\bwith correct key but not from a permitted host|\bwith valid certificate but not from a permitted source/i,
		why: 'The key is right, but its from="…" in authorized_keys does not name the connector\'s address.',
	},
	{
		id: 'target-key-type-refused',
		check: 'ssh-key',
		causes: ['key-too-weak', 'key-rejected'],
		word: 'key type',
		stage: 'target-log',
		source: 'OpenSSH server log',
		pattern: /\b(?:key type|signature algorithm) \S{1,100} not in PubkeyAccepted/i,
	},
	{
		id: 'target-failed-root-password',
		check: 'ssh-key',
		causes: [],
		word: 'password',
		stage: 'target-log',
		source: 'OpenSSH server log',
		pattern: /\bfailed (?:password|keyboard-interactive\S{0,20}) for root from \S/i,
		headline: "The target does not accept root's password.",
		why: 'The password was wrong, or root may not log in with one: PermitRootLogin prohibit-password, the default, is logged alike.',
		steps: [
			'on the target: sudo sshd -T | grep -i permitrootlogin',
			`${credentials}: check the password out again, or rotate it; or use an SSH Key or another user`,
		],
	},
	{
		id: 'target-failed-password',
		check: 'ssh-key',
		causes: [],
		word: 'password',
		stage: 'target-log',
		source: 'OpenSSH server log',
		pattern: new RegExp(
			`\\bfailed (?:password|keyboard-interactive\\S{0,20}) for ${nameFrom}|\\bbad password attempt for '.{1,100}?' from \\S`,
			'i',
		),
		headline: 'The target does not accept the password.',
		why: 'The user exists and may log in; the password was wrong.',
		steps: [`${credentials}: check the password out again, or rotate it`],
	},
	{
		id: 'target-authenticating-user',
		check: 'ssh-key',
		causes: ['key-rejected'],
		word: 'key',
		stage: 'target-log',
		source: 'OpenSSH server log',
		pattern: new RegExp(
			`\\b(?:by|from|disconnecting) authenticating user \\S|\\bfailed publickey for ${nameFrom}|\\bmaximum authentication attempts exceeded for ${nameFrom}`,
			'i',
		),
		leavesOpen: 'whether it was a key or a password that was turned away',
	},
	{
		id: 'target-too-many-failures',
		check: 'ssh-key',
		causes: anyLogin,
		word: 'user or key',
		stage: 'target-log',
		source: 'OpenSSH server log',
		pattern:
			/\berror: received disconnect from .{1,120}(?:too many authentication failures|no supported authentication methods|all configured authentication methods failed|auth fail)/i,
		leavesOpen: 'which user it was about: the line names none',
	},
	{
		id: 'target-penalty',
		check: 'port',
		causes: ['source-penalised'],
		word: 'penalty',
		stage: 'target-log',
		source: 'OpenSSH server log, 9.8 and later',
		pattern:
			/\bpenalty: (?:failed authentication|connections without|caused crash|exceeded|connection prohibited)|\bsrclimit_penalise\b|\bactive penalty of \d/i,
	},
	{
		id: 'target-max-startups',
		check: 'port',
		causes: ['connection-reset'],
		word: 'MaxStartups',
		stage: 'target-log',
		source: 'OpenSSH server log',
		pattern: /\bMaxStartups\b/i,
	},

	// The host key: refused before any credential is offered.
	{
		id: 'host-key-changed',
		check: 'host-key',
		causes: ['host-key-mismatch', 'host-key-type-gone'],
		word: 'host key',
		stage: 'host-key',
		source: 'runbook; OpenSSH, PuTTY, Go, ssh2, Guacamole, libssh, JSch, paramiko',
		pattern:
			/\bremote host identification has changed|\bhost key for .{1,255}? has changed|\bpotential security breach|\bhost key does not match|\bhost key did not match|\bhost key mismatch|\bhost key (?:was |has )?changed|\bknownhosts: key mismatch|\bhost denied \(verification failed\)|\bkey fingerprint mismatch|\b(?:server|host) key (?:is not|isn't) the (?:stored|expected)|\bhost key for server \S{1,255} does not match|\bhostkey has been changed/i,
	},
	{
		id: 'host-key-revoked',
		check: 'host-key',
		causes: ['host-key-mismatch'],
		word: 'host key',
		stage: 'host-key',
		source: 'OpenSSH, Go',
		pattern:
			/\brevoked host key detected|\bknownhosts: key is revoked|\bhost key .{1,255}? was revoked|\bis marked as revoked/i,
		why: 'The key the target offers was revoked on purpose where the session started: it needs a new host key.',
	},
	{
		id: 'host-key-unknown',
		check: 'host-key',
		causes: ['host-key-unrecorded'],
		word: 'host key',
		stage: 'host-key',
		source: 'OpenSSH, PuTTY, Go, Guacamole, JSch, paramiko',
		pattern:
			/\bno \S{1,40} host key is known for |\bknownhosts: key is unknown|\bhost key is not cached|\bhost key not found|\bauthenticity of host .{1,255}? can'?t be established|\bhost key is unknown|\bhost is unknown to us|\bUnknownHostKey\b|\bserver \S{1,255} not found in known_hosts/i,
	},
	{
		id: 'host-key-verification-failed',
		check: 'host-key',
		causes: ['host-key-mismatch', 'host-key-unrecorded', 'host-key-type-gone'],
		word: 'host key',
		stage: 'host-key',
		source: 'runbook; OpenSSH, JSch',
		pattern:
			/\bhost key verification (?:has )?failed|\bhostkey verification failed|\bserver failed to confirm ownership of private host keys|\breject HostKey\b/i,
	},
	{
		id: 'host-key-too-short',
		check: 'host-key',
		causes: [],
		word: 'short host key',
		stage: 'host-key',
		source: 'OpenSSH, RequiredRSASize',
		pattern: /\bbad server host key: /i,
		headline: "The session does not accept the kind of the target's host key.",
		why: "It is an RSA key with fewer bits than the session's RequiredRSASize asks for, or one that is cut.",
		steps: [
			'on the target: sudo ssh-keygen -A makes the kinds that are missing; HostKey in sshd_config must name ssh_host_ed25519_key',
			'then VaultPAM: Safes → pick Safe → Edit → Connection settings → Reset host key, after comparing the new one',
		],
		leavesOpen: 'whether user and key are right: they were not tried',
	},

	// The connector's own host forbids the connection, in words that sound like a login.
	{
		id: 'dial-prohibited',
		check: 'port',
		causes: ['host-unreachable'],
		word: 'prohibited',
		stage: 'dial',
		source: 'OpenSSH, Go, Node, nc: EACCES and EPERM of connect(2)',
		pattern:
			/\bconnect to (?:host |address )?\S{1,255}(?: port \d{1,5})?(?: \(tcp\) failed)?: (?:permission denied|operation not permitted)|\bconnect: (?:permission denied|operation not permitted)|\bconnect EPERM\b|\bEACCES\b(?!: permission denied,)/i,
		headline: "The connector's host does not allow this connection.",
		why: 'A firewall, a route of type prohibit or SELinux on the host of the connector forbids it; the target was not asked.',
		steps: [
			'on the host of the connector: ip route get <address of the target>; sudo nft list ruleset',
			'with SELinux: sudo ausearch -m avc -ts recent',
			'allow TCP to the port of the target there',
		],
	},

	// The login: reached, host key accepted, turned away.
	{
		id: 'login-as-other-user',
		check: 'username',
		causes: ['username-rejected'],
		word: 'another user',
		stage: 'login',
		source: 'cloud images, from the forced command of root’s key',
		pattern: new RegExp(`\\bplease log ?in as the (?:user )?'?${name} (?:user )?rather than `, 'i'),
		leavesOpen: 'whether the user it names has the key too',
	},
	{
		id: 'account-not-available',
		check: 'username',
		causes: ['username-rejected'],
		word: 'account',
		stage: 'after',
		source: 'nologin and PAM on the target',
		pattern: /\bthis account is (?:currently )?not available|\byour account has expired|\baccount is locked\b/i,
		why: 'The login itself went through, but the account has no shell, is locked or has expired.',
	},
	{
		id: 'private-key-unprotected',
		check: 'ssh-key',
		causes: [],
		word: 'key file',
		stage: 'credential',
		source: 'OpenSSH',
		pattern:
			/\bunprotected private key file|\bpermissions 0?\d{3} for .{1,255}? are too open|\bload key .{1,255}?: bad permissions/i,
		headline: 'The session does not use its private key: others can read the file.',
		why: 'OpenSSH passes over a private key whose file is open to others.',
		steps: ['where the session starts: chmod 600 on the file it names, owned by the user who starts it'],
	},
	{
		id: 'private-key-unusable',
		check: 'ssh-key',
		causes: ['key-invalid'],
		word: 'key',
		stage: 'credential',
		source: 'OpenSSH, Go, ssh2, PuTTY',
		pattern:
			/\bcannot parse privateKey|\bload key .{1,255}?: (?:invalid format|error in libcrypto|incorrect passphrase)|\bssh: no key found|\bprivate key is passphrase protected|\bencrypted private \S{0,20} ?key detected, but no passphrase|\bunable to use key file|\bunable to load (?:private )?key|\bunsupported key format/i,
		headline: 'The session cannot use the private key it was given.',
		why: "What is attached to the Safe's credential is no private key that the session can read: cut, wrapped, encrypted, or a public key.",
		steps: [`${credentials}: upload the private key whole, without a passphrase`],
	},
	{
		id: 'key-algorithm-refused',
		check: 'ssh-key',
		causes: ['key-too-weak'],
		word: 'key type',
		stage: 'login',
		source: 'OpenSSH',
		pattern: /\bno mutual signature algorithm|\bsign_and_send_pubkey: no mutual/i,
	},
	{
		id: 'nothing-to-offer',
		check: 'ssh-key',
		causes: ['key-missing', 'method-not-offered'],
		word: 'no key offered',
		stage: 'login',
		source: 'Go x/crypto/ssh',
		pattern: /\battempted methods \[none\]/i,
		leavesOpen: 'whether the session had no key to offer, or the target does not take what it had',
	},
	{
		id: 'go-public-key-rejected',
		check: 'ssh-key',
		causes: ['user-or-key-rejected'],
		word: 'user or key',
		stage: 'login',
		source: 'Go x/crypto/ssh',
		pattern: /\battempted methods \[[^\]]{0,100}publickey/i,
	},
	{
		id: 'go-password-rejected',
		check: 'username',
		causes: ['username-rejected'],
		word: 'user or password',
		stage: 'login',
		source: 'Go x/crypto/ssh',
		pattern: /\battempted methods \[[^\]]{0,100}(?:password|keyboard-interactive)/i,
		leavesOpen: passwordToo,
	},
	{
		id: 'permission-denied-publickey',
		check: 'ssh-key',
		causes: anyLogin,
		word: 'user or key',
		stage: 'login',
		source: 'runbook; OpenSSH',
		pattern: /\bpermission denied ?\([^)]{0,100}publickey/i,
	},
	{
		id: 'permission-denied-password',
		check: 'username',
		causes: ['username-rejected', 'method-not-offered'],
		word: 'user or password',
		stage: 'login',
		source: 'OpenSSH',
		pattern:
			/\bpermission denied ?\([^)]{0,100}(?:password|keyboard-interactive)|\bpermission denied, please try again/i,
		leavesOpen: `${passwordToo}; the target named no public keys among its ways to log in`,
	},
	{
		id: 'server-refused-key',
		check: 'ssh-key',
		causes: ['user-or-key-rejected'],
		word: 'user or key',
		stage: 'login',
		source: 'PuTTY',
		pattern: /\bserver refused our key|\bserver refused public-key/i,
	},
	{
		id: 'no-methods-left',
		check: 'ssh-key',
		causes: anyLogin,
		word: 'user or key',
		stage: 'login',
		source: 'PuTTY, Go, ssh2, OpenSSH, Guacamole',
		pattern:
			/\bno supported authentication methods available|\bno supported methods remain|\ball configured authentication methods failed|\bno more authentication methods|\bssh: no authentication methods available|\btoo many authentication failures|\bpublic key authentication failed|\bunable to authenticate\b/i,
	},

	// The two sides share no algorithm: SSH began, nothing was verified.
	{
		id: 'no-common-algorithm',
		check: 'host-key',
		causes: ['no-common-algorithm'],
		word: 'algorithms',
		stage: 'algorithms',
		source: 'OpenSSH client and server log, Go, ssh2, PuTTY, libssh, JSch',
		pattern:
			/\bno matching (?:host key|key exchange|cipher|mac|compression|C->S|S->C)|\bno common algorithm for |\bcouldn'?t agree (?:a|on a) |\bkex error ?: no match|\bno (?:host key|kex|key exchange) alg(?:orithm)?|\balgorithm negotiation fail/i,
		headline: 'The session and the target share no SSH algorithm.',
		why: 'One of them is too old, or hardened further than the other.',
		steps: [
			'on the target: sshd -T | grep -iE "kexalgorithms|hostkeyalgorithms|ciphers|macs"',
			'update the SSH server of the target, or the connector, whichever is the older',
		],
	},

	// The connector's own way out, not the target's.
	{
		id: 'control-plane-unreachable',
		check: 'connector',
		causes: ['connector-degraded'],
		word: 'control plane',
		stage: 'connector',
		source: 'connector log',
		pattern:
			/\bdial tcp \S{1,255}:443: (?:i\/o timeout|connect:)|\b(?:read|write) tcp \S{1,255}->\S{1,255}:443: |\bcontrol plane\b.{0,40}\b(?:unreachable|not reachable|timeout)/i,
		leavesOpen: 'whether the target would let it in: it was not tried; port 443 is taken for the control plane',
	},

	// SSH did not begin.
	{
		id: 'not-allowed-now',
		check: 'port',
		causes: ['source-penalised', 'connection-reset'],
		word: 'not now',
		stage: 'start',
		source: 'OpenSSH server, in place of its identification',
		pattern: /\bnot allowed at this time/i,
		leavesOpen:
			'whether it is a penalty for this address or too many logins under way (MaxStartups): both say the same',
	},
	{
		id: 'not-ssh',
		check: 'port',
		causes: ['not-ssh'],
		word: 'no SSH',
		stage: 'start',
		source: 'OpenSSH, Go, ssh2, PuTTY',
		pattern:
			/\binvalid (?:SSH )?identification string|\boverflow reading version string|\bprotocol mismatch|\bprotocol identification string lack|\bbanner line contains invalid characters|\bbad remote protocol version|\bwe only support SSH protocol version|\bremote (?:software|protocol) version .{1,80}? not supported|\bprotocol major versions differ|\bprotocol version 2 required/i,
	},
	{
		id: 'handshake-timeout',
		check: 'port',
		causes: ['handshake-timeout', 'port-timeout'],
		word: 'timeout',
		stage: 'start',
		source: 'OpenSSH, Go, ssh2',
		pattern:
			/\btimed out during banner exchange|\btimed out while waiting for handshake|\btimed out waiting for SSH identification|\bhandshake failed: .{0,200}?(?:i\/o timeout|deadline exceeded)/i,
		leavesOpen: 'whether the port opened at all: ssh2 gives one deadline to both',
	},
	{
		id: 'no-identification',
		check: 'port',
		causes: ['connection-reset', 'handshake-timeout', 'not-ssh', 'source-penalised'],
		word: 'no SSH',
		stage: 'start',
		source: 'paramiko',
		pattern: /\berror reading SSH protocol banner/i,
		leavesOpen: 'whether it closed, kept silent or spoke something else: paramiko says the same of all',
	},
	{
		id: 'connection-reset',
		check: 'port',
		causes: ['connection-reset', 'source-penalised'],
		word: 'closed',
		stage: 'start',
		source: 'OpenSSH, Go, ssh2',
		pattern:
			/\b(?:kex|ssh)_exchange_identification\b|\bconnection lost before handshake|\bhandshake failed: (?:EOF\b|.{0,200}?(?:connection reset|broken pipe))/i,
	},

	// SSH had begun, or may have.
	{
		id: 'session-dropped',
		check: 'port',
		causes: [],
		word: 'dropped',
		stage: 'after',
		source: 'OpenSSH clientloop.c, packet.c',
		pattern:
			/\bread from remote host\b|\bclient_loop: |\bpacket_write_wait\b|\btimeout,? server \S{1,255} not responding|\bbroken pipe(?<!dispatch_run_fatal: .{0,300}broken pipe)/i,
		headline: 'The session was open, and its connection broke off.',
		why: 'The network, a firewall that forgets idle connections, or the target, which restarted, hangs or ended the session.',
		steps: [
			'on the target: last -x reboot; sudo journalctl -t sshd -t sshd-session -n 50, for a restart or the end of this session',
			'when it was idle: a firewall or NAT on the way that forgets idle connections; ClientAliveInterval in sshd_config keeps them',
		],
	},
	{
		id: 'connection-ended',
		check: 'port',
		causes: ['connection-reset', 'source-penalised'],
		word: 'closed',
		stage: 'cut',
		source: 'OpenSSH, Go, Node, PuTTY',
		pattern:
			/\bconnection reset\b|\bECONNRESET\b|\bunexpectedly closed (?:the )?network connection|\bsoftware caused connection abort|\bconnection closed by (?:remote host|\S{1,255} port \d)|\bsocket hang up|dispatch_run_fatal: |\b(?:read|write) tcp \S{1,255}->\S{1,255}: /i,
		headline: 'The target, or something on the way, ended the connection.',
		why: 'Before the login: the SSH server is overloaded (MaxStartups), stopping, or filters addresses. During it: LoginGraceTime or MaxAuthTries ran out. After it: the network broke off or the target stopped.',
	},

	// No TCP connection.
	{
		id: 'name-not-resolved',
		check: 'port',
		causes: ['name-not-resolved'],
		word: 'unknown name',
		stage: 'dial',
		source: 'OpenSSH, Go, Node, PuTTY',
		pattern:
			/\bno such host\b|\bcould not resolve host|\bname or service not known|\bENOTFOUND\b|\bEAI_AGAIN\b|\bnodename nor servname|\btemporary failure in name resolution|\bhost does not exist|\blookup \S{1,255}(?: on \S{1,255})?: (?:server misbehaving|i\/o timeout|no answer)|\bunknown host\b|\bno address associated with/i,
	},
	{
		id: 'port-refused',
		check: 'port',
		causes: ['port-refused'],
		word: 'refused',
		stage: 'dial',
		source: 'runbook; OpenSSH, Go, Node, PuTTY, nc',
		pattern: /\bconnection (?:was )?refused|\bECONNREFUSED\b|\bactively refused/i,
		leavesOpen: 'whether nothing listens there or a firewall rejects the connector; user and keys were not tried',
	},
	{
		id: 'host-unreachable',
		check: 'port',
		causes: ['host-unreachable'],
		word: 'no route',
		stage: 'dial',
		source: 'OpenSSH, Go, Node, PuTTY, nc',
		pattern: /\bno route to host|\bnetwork is unreachable|\bEHOSTUNREACH\b|\bENETUNREACH\b/i,
	},
	{
		id: 'host-unreachable-banner',
		check: 'port',
		causes: ['name-not-resolved', 'port-timeout', 'host-unreachable'],
		word: 'unreachable',
		stage: 'dial',
		source: 'runbook',
		pattern:
			/\bhost (?:is )?unreachable|\bdestination (?:host )?unreachable|\bhost is down\b|\btarget (?:is )?(?:unreachable|unavailable)/i,
	},
	{
		id: 'port-timeout',
		check: 'port',
		causes: ['port-timeout'],
		word: 'timeout',
		stage: 'dial',
		source: 'runbook; OpenSSH, Go, Node, PuTTY, nc',
		pattern:
			/\b(?:connection|operation) timed out|\bi\/o timeout|\bETIMEDOUT\b|\bconnect(?:ion)? timeout|\bcontext deadline exceeded|\bnetwork error: timed out/i,
	},

	// The connector itself, after the target's own errors: its name stands in most lines of its log.
	{
		id: 'connector-needs-recovery',
		check: 'connector',
		causes: ['connector-needs-recovery'],
		word: 'needs recovery',
		stage: 'connector',
		source: 'runbook; VaultPAM',
		pattern: /\bneeds recovery\b/i,
	},
	{
		id: 'connector-degraded',
		check: 'connector',
		causes: ['connector-degraded'],
		word: 'degraded',
		stage: 'connector',
		source: 'runbook; connector log',
		pattern: new RegExp(`${connectorIs}degraded\\b`, 'i'),
	},
	{
		id: 'connector-offline',
		check: 'connector',
		causes: ['connector-offline'],
		word: 'connector offline',
		stage: 'connector',
		source: 'runbook; VaultPAM',
		pattern: new RegExp(
			`${connectorIs}(?:offline|not connected|disconnected|unavailable|not online)\\b|\\bno (?:online |available |healthy )?connector\\b`,
			'i',
		),
	},

	// Words that leave much open come last.
	{
		id: 'authentication-failed',
		check: 'username',
		causes: ['username-rejected', 'user-or-key-rejected', 'key-rejected', 'key-missing', 'method-not-offered'],
		word: 'user or key',
		stage: 'login',
		source: 'runbook; browser terminals, JSch, libssh2',
		pattern:
			/\bauth(?:entication)? (?:has )?(?:failed|failure|fail|cancel)\b|\baccess denied(?! (?:by|to|for))|\blogin incorrect|(?<!\bEACCES: )\bpermission denied\b(?! by)|\bEAUTH\b/i,
		leavesOpen: 'whether it is the user, the key or the password: SSH answers all alike',
	},
	{
		id: 'opens-and-closes',
		check: 'connector',
		causes: fiveCauses,
		word: 'opens and closes',
		stage: 'symptom',
		source: 'runbook; OpenSSH',
		pattern:
			/\bopens? (?:briefly|shortly|for a moment)|\bsession\b.{0,40}\bclose[sd]? (?:immediately|right away|at once|again)|\bopened briefly|\bconnection to \S{1,255} closed/i,
		leavesOpen:
			'what the message in the window was: that tells far more; or a forced command or nologin shell on the target',
	},
	{
		id: 'never-active',
		check: 'connector',
		causes: fiveCauses,
		word: 'no session',
		stage: 'symptom',
		source: 'runbook',
		pattern: /\b(?:never|not|doesn't|does not)\b.{0,40}\bactive sessions?\b/i,
	},
	{
		id: 'spinner',
		check: 'connector',
		causes: fiveCauses,
		word: 'spinner',
		stage: 'symptom',
		source: 'runbook',
		pattern: /\bspinner\b|\berror banner\b/i,
		leavesOpen: 'what the banner says: that tells far more',
	},
];
