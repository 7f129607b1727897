import type { Span } from './spans.ts';

/**
 * Options of programs that take a password without naming it: `plink -pw x`, `mysql -px`, `curl -u user:x`. From their manual pages.
 * `apart`: the value may stand after a blank; `joined`: it may follow at once; `pair`: it is `user:password` or `user%password`.
 */
type OptionRow = {
	readonly programs: readonly string[];
	readonly options: readonly string[];
	readonly value: 'apart' | 'joined' | 'both' | 'pair';
};

const rows: readonly OptionRow[] = [
	{
		programs: [
			'mysql',
			'mysqldump',
			'mysqladmin',
			'mysqld',
			'mariadb',
			'mariadb-dump',
			'mysqlimport',
			'mycli',
			'mysqlsh',
		],
		options: ['-p'],
		value: 'joined',
	},
	{ programs: ['sshpass'], options: ['-p'], value: 'both' },
	{
		programs: ['plink', 'pscp', 'psftp', 'putty', 'kitty', 'winscp', 'klink'],
		options: ['-pw', '-passphrase'],
		value: 'apart',
	},
	{
		programs: [
			'docker login',
			'podman login',
			'nerdctl login',
			'buildah login',
			'skopeo login',
			'helm registry login',
			'oras login',
			'crane auth login',
			'az login',
			'az acr login',
			'oc login',
			'cf login',
			'ibmcloud login',
			'heroku login',
			'bw login',
			'argocd login',
			'mongo',
			'mongosh',
			'mongodump',
			'mongorestore',
			'mongoexport',
			'mongoimport',
			'cqlsh',
			'psexec',
			'rdesktop',
			'influx',
			'clickhouse-client',
			'arangosh',
			'couchbase-cli',
			'cbq',
			'rabbitmqadmin',
			'svn',
			'ncftp',
			'vncdo',
			'ansible-vault',
			'kadmin',
			'crackmapexec',
			'netexec',
			'nxc',
			'evil-winrm',
			'hydra',
			'medusa',
			'twine upload',
			'racadm',
			'hdbsql',
			'beeline',
			'cypher-shell',
			'certutil',
			'pkcs12',
			'nzsql',
			'ykman',
		],
		options: ['-p'],
		value: 'apart',
	},
	{ programs: ['redis-cli', 'valkey-cli', 'keydb-cli'], options: ['-a', '--pass'], value: 'both' },
	{
		programs: [
			'ldapsearch',
			'ldapadd',
			'ldapmodify',
			'ldapdelete',
			'ldapwhoami',
			'ldappasswd',
			'ldapcompare',
			'kinit',
			'mount.cifs',
			'vncviewer',
			'vsql',
		],
		options: ['-w'],
		value: 'both',
	},
	{
		programs: [
			'sqlcmd',
			'bcp',
			'osql',
			'isql',
			'ipmitool',
			'mosquitto_pub',
			'mosquitto_sub',
			'zip',
			'zipcloak',
			'unzip',
			'ssh-keygen',
			'fortune-ftp',
			'lftp',
			'wmic',
			'schtasks',
			'snmptrap',
			'xfreerdp',
		],
		options: ['-P'],
		value: 'both',
	},
	{ programs: ['ssh-keygen'], options: ['-N'], value: 'apart' },
	{ programs: ['7z', '7za', '7zz', 'unrar', 'rar'], options: ['-p', '-hp'], value: 'joined' },
	{
		programs: ['snmpget', 'snmpwalk', 'snmpset', 'snmpbulkwalk', 'snmpgetnext', 'snmptable'],
		options: ['-c', '-A', '-X'],
		value: 'both',
	},
	{
		programs: ['curl', 'wget', 'http', 'https', 'xh', 'httpie', 'hurl'],
		options: ['-u', '--user', '-U', '--proxy-user', '-a', '--auth'],
		value: 'pair',
	},
	{
		programs: ['smbclient', 'rpcclient', 'net rpc', 'winexe', 'smbget', 'wmic', 'nmblookup', 'net ads'],
		options: ['-U', '--user'],
		value: 'pair',
	},
	{
		programs: ['etcdctl'],
		options: ['--user'],
		value: 'pair',
	},
	{
		programs: ['lftp', 'ab', 'siege', 'rsh', 'curlftpfs', 'es', 'elasticdump', 'cadaver', 'htdigest'],
		options: ['-u', '-A'],
		value: 'pair',
	},
	{
		programs: ['skopeo', 'podman', 'buildah', 'crane', 'regctl', 'oras'],
		options: ['--creds', '--src-creds', '--dest-creds'],
		value: 'pair',
	},
	{
		programs: ['openssl'],
		options: ['-k', '-K', '-passin', '-passout', '-pass', '-psk', '-macopt', '-hmac'],
		value: 'apart',
	},
	{
		programs: ['keytool', 'jarsigner', 'apksigner', 'zipalign'],
		options: ['-storepass', '-keypass', '-srcstorepass', '-deststorepass', '-destkeypass'],
		value: 'apart',
	},
	{ programs: ['useradd', 'usermod'], options: ['-p', '--password'], value: 'apart' },
	{ programs: ['vncpasswd', 'x11vnc'], options: ['-passwd', '-f'], value: 'apart' },
	{ programs: ['schtasks'], options: ['/rp', '/p'], value: 'apart' },
];

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
const token = String.raw`(?:"[^"\n]{1,200}"?|'[^'\n]{1,200}'?|[^\s"']{1,400})`;
/** How far from the program its options are looked for. Characters. */
const reach = 600;

function optionsOf({ options, value }: OptionRow): RegExp {
	const option = `(?:${options.map(literal).join('|')})`;
	if (value === 'pair')
		return new RegExp(
			`(\\s${option}[ =]?\\s{0,8}(?:["'][^\\n:"'%]{0,128}[:%](?=[^"'\\n]*["'])|["']?[^\\s:,"'%]{0,128}[:,%]))(?!\\[secret)((?<=["'][^"'\\n]*)[^"'\\n]{1,400}|[^\\s"'@]{1,400})`,
			'g',
		);
	const between = { joined: '', apart: '[ =]\\s{0,8}', both: '[ =]?\\s{0,8}' }[value];
	return new RegExp(`(\\s${option}${between})(?![-\\s]|\\[(?:secret|private key) removed\\])(${token})`, 'g');
}

const tables = rows.map((row) => ({ names: new Set(row.programs), expression: optionsOf(row) }));
const names = [...new Set(rows.flatMap((row) => row.programs))].sort((a, b) => b.length - a.length);
const program = new RegExp(
	String.raw`(?<![\w.-])(${names.map((name) => literal(name).replaceAll(' ', String.raw`\s+`)).join('|')})(?:\.exe)?(?=\s[^\n]{0,400}?(?:\s|^)[-/]|\s[-/])`,
	'gi',
);
const isNoSecret = /^["']?(?:\$|<)|^["']?(?:file:|env:|fd:|stdin|pass(?:word)?file|file)/;

/** Between the arguments of a list: ["curl","-u","a:b"], also as Go prints one. */
const between = /(\\{0,3}["'])\s{0,2},?\s{0,4}\1/g;
/** A user of numbers: 1000:1000 is a user and a group, 0.0.0.0:8080 an address. */
const isNumbers = /[\s="'][\d.]+:$/;

/** Passwords among the options of programs that are known to take one so. */
export function* findOptionValues(line: string): Iterable<Span> {
	// As a shell would get them, and as long as before.
	const isList = line.includes('"-') || line.includes("'-");
	const text = isList ? line.replace(between, (sign) => ' '.repeat(sign.length)) : line;
	if (!/\s[-/]/.test(text)) return;
	for (const { 1: name = '', index, 0: found } of text.matchAll(program)) {
		const from = index + found.length;
		const command = /^[^\n|;]*/.exec(text.slice(from, from + reach))?.[0] ?? '';
		const called = name.toLowerCase().replace(/\s+/g, ' ');
		for (const { names: programs, expression } of tables) {
			if (!programs.has(called)) continue;
			for (const { 1: before = '', 2: value = '', index: at } of command.matchAll(expression)) {
				if (isNoSecret.test(value) || (isNumbers.test(before) && /^\d+$/.test(value))) continue;
				const start = from + at + before.length;
				yield { start, end: start + value.length };
			}
		}
	}
}
