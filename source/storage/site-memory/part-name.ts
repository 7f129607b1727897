import type { MeasuredPart, Measurement } from '../../domain/measurement.ts';

/** Under which name a part is kept beside the other parts of its address: the newest of each name stays. */
export function partName(measured: MeasuredPart): string {
	switch (measured.part) {
		case 'host-key':
			return `host-key ${measured.evidence.type} ${measured.evidence.sha256}`;
		case 'answer': {
			const { username, asked, key } = measured.evidence.auth;
			// The user's name may have blanks; what follows it never does.
			return `answer ${username} ${asked === 'methods' ? 'methods' : key}`;
		}
		default:
			return measured.part;
	}
}

/** What can stand only once in the file, as one text. */
export function rowKey(measurement: Measurement): string {
	const { source, origin, address, port } = measurement.key;
	return JSON.stringify([source, origin, address, port, partName(measurement)]);
}
