import { readFileSync, statSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import { nodeTls } from '../domain/late-modules.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import { keepSecret } from '../redact/secrets/own-secrets.ts';

export type AccessFlags = { tokenFile?: string; tlsCert?: string; tlsKey?: string };

const shortestToken = 16;

/**
 * The bearer token from its file, else from VPMON_EXPORTER_TOKEN; null without either. Never from the command line, which others can read.
 *
 * @param warn told where the file can be read by everybody.
 * @throws UserError for a file that cannot be read, or holds no token.
 */
export function readToken(file: string | undefined, warn: (text: string) => void): string | null {
	const text = file === undefined ? process.env.VPMON_EXPORTER_TOKEN : readText(file, 'token');
	if (text === undefined || (file === undefined && text === '')) return null;
	const from = file ?? 'VPMON_EXPORTER_TOKEN';
	const token = text.trim();
	if (token.length < shortestToken || /[^\x21-\x7e]/.test(token))
		throw new UserError(
			`What stands in ${from} is no token: it takes ${shortestToken} or more visible ASCII characters, in one line.`,
			'Make one with: openssl rand -hex 32',
		);
	if (file !== undefined && (statSync(file).mode & 0o004) !== 0)
		warn(`${file} can be read by everybody on this machine`);
	keepSecret(token);
	return token;
}

/**
 * Certificate and key for TLS; null without either.
 *
 * @throws UserError where one is missing, cannot be read, or they do not belong together.
 */
export function readTls({ tlsCert, tlsKey }: AccessFlags): SecureContextOptions | null {
	if (tlsCert === undefined && tlsKey === undefined) return null;
	if (tlsCert === undefined || tlsKey === undefined)
		throw new UserError('--tls-cert and --tls-key go together.', 'Give both, or neither for plain HTTP.');
	const pair = { cert: readText(tlsCert, 'certificate'), key: readText(tlsKey, 'key') };
	try {
		nodeTls().createSecureContext(pair);
	} catch (error) {
		throw new UserError(
			`${tlsCert} and ${tlsKey} cannot be used for TLS: ${messageOf(error)}`,
			'Both have to be PEM, the key without a passphrase and the one of the certificate.',
		);
	}
	return pair;
}

function readText(file: string, what: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		throw new UserError(
			`The ${what} file cannot be read: ${messageOf(error)}`,
			'Give the path of a file that vpmon may read.',
		);
	}
}
