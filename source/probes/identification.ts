import type { Duplex } from 'node:stream';
import type { OtherProtocol } from '../domain/evidence.ts';
import { cleanForeign } from '../redact/secrets/secret-lines.ts';

/** OpenSSH's own client gives up after 1024 lines before the identification string; so few bytes never hold as many honest ones. */
const mostBytesBefore = 64 * 1024;
const mostSpoken = 400; // Characters kept as evidence.
/** RFC 4253 section 4.2: 255 characters with CR and LF. */
const longestIdentification = 255;

export type Identification = {
	readonly identification: string | null;
	readonly spoken: string | null;
	/** What it is when it is not SSH; with `final` there is nothing to wait for. */
	readonly notSsh: OtherProtocol | null;
};

export type IdentificationTap = {
	/** What is known so far. At a deadline `notSsh` tells what kept silent or spoke instead. */
	read(): Identification;
};

/**
 * Listens beside ssh2 for the server's identification string, because ssh2 neither bounds what may come before it nor says what
 * came in its place. Calls `onOther` as soon as it is sure that SSH 2 does not answer here.
 */
export function tapIdentification(stream: Duplex, onOther: () => void): IdentificationTap {
	let buffered: Buffer = Buffer.alloc(0);
	let identification: string | null = null;
	let other: OtherProtocol | null = null;

	const decide = (found: OtherProtocol) => {
		other = found;
		stream.off('data', onData);
		onOther();
	};
	const onData = (chunk: Buffer) => {
		buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
		const line = identificationLine(buffered);
		if (line !== null) {
			stream.off('data', onData);
			identification = cleanForeign(line);
			if (!/^SSH-(?:2\.0|1\.99)-/.test(line)) decide('ssh-1');
			return;
		}
		const known = protocolOf(buffered);
		if (known !== null) decide(known);
		else if (buffered.length > mostBytesBefore) decide(looksBinary(buffered) ? 'binary' : 'text');
	};
	stream.on('data', onData);

	return {
		read() {
			const before = identification === null ? buffered : buffered.subarray(0, Math.max(0, buffered.indexOf('SSH-')));
			const spoken = cleanForeign(before.subarray(0, mostSpoken).toString('utf8')).trim();
			const silentOrText = buffered.length === 0 ? 'silence' : looksBinary(buffered) ? 'binary' : 'text';
			return {
				identification,
				spoken: spoken === '' ? null : spoken,
				notSsh: other ?? (identification === null ? silentOrText : null),
			};
		},
	};
}

/** The first whole line that begins with `SSH-`, without its end. */
function identificationLine(bytes: Buffer): string | null {
	let start = 0;
	while (start < bytes.length) {
		const end = bytes.indexOf(0x0a, start);
		const line = bytes.subarray(start, end === -1 ? bytes.length : end);
		if (line.subarray(0, 4).toString('latin1') === 'SSH-' && (end !== -1 || line.length >= longestIdentification)) {
			return line.subarray(0, longestIdentification).toString('latin1').replace(/\r$/, '');
		}
		if (end === -1) return null;
		start = end + 1;
	}
	return null;
}

/** Protocols that are sure from their first bytes: a TLS alert or handshake record (RFC 8446 section 5.1), an HTTP status line. */
function protocolOf(bytes: Buffer): OtherProtocol | null {
	if (bytes.length >= 3 && (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03) return 'tls';
	const text = bytes.subarray(0, 200).toString('latin1');
	if (text.startsWith('HTTP/') || /^\s*<(?:!doctype|html)/i.test(text)) return 'http';
	return null;
}

function looksBinary(bytes: Buffer): boolean {
	return bytes.subarray(0, 1024).some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
}
