import type { Measurement, MeasurementKey } from '../../domain/measurement.ts';
import type { Host } from '../../hosts/host.ts';
import { isNewer } from './freshness.ts';

/** A measurement of one kind. */
export type MeasurementOf<Part extends Measurement['part']> = Extract<Measurement, { part: Part }>;

/** All that is kept of one address and port, as seen from one probe origin. */
export type AtAddress = {
	connections: MeasurementOf<'connections'> | null;
	/** By type and fingerprint. */
	readonly hostKeys: Map<string, MeasurementOf<'host-key'>>;
	/** By `answerId`. */
	readonly answers: Map<string, MeasurementOf<'answer'>>;
	netcat: MeasurementOf<'netcat'> | null;
};

/** Where probes of a connector's Safes leave from. */
export type Origin = Pick<MeasurementKey, 'source' | 'origin'>;

export function originOf({ name, ledgerName, network }: Host): Origin {
	return { source: ledgerName ?? name, origin: network ?? 'host' };
}

/**
 * What all vpmon programs of this host measured, as this program knows it: its own measurements and those it read from the site
 * memory, the newest of each part. Evidence only: every program judges it with its own inventory.
 */
export class Board {
	readonly #targets = new Map<string, AtAddress>();
	readonly #names = new Map<string, MeasurementOf<'name'>>();
	readonly #connectors = new Map<string, MeasurementOf<'connector'>>();

	/** Takes in measurements; what is older than what is known changes nothing. Returns those that were new. */
	take(measurements: readonly Measurement[]): readonly Measurement[] {
		return measurements.filter((measurement) => this.#takeOne(measurement));
	}

	at(key: MeasurementKey): AtAddress | null {
		return this.#targets.get(idOf(key)) ?? null;
	}

	/** How a name resolved there. */
	name({ source, origin }: Origin, name: string): MeasurementOf<'name'> | null {
		return this.#names.get(idOf({ source, origin, address: name, port: 0 })) ?? null;
	}

	/** @param connector `docker:NAME` or `systemd:UNIT`. */
	connector({ source, origin }: Origin, connector: string): MeasurementOf<'connector'> | null {
		return this.#connectors.get(idOf({ source, origin, address: connector, port: 0 })) ?? null;
	}

	#takeOne(measurement: Measurement): boolean {
		const id = idOf(measurement.key);
		switch (measurement.part) {
			case 'name':
				return putNewer(this.#names, id, measurement);
			case 'connector':
				return putNewer(this.#connectors, id, measurement);
			case 'connections': {
				const here = this.#atId(id);
				if (here.connections !== null && !isNewer(measurement.beganAt, here.connections.beganAt)) {
					// A run tells of its connections as it goes on: later it has more of them.
					const isSameRun = here.connections.run === measurement.run;
					if (!isSameRun || here.connections.endedAt >= measurement.endedAt) return false;
				}
				here.connections = measurement;
				return true;
			}
			case 'netcat': {
				const here = this.#atId(id);
				if (here.netcat !== null && !isNewer(measurement.beganAt, here.netcat.beganAt)) return false;
				here.netcat = measurement;
				return true;
			}
			case 'host-key': {
				const { type, sha256 } = measurement.evidence;
				return putNewer(this.#atId(id).hostKeys, `${type} ${sha256}`, measurement);
			}
			case 'answer': {
				const { username, key } = measurement.evidence.auth;
				return putNewer(this.#atId(id).answers, answerId(username, key), measurement);
			}
		}
	}

	#atId(id: string): AtAddress {
		let here = this.#targets.get(id);
		if (here === undefined) {
			here = { connections: null, hostKeys: new Map(), answers: new Map(), netcat: null };
			this.#targets.set(id, here);
		}
		return here;
	}
}

/** @param fingerprint of the key that was asked for; null for the question about methods. */
export function answerId(username: string, fingerprint: string | null): string {
	return JSON.stringify([username, fingerprint]);
}

export function idOf({ source, origin, address, port }: MeasurementKey): string {
	return JSON.stringify([source, origin, address, port]);
}

function putNewer<Kind extends Measurement>(map: Map<string, Kind>, id: string, measurement: Kind): boolean {
	const before = map.get(id);
	if (before !== undefined && !isNewer(measurement.beganAt, before.beganAt)) return false;
	map.set(id, measurement);
	return true;
}
