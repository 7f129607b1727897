/** What a password was made into, and may be guessed from: crypt(5), passlib, LDAP (RFC 2307), databases, Windows, network devices. */
const code = String.raw`[./A-Za-z0-9+=,_*#@$-]`;

const shapes: readonly string[] = [
	// $6$salt$hash and its family: crypt(5), bcrypt, scrypt, argon2, phpass, Cisco, Kerberos.
	String.raw`\$(?:[0-9]{1,2}|2[abxy]|[1-9a-z]|gy|apr1|md5|sha1|NT|LM|argon2(?:id|i|d)|s?crypt|yescrypt|bcrypt(?:-sha256)?|pbkdf2(?:-sha\d{1,3})?|pbkdf2-hmac-\w{1,8}|ml|S|P|H|A)\$(?:${code}){8,2000}`,
	String.raw`\$[PHSU]\$[./A-Za-z0-9]{20,80}`,
	String.raw`\$y\$${code}{10,300}`,
	String.raw`\$(?:krb5\w{1,8}|NETNTLM\w{0,3}|DCC2?|SNMPv3|office|zip2|pdf|keepass|rar5|7z|ansible|bitlocker|luks)\$[^\s"']{8,4000}`,
	// Django, werkzeug, GRUB.
	String.raw`\b(?:pbkdf2|scrypt|argon2|bcrypt)[_:]?[\w:]{0,30}\$${code}{8,600}`,
	String.raw`\bgrub\.pbkdf2\.\w{1,12}\.\d{1,8}\.[0-9A-Fa-f.]{32,600}`,
	// LDAP.
	String.raw`\{(?:S?SHA(?:256|384|512)?|S?MD5|CRYPT|PBKDF2[\w-]{0,20}|x-pbkdf2|ARGON2|BCRYPT|CLEAR(?:TEXT)?|PLAIN|NTHASH|noop|bcrypt)\}[^\s"',;<>]{6,600}`,
	// Databases: PostgreSQL, MySQL, SQL Server, Oracle.
	String.raw`\bSCRAM-SHA-\d{1,3}\$\d{1,8}:${code}{8,200}:?${code}{0,200}`,
	String.raw`(?<![\w])md5[0-9a-f]{32}\b`,
	String.raw`(?<![\w*])\*[0-9A-F]{40}\b`,
	String.raw`\b0x0[12]00[0-9A-Fa-f]{40,300}\b`,
	// Windows: pwdump lines, both hashes; NetNTLMv1 and v2.
	String.raw`(?<=:)[0-9a-fA-F]{32}:[0-9a-fA-F]{32}(?=:{1,3})`,
	String.raw`\baad3b435b51404ee[0-9a-fA-F]{16}(?::[0-9a-fA-F]{32})?`,
	String.raw`(?<=::[\w.-]{0,64}:)[0-9a-fA-F]{16}:[0-9a-fA-F]{32}:[0-9a-fA-F]{32,2000}`,
];

const anyHash = new RegExp(shapes.join('|'), 'g');

/** Where hashes of passwords stand that are known by their shape. */
export function* findPasswordHashes(text: string): Iterable<{ start: number; end: number }> {
	for (const { 0: hash, index } of text.matchAll(anyHash)) yield { start: index, end: index + hash.length };
}
