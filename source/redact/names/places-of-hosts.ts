import { clock, host, isoTime, month, type Place, place, quote } from './place.ts';

/** Where syslog, Go, glibc, curl, nc, ssh, Node, PuTTY, dig, DHCP and load balancers name machines. */
export const placesOfHosts: readonly Place[] = [
	// Syslog: the host stands between time and program.
	place(
		'near',
		'jan feb mar apr may jun jul aug sep oct nov dec',
		String.raw`(?<![\p{L}\d])${month} {1,2}\d{1,2} (?:\d{4} )?${clock} (?<host>${host})(?= [^\s])`,
	),
	place(
		'sure',
		'#',
		String.raw`\b(?:Linux|FreeBSD|OpenBSD|NetBSD|Darwin) (?<host>${host}) \d+\.\d+\S* (?:#|Darwin|FreeBSD)`,
	),
	place(
		'sure',
		'dhcp',
		String.raw`\bDHCP\p{L}{3,9}(?:\([\w.-]+\))? (?:(?:for|to|on|from) )?\S{3,45}(?: \(?[0-9a-f:]{17}\)?)? (?!(?:from|to|via|on|for|port|wrong|not|via)\b)(?<host>${host})$`,
	),
	place('sure', 'dhcp', String.raw`\bDHCP\p{L}{3,9} (?:on|for|from|to) [^\n(]{3,80}\((?<host>${host})\)`),
	// Ansible's hosts, and what OpenSSH adds to known_hosts
	place('sure', ': [', String.raw`\b(?:ok|changed|fatal|failed|skipping|unreachable): \[(?<host>${host})\]`),
	place('sure', 'permanently added', String.raw`\bPermanently added '(?<host>${host})[,']`),
	place('near', 'connect ', String.raw`\bCONNECT (?<host>${host})(?=:\d)`),
	// Docker, Java, Python, ping, haproxy, ssh-keygen, Windows
	place('sure', 'authenticat', String.raw`\bAuthenticat(?:ing|ed) to (?<host>${host})(?=:\d| \()`),
	place('sure', '(ssh)', String.raw`^(?<host>${host}) \[[0-9a-f.:]+\] \d{1,5} \(`),
	place(
		'sure',
		'ssh-',
		String.raw`^#? ?(?<host>${host})(?::\d+ SSH-2|(?:,[^\s,]{1,80})* (?:ssh-(?:rsa|ed25519)|ecdsa-sha2-\S+) )`,
	),
	place('sure', 'container name', String.raw`\bcontainer name \\?"/?(?<host>${host})`),
	place('sure', 'unreachable', String.raw`^(?<host>${host})(?: \| UNREACHABLE|\s+: ok=\d)`),
	place('sure', 'run sudo on', String.raw`\buser (?<user>[^\s]{1,64}) may not run sudo on (?<host>${host})`),
	place('sure', 'no such container', String.raw`\bNo such container: (?<host>${host})`),
	place('sure', 'exception', String.raw`Exception: [^\n:]{1,60}: (?<host>${host})/(?:\d|<)`),
	place('sure', 'not known:', String.raw`\bName or service not known: ["'](?<host>${host})["']`),
	place('sure', 'ping ', String.raw`^PING (?<host>${host}) \(`),
	place('sure', 'icmp_seq', String.raw`^From (?<host>${host}) \(`),
	place('near', 'haproxy', String.raw`\] \S{1,64} [\w.-]{1,64}/(?<host>${host}) \d+/`),
	place('sure', 'keygen', String.raw`\bssh-keygen\b[^\n]{0,200} -R ["']?(?:\[)?(?<host>${host})`),
	place(
		'sure',
		'name',
		String.raw`\b(?:Computer|Workstation|Host|Server|Machine) ?Name\s{0,12}:\s{1,4}(?<host>${host})`,
	),
	place('near', 'server', String.raw`\bServer [\p{L}\p{N}_.-]{1,80}/(?<host>${host}) is `),
	// Service principal names of Kerberos, and shares
	place(
		'near',
		'/',
		String.raw`(?<![\p{L}\p{N}/.])(?:MSSQLSvc|TERMSRV|WSMAN|RestrictedKrbHost|CIFS|LDAP|HTTP|HOST|GC|nfs)/(?<host>${host})(?=[:@\s,;'"]|$)`,
	),
	place('near', '//', String.raw`(?<![\p{L}\p{N}:/\\])//(?<host>${host})/[\p{L}\p{N}]`),
	// hosts(5): an address, and names of one host, the short one before or behind the long one.
	place(
		'near',
		'.',
		String.raw`(?:^|\n)(?:\d{1,3}\.){3}\d{1,3}\s{1,16}(?<host>[\p{L}\p{N}-]{2,63})(?=\s{1,16}\k<host>\.)`,
	),
	place(
		'near',
		'.',
		String.raw`(?:^|\n)(?:\d{1,3}\.){3}\d{1,3}\s{1,16}(?<long>[\p{L}\p{N}-]{2,63})\.[\p{L}\p{N}.-]{2,200}\s{1,16}(?<host>\k<long>)(?=\s|$)`,
	),
	place('near', 'getaddrinfo', String.raw`\bgetaddrinfo: (?<host>${host}) `),
	place('sure', 'ansible_', String.raw`(?:^|\n)\s{0,20}(?<host>${host}):\n\s{1,20}ansible_`),
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
		'nc unable exception connection host reach contact',
		String.raw`(?:\bunknown host:?|\bno such host:?|UnknownHostException:|\bunable to open connection to|\bfailed to (?:connect|dial|reach|contact|ping)(?: to)?:?|\b(?:cannot|could not|unable to) (?:reach|contact):?|\b(?:ping|telnet|traceroute|ssh|scp|sftp|nc|ncat|rsync|dig|nslookup|host)(?: -[\p{L}\d]+(?: \d+)?)*) ${quote}(?<host>${host})(?=[\s:"'),]|$)`,
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
		'server node machine target peer gateway router proxy bastion backend upstream client replica vm instance domain realm cluster site member tenant customer database switch firewall appliance container pod rechner knoten serwer serveur servidor maschine',
		String.raw`(?<![\p{L}_=.-])(?:servers?|nodes?|machine|targets?|peer|gateway|router|proxy|bastion|backend|upstream|client|replica|vm|instance|domain|realm|cluster|site|member|tenant|customer|database|switch|firewall|appliance|container|pod|rechner|knoten|serwer|serveur|servidor|maschine) (?:named |called |name |is |at )?${quote}(?<host>${host})(?![=(]|::)`,
	),
	place(
		'pair',
		'safe',
		String.raw`(?<![\p{L}_=-])(?:safes?) (?:named |called )?["'\x60\u201c\u2018](?<safe>[^"'\x60\u201d\u2019\n]{1,100})`,
	),
	place('likely', 'safe', String.raw`(?<![\p{L}_=-])(?:safe) (?<safe>${host})(?![=(]|::)`),
];
