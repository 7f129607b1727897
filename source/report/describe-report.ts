import { pseudonymKinds } from '../redact/names/pseudonym.ts';
import type { Masking } from './report-data.ts';

/** `4.7 KB` */
export function describeSize(bytes: number): string {
	return bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} KB`;
}

/** `masked: 14 IP, 3 HOST; 2 secrets removed; (what the report is about is shown)` */
export function describeMasking({ hides, standIns: pseudonyms, secretsRemoved, linesLeftOut }: Masking): string {
	const counts = pseudonymKinds.flatMap((kind) => (pseudonyms[kind] ? [`${pseudonyms[kind]} ${kind}`] : []));
	const masked = counts.length === 0 ? 'nothing to mask' : `masked: ${counts.join(', ')}`;
	const secrets = `${secretsRemoved} secret${secretsRemoved === 1 ? '' : 's'} removed`;
	const open = {
		all: 'all is masked',
		others: 'what the report is about is shown',
		sensitive: 'only sensitive Safes are masked',
	}[hides];
	const left = linesLeftOut === 0 ? '' : `; ${describeLinesLeftOut(linesLeftOut)}`;
	return `${masked}; ${secrets}${left} (${open})`;
}

/** `2 lines left out` */
export function describeLinesLeftOut(count: number): string {
	return `${count} line${count === 1 ? '' : 's'} left out`;
}
