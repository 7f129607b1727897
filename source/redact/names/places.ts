import type { PseudonymKind } from './pseudonym.ts';

/**
 * Where a text names somebody, by the grammar of those who write logs: OpenSSH, PAM, logind, sudo, cron, Go, glibc, curl, netcat, Node,
 * syslog (RFC 3164, 5424), logfmt, JSON, LDAP. Each pattern has the name in a group that is called after its kind.
 */
export type Place = {
	/**
	 * How sure the place is that a name stands there. `sure`: whatever word it is. `pair`, `near`: but for the words that stand there in
	 * messages. `likely`: but for any word of English or of programs. In the first two a hidden name counts that is such a word.
	 */
	readonly strength: 'sure' | 'pair' | 'near' | 'likely';
	/** One of these, in lower case, is in every text that the pattern finds something in. */
	readonly words: readonly string[];
	readonly pattern: RegExp;
};

export const groupKinds: Readonly<Record<string, PseudonymKind>> = {
	host: 'HOST',
	host2: 'HOST',
	user: 'USER',
	user2: 'USER',
	safe: 'SAFE',
};

const host = String.raw`[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]{0,252}[\p{L}\p{N}_$])?`;
const user = String.raw`[^\s"'\x60()<>{}\[\],;:|=&\\/@]{1,64}`;
const quote = String.raw`[\\"'\x60“‘«<\[(]{0,3}`;
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const clock = String.raw`\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`;
const isoTime = String.raw`\d{4}-\d\d-\d\d[T ]${clock}(?:Z|[+-]\d\d:?\d\d)?`;
/** What ends the name of a user in a line of sshd. */
const afterUser = String.raw`(?=\s(?:from|by|not|on|is|has|does|with|at|logged|was|\d|\[)|\(|[.,;:]?(?:\s*$|\s*\n)|["'])`;
const not = String.raw`(?!(?:invalid|illegal|unknown|nonexistent|authenticating) user\b)`;

const place = (strength: Place['strength'], words: string, pattern: string, flags = 'giu'): Place => ({
	strength,
	words: words.split(' '),
	pattern: new RegExp(pattern, `${flags}d`),
});

export const places: readonly Place[] = [
	// Syslog: the host stands between time and program.
	place(
		'near',
		'jan feb mar apr may jun jul aug sep oct nov dec',
		String.raw`(?<![\p{L}\d])${month} {1,2}\d{1,2} (?:\d{4} )?${clock} (?<host>${host})(?= [\p{L}\p{N}_./()@:-]{1,80}(?:\[\d+\])?: )`,
	),
	place(
		'sure',
		'[',
		String.raw`(?:^|[\s>])(?:${isoTime}|${month} {1,2}\d{1,2} (?:\d{4} )?${clock}) (?<host>${host})(?= [\p{L}\p{N}_./()@-]{1,80}\[\d+\]: )`,
	),
	place(
		'near',
		':',
		String.raw`(?:^|[\s>])${isoTime} (?<host>${host})(?= (?:kernel|systemd|sshd|sudo|su|cron|crond|dockerd|containerd|audit|auditd|NetworkManager|dhclient|rsyslogd|login): )`,
	),
	place('near', ' - ', String.raw`<\d{1,3}>1 ${isoTime} (?<host>${host}) `),
	place('likely', ' | ', String.raw`(?:^|\n)(?<host>${host}) {1,40}\| `),

	// OpenSSH, PAM, logind, sudo, su, cron, shadow
	place(
		'sure',
		'user',
		String.raw`\b(?:invalid|illegal|unknown|authenticating) user (?<user>[^\n"'()]{1,64}?)(?= (?:from )?[\[\d]| from |:|$|\n|["'(])`,
	),
	place('sure', ' not allowed', String.raw`\buser (?<user>[^\n"'()]{1,64}?)(?= from \S{1,255} not allowed)`),
	place(
		'sure',
		' for ',
		String.raw`\b(?:accepted|failed|postponed|partial) [\w/-]{1,40} for (?!invalid |illegal )(?<user>[^\n"'()]{1,64}?)(?= from )`,
	),
	place(
		'sure',
		' for ',
		String.raw`\b(?:exceeded|tried|password changed|authentication failure|failure) for ${not}(?<user>${user})${afterUser}`,
	),
	place(
		'sure',
		'user',
		String.raw`\bsession (?:opened|closed) for user (?<user>${user})(?:\(uid=\d+\))?(?: by (?<user2>${user})\(uid=)?`,
	),
	place('sure', 'session', String.raw`\bnew session \S{1,20} of user (?<user>${user}?)\.?(?=\s|$)`),
	place(
		'near',
		'user',
		String.raw`(?<![\p{L}=-])(?:users?|username|usr|benutzer|utilisateur|usuario|u[zż]ytkownik) ${quote}(?<user>${user}?)${afterUser}`,
	),
	place(
		'near',
		'account',
		String.raw`(?<![\p{L}=-])(?:accounts?|konto|compte|cuenta) ${quote}(?<user>${user}?)${afterUser}`,
	),
	place(
		'pair',
		'user role owner login principal account member person employee',
		String.raw`(?<![\p{L}=-])(?:users?|role|owner|login|principal|account|member|person|employee) (?:named |called |is )?["'\x60“‘](?<user>[^"'\x60”’\n]{1,64})`,
	),
	place('sure', 'sudo', String.raw`\bsudo(?:\[\d+\])?:\s{1,8}(?<user>${user}) : `),
	place('sure', '(to ', String.raw`\(to (?<user>${user})\) (?<user2>${user}) on `),
	place(
		'sure',
		'su:',
		String.raw`\bsu(?:\[\d+\])?: (?:failed su|\+ \S{1,20}) (?:for )?(?<user>${user})(?: by (?<user2>${user})|:)`,
	),
	place('sure', ') cmd ', String.raw`\((?<user>${user})\) CMD `),
	place('sure', 'name=', String.raw`\b(?:new|delete|change) (?:user|group)(?: ['"])?: name=(?<user>${user})`),
	place(
		'near',
		' as ',
		String.raw`\b(?:log(?:ged|ging)?[ -]?(?:in|on)|authenticat\p{L}{2,4}|connect\p{L}{0,4}|runs?|running|started|starting|su|sudo|impersonat\p{L}{2,4}|session|sign(?:ed)?[ -]?in|acting|known) as (?:the )?(?:user |root or )?${quote}(?<user>${user}?)(?=[.,;:!?]?(?:\s|$)|["')\]@])`,
	),
	place('near', ' as ', String.raw`\bas (?:user )?["'\x60‘“](?<user>[^"'\x60’”\n]{1,64})["'\x60’”]`),
	place(
		'sure',
		'user',
		String.raw`["']user["']\s{0,4}:\s{0,4}\{[^{}\n]{0,200}?["'](?:user)?name["']\s{0,4}:\s{0,4}["'](?<user>[^"'\n]{1,64})["']`,
	),
	place(
		'likely',
		'( < "',
		String.raw`[("'](?<user>\p{Lu}\p{Ll}+(?: \p{Lu}\.)? \p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?)[)"']|(?<user2>\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+) <`,
		'gu',
	),
	place('likely', "'", String.raw`(?<=\p{L} )'(?<host>${host})'(?=[\s.,;:)]|$)`),
	place('near', 'is about', String.raw`\bis about "(?<user>[^"]{1,64})"`),
	place(
		'near',
		'by ',
		String.raw`\b(?:requested|approved|created|denied|rejected|started|stopped|opened|closed|changed|edited|issued|owned|initiated|triggered|signed|revoked|assigned|granted|locked|disabled|checked out|added|removed|deleted|submitted|reported|on behalf of|launched|killed|terminated|acknowledged|invoked) (?:by|of|to) (?:user )?${quote}(?<user>\p{Lu}\p{Ll}+(?:[ .]\p{Lu}\p{Ll}+){1,2}|${user}?)(?=[.,;:!?]?(?:\s|$)|["')\]@(])`,
		'gu',
	),
	place(
		'sure',
		'/home/ users /mail/ crontabs sudoers.d',
		String.raw`(?:/home/|/Users/|[a-z]:(?:\\{1,2}|/)Users(?:\\{1,2}|/)|/var/(?:spool/)?mail/|/crontabs/|/sudoers\.d/|/export/home/)(?<user>[^\s/\\"':,;()\[\]{}<>*]{1,64})`,
	),
	place('pair', '~', String.raw`(?<![\p{L}\p{N}~/.])~(?<user>[a-z_][\w.-]{0,31})(?=/)`),

	// Names that did not resolve, hosts that did not answer: Go, glibc, curl, nc, ssh, Node, PuTTY, dig
	place('near', 'lookup', String.raw`\blookup (?<host>${host})(?= on |:|,|\s|$)`),
	place(
		'sure',
		'connect to',
		String.raw`\bconnect(?:ing)? to (?:host )?(?!(?:host|port|server)\b)(?<host>${host})(?= (?:port|\(|\[|\d)|:\d)`,
	),
	place(
		'sure',
		'connection',
		String.raw`\bconnection (?:to|from|with) (?!(?:the|a|an|host|port|server|remote|this|its|your)\b)(?<host>${host})(?= (?:port|\(|\[|\d{1,5} port)|:\d| closed| timed| refused| failed| was )`,
	),
	place(
		'near',
		'resolve enotfound eai_again resolving',
		String.raw`(?:\bresolv(?:e|ing|ed)(?: (?:host(?:name)?|address|name|the))*(?: address)?|\bgetaddrinfo (?:ENOTFOUND|EAI_AGAIN|failed for|for)|\bENOTFOUND|\bEAI_AGAIN)[: ]\s?${quote}(?<host>${host})`,
	),
	place(
		'near',
		'known resolution address nodename',
		String.raw`(?:^|[\s'"(])(?<host>${host})["']?(?=: (?:name or service not known|nodename nor servname|temporary failure in name|no address associated|no such host|unknown host|host not found|name does not resolve))`,
	),
	place(
		'near',
		'find: nxdomain servfail',
		String.raw`\b(?:can't find|cannot find|NXDOMAIN for|SERVFAIL for|query: ?|no servers could be reached for|unknown host:?|no such host:?|host not found:?|host unknown:?|UnknownHostException:?|unable to open connection to|could not connect to(?: server)?:?|failed to connect to|no route to) ${quote}(?<host>${host})`,
	),
	place(
		'near',
		'nc unable exception connection host',
		String.raw`(?:\bunknown host:?|\bno such host:?|UnknownHostException:|\bunable to open connection to|\bfailed to (?:connect|dial)(?: to)?:?|\b(?:ping|telnet|traceroute|ssh|scp|sftp|nc|ncat|rsync|dig|nslookup|host)(?: -[\p{L}\d]+(?: \d+)?)*) ${quote}(?<host>${host})(?=[\s:"'),]|$)`,
	),
	place(
		'near',
		'host',
		String.raw`(?<![\p{L}_=-])(?:remote |jump |target |unknown |bastion )?host(?:name)? (?:named |called |name |is )?${quote}(?<host>${host})`,
	),
	place(
		'near',
		'hostkey authenticity hostname set hostname',
		String.raw`\b(?:HostKey(?: has been changed)?|reject HostKey|UnknownHostKey): (?<host>${host})|\bhostname set to <?(?<host2>${host})`,
	),
	place(
		'near',
		'host key',
		String.raw`\bhost key (?:for|of) (?:server |host )?${quote}(?<host>${host})|\bkey (?:is known|found) for (?<host2>${host})`,
	),
	place(
		'likely',
		'server node machine target peer gateway router proxy bastion backend upstream client replica vm instance domain realm cluster site member tenant customer database switch firewall appliance rechner knoten serwer serveur servidor maschine',
		String.raw`(?<![\p{L}_=.-])(?:servers?|nodes?|machine|targets?|peer|gateway|router|proxy|bastion|backend|upstream|client|replica|vm|instance|domain|realm|cluster|site|member|tenant|customer|database|switch|firewall|appliance|rechner|knoten|serwer|serveur|servidor|maschine) (?:named |called |name |is |at )?${quote}(?<host>${host})(?![=(]|::)`,
	),
	place(
		'pair',
		'safe',
		String.raw`(?<![\p{L}_=-])(?:safes?) (?:named |called )?["'\x60“‘](?<safe>[^"'\x60”’\n]{1,100})`,
	),
	place('likely', 'safe', String.raw`(?<![\p{L}_=-])(?:safe) (?<safe>${host})(?![=(]|::)`),

	// Options
	place(
		'pair',
		'--',
		String.raw`(?<![\p{L}\p{N}-])--(?:[\p{L}-]{0,20}-)?(?:host(?:name)?|server|target|node|remote)[ =]["']?(?<host>${host})`,
	),
	place(
		'pair',
		'--',
		String.raw`(?<![\p{L}\p{N}-])--(?:[\p{L}-]{0,20}-)?(?:user(?:name)?|login|account|owner)[ =]["']?(?<user>${user})`,
	),
	place(
		'pair',
		' -l -o',
		String.raw`(?:\s-l |-o ?User[= ])["']?(?<user>${user})(?=\s|$|["'])|-o ?(?:HostName|ProxyJump|HostKeyAlias)[= ]["']?(?<host>${host})`,
	),
	// LDAP, certificates
	place('pair', 'cn uid', String.raw`(?<![\p{L}\d])(?:cn|uid)\s?=\s?(?<user>[^,;/"'\n=+]{1,64}?)(?=\s?[,;/+"'\n]|$)`),
	place('near', 'o= ou= o =', String.raw`(?<![\p{L}\d])(?:ou?)\s?=\s?(?<host>[^,;/"'\n=+]{1,64}?)(?=\s?[,;/+"'\n]|$)`),
	place(
		'near',
		'\\',
		String.raw`(?<![\\\p{L}\p{N}/:.-])(?<host>[A-Z][A-Z0-9-]{1,14})\\{1,2}(?<user>[\p{L}\p{N}][\p{L}\p{N}_.$-]{1,63})(?![\\\p{L}\p{N}])`,
		'gu',
	),
	place('sure', '\\\\', String.raw`(?<![\\\p{L}\p{N}:])\\{2,4}(?<host>${host})\\{1,2}[\p{L}\p{N}]`),

	// A name between the words of a sentence
	place(
		'likely',
		'for from to of at on by via through against with behind between called named into towards near',
		String.raw`(?<![\p{L}\p{N}_-])(?:for|from|to|of|at|on|by|via|through|against|with|behind|between|called|named|into|towards|near)\s(?:the\s)?${quote}(?<host>\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+(?![\p{L}\p{N}])|${host})(?![\p{L}\p{N}_$]|[=(]|::|/\p{L})`,
		'gu',
	),
];
