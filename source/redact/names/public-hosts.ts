/** Domains that everybody knows: of programs, systems, registries and standards. Hosts below them identify no site. */
const publicDomains = new Set(
	`openssh.com libssh.org ssh.com lysator.liu.se tartarus.org vaultpam.com github.com githubusercontent.com gitlab.com bitbucket.org ietf.org
	rfc-editor.org nodejs.org npmjs.org npmjs.com debian.org ubuntu.com canonical.com fedoraproject.org redhat.com centos.org alpinelinux.org
	archlinux.org kernel.org freedesktop.org systemd.io gnu.org openssl.org docker.com docker.io ghcr.io quay.io gcr.io mcr.microsoft.com pkg.dev
	golang.org go.dev gopkg.in google.golang.org k8s.io kubernetes.io python.org pypi.org pythonhosted.org rubygems.org crates.io rust-lang.org
	apache.org w3.org iana.org letsencrypt.org prometheus.io grafana.com grpc.io opencontainers.org containerd.io podman.io moby.project
	mobyproject.org jcraft.com xmlsoap.org rsyslog.com nginx.org nginx.com postgresql.org mysql.com cloudflare.com microsoft.com googleapis.com pool.ntp.org ntp.org schema.org json-schema.org`.split(
		/\s+/,
	),
);
/** Ends of host names on which sites are; not those that are the ends of file names and packages first (`.sh`, `.py`, `.rs`, `.pl`). */
const topLevelDomains = new Set(
	`com net org edu gov mil int info biz eu de at ch li fr nl be lu dk se no fi ie uk es pt it gr cz sk hu ro bg hr si rs ee lv lt ua tr us ca mx br
	ar cl co pe au nz jp cn kr tw hk sg in th vn id ph za ng ke eg ma il ae sa io dev app cloud tech online site shop store bank insurance gmbh
	company systems network services solutions group global digital health finance energy example test invalid corp lan internal intranet
	local home arpa`.split(/\s+/),
);
/** Packages of Java, units, modules and fields of programs look like hosts. */
const packageName =
	/^(?:com|org|net|io|java|javax|sun|jdk|scala|kotlin|de|dev|github|sys|os|app|node|process|config|data|self|this|window|console|object|error|err|ctx|req|res|http|net|std)\.[\p{L}\p{N}_.-]+$/u;
const fileName =
	/\.(?:service|socket|timer|target|mount|slice|scope|conf|cfg|ya?ml|json|log|txt|pem|key|pub|crt|go|js|ts|c|h|so|py|sh|md|sql|db|gz|zip|tar|rpm|deb|jar|xml|html?|css|in|id|sock|pid|lock|service)$/i;

export function isPublicHost(host: string): boolean {
	const labels = host.toLowerCase().replace(/\.$/, '').split('.');
	return labels.some((_, index) => publicDomains.has(labels.slice(index).join('.')));
}

/** Whether a dotted word ends as hosts do, and is none of the other things that have dots. `before`: the character in front of it. */
export function isTopLevelDomain(host: string, before: string | undefined): boolean {
	const labels = host.split('.');
	const last = labels.at(-1)?.toLowerCase() ?? '';
	if (!topLevelDomains.has(last) || packageName.test(host) || fileName.test(host)) return false;
	if (before === '$' || before === '/' || before === '\\') return false;
	// `Error.in`, `obj.io`: a capital in the middle of a word is none of a host's.
	return !/\p{Ll}\p{Lu}/u.test(host) && (labels.length > 2 || !/^\p{Lu}/u.test(host));
}

/** Whether a dotted word is a name of a program's own: a package, a function, a file, a unit. */
export function isProgramName(word: string): boolean {
	return packageName.test(word) || fileName.test(word) || /\p{Ll}\p{Lu}|^\p{Lu}\p{Ll}/u.test(word);
}
