import type { CheckResult, CheckResultOf } from '../domain/check.ts';
import { shortKeyType } from '../domain/host-key.ts';
import type { HostKeyRowEvidence } from '../domain/row-evidence.ts';

const mostKeys = 3;

/** Lines under a row that does not pass: what was compared, whole. Key and value apart, so that a column can be made of them. */
export function rowDetails(row: CheckResult): ReadonlyArray<readonly [label: string, value: string]> {
	if (row.verdict !== 'fail' && row.verdict !== 'warn') return [];
	if (row.id === 'host-key') return hostKeyDetails(row);
	return row.id === 'port' ? addressDetails(row) : [];
}

/** Stored and offered host key with their types, also where they are equal. */
export function comparedKeys(row: CheckResult): ReadonlyArray<readonly [label: string, value: string]> {
	return row.id === 'host-key' ? hostKeyDetails(row) : [];
}

function hostKeyDetails({
	evidence,
	comparedWith,
}: CheckResultOf<'host-key'>): ReadonlyArray<readonly [string, string]> {
	return evidence === null ? [] : storedAndOffered(evidence, comparedWith);
}

/** The same of the evidence alone. */
export function storedAndOffered(
	{ stored, offered, notes }: Pick<HostKeyRowEvidence, 'stored' | 'offered' | 'notes'>,
	comparedWith: string | null,
): ReadonlyArray<readonly [label: string, value: string]> {
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
		...(comparedWith === null ? [] : [['', `stored is ${comparedWith}`] as const]),
		...notes.map((note) => ['', note] as const),
	];
}

/** Each address of a name on its own line, when there were several. */
function addressDetails({ evidence }: CheckResultOf<'port'>): ReadonlyArray<readonly [string, string]> {
	const connections = evidence?.connections ?? [];
	if (connections.length < 2) return [];
	return connections.map(
		({ address, outcome, error }) => ['', `${address}: ${outcome}${error === null ? '' : ` (${error})`}`] as const,
	);
}
