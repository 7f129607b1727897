import * as v from 'valibot';
import { cleanLine } from '../domain/clean.ts';
import type { ControlPlaneEvidence } from '../domain/connector-evidence.ts';
import type { ControlPlane } from '../domain/inventory.ts';
import type { Host, RunOptions } from '../hosts/host.ts';
import { type ApiAccess, baseUrlOf } from './api-access.ts';
import { apiGet } from './api-request.ts';

/** Less than the time between two looks at a connector. */
const sharedMs = 1000;

/** Unknown fields are left alone; the API may add some inside its major version. */
const idText = v.union([v.string(), v.number()]);
const connectorRecord = v.looseObject({
	name: v.optional(v.string()),
	id: v.optional(idText),
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

type Refusal = { readonly ok: false; readonly url: string; readonly reason: string };

export type ConnectorRecords =
	| {
			readonly ok: true;
			readonly url: string;
			readonly records: ReadonlyArray<v.InferOutput<typeof connectorRecord>>;
	  }
	| Refusal;

/**
 * Asks the control plane for its connectors, where a path for that is set; it is not public, so none is assumed.
 * Returns null when the control plane is not to be asked.
 */
export async function fetchConnectors(
	host: Host,
	{ url, connectorsPath }: ControlPlane,
	api: ApiAccess,
	options: RunOptions,
): Promise<ConnectorRecords | null> {
	const base = baseUrlOf(url, api);
	if (base === null || connectorsPath === null) return null;
	// Connectors are looked at side by side; one list tells of them all.
	const key = `${host.name} ${base} ${connectorsPath}`;
	const known = api.shared.get(key);
	const isFresh = known !== undefined && Date.now() - known.at < sharedMs;
	const asked = isFresh ? known.answer : apiGet(host, base, connectorsPath, {}, api, options);
	if (!isFresh) api.shared.set(key, { at: Date.now(), answer: asked });
	const answer = await asked;
	if (!answer.ok) return answer;
	const parsed = v.safeParse(connectorList, answer.value);
	if (!parsed.success) return { ok: false, url: answer.url, reason: 'the answer is not a list of connectors' };
	return { ok: true, url: answer.url, records: parsed.output };
}

/** What the control plane says about one connector. */
export function connectorEvidence(fetched: ConnectorRecords, name: string): ControlPlaneEvidence {
	if (!fetched.ok) return { ok: false, url: fetched.url, reason: fetched.reason };
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

/** A Safe as VaultPAM lists it. Only its id is certain; of what else it has, its name. */
export type VaultPamSafe = { readonly id: string; readonly name: string | null };

export type SafeRecords =
	| { readonly ok: true; readonly url: string; readonly safes: readonly VaultPamSafe[]; readonly unreadable: number }
	| Refusal;

const memberships = v.looseObject({ active_org_id: v.string() });
const safeRecord = v.looseObject({ id: idText, name: v.nullish(v.string()) });
/** A bare array is documented; the names of envelopes are those that other APIs use. */
const envelopes = ['safes', 'items', 'data', 'results'];

/**
 * The Safes of the active organisation, by the documented calls: GET /api/v1/org/memberships, GET /api/v1/safes (API quickstart).
 * Null when the control plane is not to be asked.
 */
export async function fetchSafes(
	host: Host,
	{ url }: ControlPlane,
	api: ApiAccess,
	options: RunOptions,
): Promise<SafeRecords | null> {
	const base = baseUrlOf(url, api);
	if (base === null || (api.token === undefined && url === null)) return null;
	const org = await findOrg(host, base, api, options);
	if (typeof org !== 'string') return org;
	const answer = await apiGet(host, base, '/api/v1/safes', { 'x-active-org-id': org }, api, options);
	if (!answer.ok) {
		// The token may be another organisation's by now.
		api.activeOrg = null;
		return answer;
	}
	const list = listIn(answer.value);
	if (list === null) return { ok: false, url: answer.url, reason: 'the answer is not a list of Safes' };
	const safes = list.flatMap((record) => {
		const parsed = v.safeParse(safeRecord, record);
		if (!parsed.success) return [];
		const name = cleanLine(parsed.output.name ?? '');
		return [{ id: cleanLine(String(parsed.output.id)), name: name === '' ? null : name }];
	});
	return { ok: true, url: answer.url, safes, unreadable: list.length - safes.length };
}

async function findOrg(host: Host, base: string, api: ApiAccess, options: RunOptions): Promise<string | Refusal> {
	const known = api.orgId ?? api.activeOrg;
	if (known !== null && known !== undefined) {
		if (/^[\u0021-\u007e]{1,200}$/.test(known)) return known;
		return { ok: false, url: base, reason: 'VAULTPAM_ORG_ID is no id: it has blanks or line ends in it' };
	}
	const answer = await apiGet(host, base, '/api/v1/org/memberships', {}, api, options);
	if (!answer.ok) return answer;
	const parsed = v.safeParse(memberships, answer.value);
	if (!parsed.success || !/^[\u0021-\u007e]{1,200}$/.test(parsed.output.active_org_id))
		return { ok: false, url: answer.url, reason: 'the answer names no active organisation' };
	api.activeOrg = parsed.output.active_org_id;
	return api.activeOrg;
}

function listIn(value: unknown): readonly unknown[] | null {
	if (Array.isArray(value)) return value;
	if (typeof value !== 'object' || value === null) return null;
	const name = envelopes.find((envelope) => Array.isArray((value as Record<string, unknown>)[envelope]));
	return name === undefined ? null : ((value as Record<string, unknown[]>)[name] ?? null);
}
