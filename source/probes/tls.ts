import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { PeerCertificate, SecureContext } from 'node:tls';
import { cleanLine } from '../domain/clean.ts';
import { nodeTls } from '../domain/late-modules.ts';
import { formatDay } from '../domain/time.ts';
import { messageOf } from '../domain/user-error.ts';

/** No answer in time. */
export class Late extends Error {}
/** The handshake failed; the message says at what. */
export class TlsFailure extends Error {}

let trusted: SecureContext | undefined;

/** Node's own authorities and the system's: a company's proxy is trusted by the system alone. Read once. */
function trustedContext(): SecureContext {
	const tls = nodeTls();
	trusted ??= tls.createSecureContext(
		// Node before 22.15 knows its own only.
		tls.getCACertificates === undefined
			? {}
			: { ca: [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])] },
	);
	return trusted;
}

/** Speaks TLS on a stream and verifies the certificate. Rejects with `Late` or `TlsFailure`. */
export function startTls(stream: Duplex, name: string, timeoutMs: number): Promise<Duplex> {
	const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
	const secure = nodeTls().connect({
		socket: stream,
		secureContext: trustedContext(),
		// Refused below, where the certificate can still be read.
		rejectUnauthorized: false,
		...(isIP(name) === 0 ? { servername: name } : { host: name }),
	});
	const timer = setTimeout(() => reject(new Late(`no TLS handshake within ${timeoutMs} ms`)), timeoutMs);
	const onClose = () => reject(new TlsFailure('the connection was closed during the TLS handshake'));
	secure.once('secureConnect', () => {
		if (secure.authorized) return resolve(secure);
		// Node types it as an Error, but it is the code alone.
		const code = String(secure.authorizationError);
		reject(new TlsFailure(explain(code, code, secure.getPeerCertificate(), name)));
		secure.destroy();
	});
	secure.once('close', onClose);
	secure.on('error', (error: NodeJS.ErrnoException) =>
		reject(new TlsFailure(explain(error.code ?? '', messageOf(error), null, name))),
	);
	return promise.finally(() => {
		clearTimeout(timer);
		secure.off('close', onClose);
	});
}

/** X509_V_ERR_… as Node names them (OpenSSL, X509_STORE_CTX_get_error(3)). */
function explain(code: string, message: string, certificate: PeerCertificate | null, name: string): string {
	const day = (text: string | undefined) => (text === undefined ? '' : ` ${formatDay(Date.parse(text), Date.now())}`);
	switch (code) {
		case 'CERT_HAS_EXPIRED':
			return `the certificate expired${day(certificate?.valid_to)}`;
		case 'CERT_NOT_YET_VALID':
			return `the certificate is not valid before${day(certificate?.valid_from)}: look at the clock`;
		case 'DEPTH_ZERO_SELF_SIGNED_CERT':
			return 'the certificate is self-signed';
		case 'SELF_SIGNED_CERT_IN_CHAIN':
			return 'the certificate comes from an authority this host does not trust (a proxy that inspects TLS?)';
		case 'UNABLE_TO_GET_ISSUER_CERT':
		case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
		case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
			return 'the authority of the certificate is not known here, or the server sends its chain without the certificates between';
		case 'ERR_TLS_CERT_ALTNAME_INVALID':
			return `the certificate is not for ${name}${namesOf(certificate)}`;
		case 'ERR_SSL_WRONG_VERSION_NUMBER':
		case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
		case 'ERR_SSL_HTTP_REQUEST':
			return 'what answers there does not speak TLS';
		case 'ECONNRESET':
			return 'the connection was closed during the TLS handshake';
		default:
			return cleanLine(message).slice(0, 200);
	}
}

const mostNames = 3;

function namesOf(certificate: PeerCertificate | null): string {
	if (certificate === null) return '';
	const { subjectaltname, subject } = certificate;
	const names = (subjectaltname ?? '')
		.split(', ')
		.flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
	const all = (names.length > 0 ? names : [subject?.CN ?? []].flat()).map((entry) => cleanLine(entry));
	if (all.length === 0) return '';
	return ` but for ${all.slice(0, mostNames).join(', ')}${all.length > mostNames ? ' and others' : ''}`;
}
