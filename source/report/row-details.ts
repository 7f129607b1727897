import type { CheckResult } from '../domain/check.ts';
import type { ConnectionEvidence } from '../domain/evidence.ts';
import { shortKeyType } from '../domain/host-key.ts';
import type { HostKeyRowEvidence } from '../runbook/judge-host-key.ts';

const mostKeys = 3;

/** Lines under a row that does not pass: what was compared, whole. Key and value apart, so that a column can be made of them. */
export function rowDetails(row: CheckResult): ReadonlyArray<readonly [label: string, value: string]> {
	if (row.verdict !== 'fail' && row.verdict !== 'warn') return [];
	if (row.id === 'host-key') return hostKeyDetails(row);
	return row.id === 'port' ? addressDetails(row) : [];
}

/** Stored and offered host key with their types, also where they are equal. */
export function comparedKeys(row: CheckResult): ReadonlyArray<readonly [label: string, value: string]> {
	return row.id === 'host-key' && 'offered' in row.evidence ? hostKeyDetails(row) : [];
}

function hostKeyDetails(row: CheckResult): ReadonlyArray<readonly [string, string]> {
	const { stored, offered, notes } = row.evidence as HostKeyRowEvidence;
	const storedType = stored?.type ?? (offered.length === 1 ? offered[0]?.type : null);
	// An MD5 stored long ago can only be compared with an MD5.
	const print = (key: { sha256: string; md5: string }) =>
		stored?.fingerprint.startsWith('MD5:') ? key.md5 : key.sha256;
	return [
		...(stored === null
			? []
			: [['stored', `${storedType ? `${shortKeyType(storedType)} ` : ''}${stored.fingerprint}`] as const]),
		// Without a stored key the summary names the offered one already.
		...(stored === null ? [] : offered.slice(0, mostKeys)).map(
			(key) => ['offered', `${shortKeyType(key.type)} ${print(key)}`] as const,
		),
		...(row.comparedWith === null ? [] : [['', `stored is ${row.comparedWith}`] as const]),
		...notes.map((note) => ['', note] as const),
	];
}

/** Each address of a name on its own line, when there were several. */
function addressDetails(row: CheckResult): ReadonlyArray<readonly [string, string]> {
	const connections = (row.evidence.connections ?? []) as readonly ConnectionEvidence[];
	if (connections.length < 2) return [];
	return connections.map(
		({ address, outcome, error }) => ['', `${address}: ${outcome}${error === null ? '' : ` (${error})`}`] as const,
	);
}
