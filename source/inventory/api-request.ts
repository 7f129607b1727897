import * as v from 'valibot';
import { cleanLine } from '../domain/clean.ts';
import { parseJson } from '../domain/json.ts';
import { formatClock, formatMoment, zoneName } from '../domain/time.ts';
import type { Host, RunOptions } from '../hosts/host.ts';
import { httpGet } from '../probes/http.ts';
import { removeSecrets } from '../redact/secrets/secret-lines.ts';
import type { ApiAccess } from './api-access.ts';

export type ApiAnswer =
	| { readonly ok: true; readonly url: string; readonly value: unknown }
	| { readonly ok: false; readonly url: string; readonly status: number | null; readonly reason: string };

const longestReason = 200; // Characters.
const errorBody = v.looseObject({ error: v.optional(v.string()), message: v.optional(v.string()) });

/**
 * One GET to the control plane with the token, within its limits. The token leaves only over TLS (or to loopback) and only to the
 * host that was named: a redirection is reported, not followed. It is in no answer of this function, whatever the server echoes. Never rejects.
 */
export async function apiGet(
	host: Host,
	base: string,
	path: string,
	headers: Readonly<Record<string, string>>,
	api: ApiAccess,
	options: RunOptions,
): Promise<ApiAnswer> {
	if (!/^https?:\/\//.test(base) || !URL.canParse(base) || !URL.canParse(path, base))
		return { ok: false, url: path, status: null, reason: 'VAULTPAM_BASE_URL is no URL that begins with https://' };
	const url = new URL(path, base);
	const shownUrl = url.origin + url.pathname;
	const fail = (reason: string, status: number | null = null) =>
		({ ok: false, url: shownUrl, status, reason }) as const;
	if (url.origin !== new URL(base).origin) return fail('the path leads to another host');
	if (url.protocol === 'http:' && !isLoopback(url.hostname)) return fail('VAULTPAM_TOKEN is not sent over http');
	const { token } = api;
	if (token === undefined) return fail('VAULTPAM_TOKEN is not set');
	if (!/^[\u0021-\u007e]+$/.test(token)) return fail('VAULTPAM_TOKEN is no token: it has blanks or line ends in it');
	if (!api.take(Date.now())) {
		return fail(`not asked before ${formatClock(api.waitsUntil(Date.now()) ?? Date.now())}: the API's rate limit`, 429);
	}
	const sent = { ...headers, accept: 'application/json', authorization: `Bearer ${token}` };
	const answer = await httpGet(host, url, sent, options);
	const now = Date.now();
	const tidy = (text: string) => cleanLine(removeSecrets(text.replaceAll(token, '[token]'))).slice(0, longestReason);
	if (!answer.ok) return fail(tidy(answer.reason));
	api.heard(answer.status, answer.headers, now);
	if (answer.status === 401) {
		api.signedOutSince ??= now;
		const since = `${formatMoment(api.signedOutSince, now)} ${zoneName(now)}`;
		return fail(`the token was refused (HTTP 401): signed out since ${since}`, 401);
	}
	if (answer.status !== 200)
		return fail(tidy(describeError(answer.status, answer.headers, answer.body)), answer.status);
	api.signedOutSince = null;
	const value = parseJson(answer.body);
	if (value === undefined || value === null)
		return fail(`the answer is no JSON${isPage(answer.body) ? ', but a web page' : ''}`, 200);
	return { ok: true, url: shownUrl, value };
}

/** What an answer that is none says, be it the API's own JSON, plain text, or a page of something that stands before it. */
function describeError(status: number, headers: Readonly<Record<string, string>>, body: string): string {
	const code = `HTTP ${status}`;
	if (status >= 300 && status < 400) {
		const { location = '' } = headers;
		const where = URL.canParse(location) ? new URL(location).origin : 'elsewhere';
		return `${code}: it leads to ${where}, where the token is not sent`;
	}
	if (status === 404) return `not offered by this control plane (${code})`;
	const parsed = v.safeParse(errorBody, parseJson(body));
	if (parsed.success && (parsed.output.error ?? parsed.output.message) !== undefined) {
		const { error, message } = parsed.output;
		return `${code}: ${[error, message].filter((text) => text !== undefined).join(', ')}`;
	}
	if (isPage(body)) return `${code}, a web page: something before the API answered`;
	return body.trim() === '' ? code : `${code}: ${body.slice(0, 2 * longestReason)}`;
}

function isPage(body: string): boolean {
	return /^\s*<(?:!doctype|html|head|\?xml)/i.test(body);
}

function isLoopback(hostname: string): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
