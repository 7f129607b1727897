import { afterUser, host, not, type Place, place, quote, user } from './place.ts';

/** Where OpenSSH, PAM, logind, sudo, su, cron, login, mail and web servers name people and accounts; and where people name people. */
export const placesOfUsers: readonly Place[] = [
	place(
		'sure',
		'for user',
		String.raw`\bfor user ${quote}(?!(?:account|name|id|login|authentication|session|data|and|or|with|in|on|to)\b)(?<user>${user})`,
	),
	place('sure', '(', String.raw`\bUID \d+ \((?<user>${user})\)|\b[efr]?[ug]id=\d+\((?<user2>${user})\)`),
	place('sure', ' : tty=', String.raw`(?:^|\s)(?<user>${user}) : (?:TTY=|\d+ incorrect)`),
	place('sure', 'sudoers', String.raw`(?:^|\s)(?<user>${user}) (?:is not in the|NOT in) sudoers`),
	place(
		'sure',
		'login',
		String.raw`\bFAILED LOGIN (?:\(?\d+\)? )?(?:FROM \S{1,80} )?FOR (?<user>${user})|\bLOGIN ON \S{1,40} BY (?<user2>${user})|\[(?<user3>${user})\] (?:FAIL|OK) LOGIN`,
	),
	place('sure', '/', String.raw`(?<!\S)\S{1,80} \S{1,64} (?<user>${user}) \[\d{1,2}/\p{L}{3}/\d{4}:`),
	place('sure', 'unix-user:', String.raw`\bunix-user:(?<user>${user})`),
	place(
		'sure',
		'name:',
		String.raw`\b(?:Account|User|Logon|Caller User|Target User) Name:\s{1,8}(?<user>[^\s$]{1,64})`,
	),
	place('sure', 'connected to', String.raw`\bUser (?<user>${user}) connected to\b`),
	place('pair', 'user:', String.raw`(?<![\w-])user:(?<user>${user})`),
	// As last(1) and who(1) list sessions
	place(
		'sure',
		'pts/ tty :0',
		String.raw`(?:^|\n)(?<user>${user}) +(?:pts/\d+|tty\S{1,4}|:\d)(?: +\((?<host>${host})\)| +(?<host2>${host})(?= +\p{L}{3} )| +\d{4}-\d\d-\d\d )`,
	),
	place(
		'sure',
		':',
		String.raw`(?:^|\n)(?<user>[a-z_][\w.-]{0,31}):[x*!]:\d+:\d+:(?<user2>[^:,\n]{0,80})[^:\n]{0,80}:/`,
	),
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
		'user usr benutzer utilisateur usuario ytkownik',
		String.raw`(?<![\p{L}=-])(?:users?|username|usr|benutzer|utilisateur|usuario|u[z\u017c]ytkownik) ${quote}(?<user>${user}?)${afterUser}`,
	),
	place(
		'near',
		'account konto compte cuenta',
		String.raw`(?<![\p{L}=-])(?:accounts?|konto|compte|cuenta) ${quote}(?<user>${user}?)${afterUser}`,
	),
	place(
		'pair',
		'user role owner login principal account member person employee',
		String.raw`(?<![\p{L}=-])(?:users?|role|owner|login|principal|account|member|person|employee) (?:named |called |is )?["'\x60\u201c\u2018](?<user>[^"'\x60\u201d\u2019\n]{1,64})`,
	),
	place(
		'near',
		'login',
		String.raw`(?<![\p{L}=-])login ${quote}(?<user>${user}?)(?=\s(?:failed|denied|refused|rejected|incorrect|locked|expired))`,
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
	place(
		'near',
		' as ',
		String.raw`\bas (?:user )?["'\x60\u2018\u201c](?<user>[^"'\x60\u2019\u201d\n]{1,64})["'\x60\u2019\u201d]`,
	),
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
	place('likely', "'", String.raw`(?<=\p{L} )'(?!nonce-|sha\d{3}-|unsafe-|strict-)(?<host>${host})'(?=[\s.,;:)]|$)`),
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
];
