import * as v from 'valibot';
import { cleanLine } from '../domain/clean.ts';
import type { ControlPlaneEvidence } from '../domain/evidence.ts';
import type { ControlPlane } from '../domain/inventory.ts';
import { parseJson } from '../domain/json.ts';
import type { Host, RunOptions } from '../hosts/host.ts';
import { httpGet } from '../probes/http.ts';

/** Unknown fields are left alone; the API may add some inside its major version. */
const connectorRecord = v.looseObject({
	name: v.optional(v.string()),
	id: v.optional(v.union([v.string(), v.number()])),
	status: v.optional(v.string()),
	since: v.optional(v.string()),
});
const connectorList = v.union([
	v.array(connectorRecord),
	v.pipe(
		v.looseObject({ connectors: v.array(connectorRecord) }),
		v.transform(({ connectors }) => connectors),
	),
]);

export type ConnectorRecords =
	| {
			readonly ok: true;
			readonly url: string;
			readonly records: ReadonlyArray<v.InferOutput<typeof connectorRecord>>;
	  }
	| { readonly ok: false; readonly url: string; readonly reason: string };

/**
 * Asks the control plane for its connectors, where a path for that is set; it is not public, so none is assumed.
 * Returns null when the control plane is not to be asked.
 */
export async function fetchConnectors(
	host: Host,
	controlPlane: ControlPlane,
	token: string | undefined,
	options: RunOptions,
): Promise<ConnectorRecords | null> {
	if (controlPlane.url === null || controlPlane.connectorsPath === null) return null;
	const url = new URL(controlPlane.connectorsPath, controlPlane.url);
	const shownUrl = url.origin + url.pathname;
	if (url.origin !== new URL(controlPlane.url).origin)
		return { ok: false, url: shownUrl, reason: 'connectorsPath leads to another host' };
	if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
		return { ok: false, url: shownUrl, reason: 'VAULTPAM_TOKEN is not sent over http' };
	}
	if (token === undefined || token === '') return { ok: false, url: shownUrl, reason: 'VAULTPAM_TOKEN is not set' };
	const answer = await httpGet(host, url, { accept: 'application/json', authorization: `Bearer ${token}` }, options);
	if (!answer.ok) return { ok: false, url: shownUrl, reason: cleanLine(answer.reason) };
	if (answer.status === 401)
		return {
			ok: false,
			url: shownUrl,
			reason: 'the token was refused (HTTP 401)',
		};
	if (answer.status === 404)
		return {
			ok: false,
			url: shownUrl,
			reason: 'not offered by this control plane (HTTP 404)',
		};
	if (answer.status !== 200) return { ok: false, url: shownUrl, reason: `HTTP ${answer.status}` };
	const parsed = v.safeParse(connectorList, parseJson(answer.body));
	if (!parsed.success)
		return {
			ok: false,
			url: shownUrl,
			reason: 'the answer is not a list of connectors',
		};
	return { ok: true, url: shownUrl, records: parsed.output };
}

/** What the control plane says about one connector. */
export function connectorEvidence(fetched: ConnectorRecords, name: string): ControlPlaneEvidence {
	if (!fetched.ok) return fetched;
	const record = fetched.records.find((candidate) => candidate.name === name || String(candidate.id) === name);
	if (record === undefined)
		return {
			ok: false,
			url: fetched.url,
			reason: `it knows no connector named ${name}`,
		};
	return {
		ok: true,
		url: fetched.url,
		status: cleanLine(record.status ?? ''),
		since: record.since === undefined ? null : cleanLine(record.since),
	};
}

function isLoopback(hostname: string): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
