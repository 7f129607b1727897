/** Fields of a public key by its type, the type among them (RFC 4253 section 6.6, RFC 5656, RFC 8709, PROTOCOL.u2f of OpenSSH). */
const fieldsOf: Readonly<Record<string, number>> = {
	'ssh-ed25519': 2,
	'ssh-rsa': 3,
	'ecdsa-sha2-nistp256': 3,
	'ecdsa-sha2-nistp384': 3,
	'ecdsa-sha2-nistp521': 3,
	'sk-ssh-ed25519@openssh.com': 3,
	'sk-ecdsa-sha2-nistp256@openssh.com': 4,
	'ssh-dss': 5,
};

/**
 * How many characters of a base64 text are the public key that it begins with, without what came behind it: a time of the next line
 * may be base64 too. Null where the key is not all there.
 */
export function charactersOfKey(text: string): number | null {
	const bytes = Buffer.from(text, 'base64');
	let fields = Number.POSITIVE_INFINITY;
	let at = 0;
	for (let field = 0; field < fields && at < bytes.length; field++) {
		if (at + 4 > bytes.length) return null;
		const end = at + 4 + bytes.readUInt32BE(at);
		if (end > bytes.length) return null;
		if (field === 0) fields = fieldsOf[bytes.toString('latin1', 4, end)] ?? fields;
		at = end;
	}
	const characters = Math.ceil((at * 4) / 3);
	const padding = /^={0,2}/.exec(text.slice(characters))?.[0].length ?? 0;
	return characters + padding;
}
