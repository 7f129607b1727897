/**
 * Tells private keys from public ones by how their bytes begin, whatever they stand in. DER: X.690; PKCS#1: RFC 8017 A.1; PKCS#8: RFC
 * 5958; EC: RFC 5915; PKCS#12: RFC 7292; X.509: RFC 5280; openssh-key-v1: OpenSSH's PROTOCOL.key; public keys of SSH: RFC 4253, 6.6.
 */
export type KeyKind = 'private' | 'public';

/** No public key is longer. */
const mostBytes = 8192;
const opensshMagic = Buffer.from('openssh-key-v1\0');
const javaKeyStore = 0xfeedfeed;

const sequence = 0x30;
const integer = 0x02;
const octets = 0x04;
const oid = 0x06;
/** PKCS#5 and PKCS#12 say how a key was encrypted: 1.2.840.113549.1.5 and 1.2.840.113549.1.12. */
const encryptions = [Buffer.from('2a864886f70d0105', 'hex'), Buffer.from('2a864886f70d010c', 'hex')];

/** Null for what is no key. Where bytes were cut off, what is there decides. */
export function kindOfKey(bytes: Buffer): KeyKind | null {
	if (bytes.length < 12) return null;
	const magic = opensshMagic.subarray(0, Math.min(bytes.length, opensshMagic.length));
	if (bytes.subarray(0, magic.length).equals(magic) || bytes.readUInt32BE(0) === javaKeyStore) return 'private';
	return bytes[0] === sequence ? kindOfDer(bytes) : kindOfSshBlob(bytes);
}

type Element = { readonly tag: number; readonly start: number; readonly end: number };

/** The head of the element at a place; null where there is none. */
function element(bytes: Buffer, at: number): Element | null {
	const tag = bytes[at];
	const first = bytes[at + 1];
	if (tag === undefined || first === undefined) return null;
	if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
	const size = first & 0x7f;
	if (size === 0 || size > 3 || at + 2 + size > bytes.length) return null;
	const start = at + 2 + size;
	return { tag, start, end: start + bytes.readUIntBE(at + 2, size) };
}

function kindOfDer(bytes: Buffer): KeyKind | null {
	const outer = element(bytes, 0);
	const first = outer === null ? null : element(bytes, outer.start);
	if (first === null) return null;
	const second = element(bytes, first.end);
	if (first.tag === integer) {
		const isVersion = first.end - first.start === 1 && (bytes[first.start] ?? 255) <= 3;
		// The modulus of a public RSA key is long.
		if (!isVersion) return first.end - first.start > 32 ? 'public' : null;
		return second !== null && [integer, sequence, octets].includes(second.tag) ? 'private' : null;
	}
	if (first.tag === oid) return 'public'; // PKCS#7: certificates.
	if (first.tag !== sequence) return null;
	const algorithm = element(bytes, first.start);
	if (algorithm?.tag !== oid) return 'public'; // A certificate or a request for one.
	const name = bytes.subarray(algorithm.start, algorithm.end);
	// Where the name of the algorithm was cut off, its parameters tell: those of ciphers are long.
	const isCut = name.length < 8 && first.end - first.start > 40;
	const isEncrypted = encryptions.some((known) =>
		isCut ? name.equals(known.subarray(0, name.length)) : name.subarray(0, known.length).equals(known),
	);
	return isEncrypted ? 'private' : 'public';
}

/** How many strings follow the type in a public key; agents send private keys the same way, with more of them. */
const fieldsOf: Readonly<Record<string, number>> = {
	'ssh-rsa': 2,
	'ssh-dss': 4,
	'ssh-ed25519': 1,
	'ecdsa-sha2-nistp256': 2,
	'ecdsa-sha2-nistp384': 2,
	'ecdsa-sha2-nistp521': 2,
};

function kindOfSshBlob(bytes: Buffer): KeyKind | null {
	const length = bytes.readUInt32BE(0);
	if (length < 7 || length > 64) return null;
	const type = bytes.subarray(4, 4 + length).toString('latin1');
	if (!/^(?:ssh-|ecdsa-|sk-|rsa-|x509v3-)[a-z0-9@.-]*$/.test(type)) return null;
	const known = fieldsOf[type];
	if (known === undefined) return 'public';
	let at = 4 + length;
	let fields = 0;
	while (at + 4 <= bytes.length) {
		at += 4 + bytes.readUInt32BE(at);
		fields++;
	}
	return fields > known ? 'private' : 'public';
}

/** How many characters of base64 a public key lacks at its end; 0 for a whole one, and where that cannot be told. */
export function missingCode(text: string): number {
	const bytes = Buffer.from(text, 'base64');
	const whole = kindOfKey(bytes) === 'public' ? wholeLength(bytes) : 0;
	return Math.max(0, Math.ceil(whole / 3) * 4 - text.length);
}

/** Bytes, by what the key says of its own length; 0 where that was cut off, too. */
function wholeLength(bytes: Buffer): number {
	if (bytes[0] === sequence) return Math.min(mostBytes, element(bytes, 0)?.end ?? 0);
	const type = bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1');
	const fields = fieldsOf[type];
	if (fields === undefined) return 0;
	let at = 4 + type.length;
	for (let field = 0; field < fields; field++) {
		if (at + 4 > bytes.length) return 0;
		at += 4 + bytes.readUInt32BE(at);
	}
	return at <= mostBytes ? at : 0;
}
