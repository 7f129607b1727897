import { hostname } from 'node:os';
import type { Inventory, Safe } from '../domain/inventory.ts';
import type { Measurement, MeasurementKey } from '../domain/measurement.ts';
import { canonicalAddress } from '../domain/target.ts';
import { idOf } from '../engine/sharing/board.ts';
import type { KeptTarget, Told } from '../report/memory-report.ts';

/** Which target of the site memory is which Safe's, by the addresses that names resolved to. */
export class TargetsOfSafes {
	/** By connector host, address and port. */
	readonly #safes = new Map<string, Set<string>>();
	/** By connector host and address. */
	readonly #names = new Map<string, Set<string>>();

	constructor({ safes, connectors }: Inventory, measurements: readonly Measurement[]) {
		const addresses = new Map<string, Set<string>>();
		for (const measurement of measurements) {
			if (measurement.part !== 'name') continue;
			const { source, address: name } = measurement.key;
			for (const address of measurement.evidence.addresses.map(canonicalAddress)) {
				add(addresses, `${source} ${name}`, address);
				add(this.#names, `${source} ${address}`, name);
			}
		}
		const local = new Set(connectors.filter(({ host }) => host === 'local').map(({ name }) => name));
		for (const source of new Set(measurements.map(({ key }) => key.source))) {
			// What a host elsewhere calls itself is only known once it is reached.
			const behind = safes.filter(({ connector }) => local.has(connector) === (source === hostname()));
			for (const { name, host, port } of behind) {
				const typed = canonicalAddress(host);
				add(this.#safes, `${source} ${typed} 0`, name);
				for (const address of [typed, ...(addresses.get(`${source} ${typed}`) ?? [])])
					add(this.#safes, `${source} ${address} ${port}`, name);
			}
		}
	}

	/** Of a name's row all Safes with that name. */
	safesAt({ source, address, port }: MeasurementKey): string[] {
		return [...(this.#safes.get(`${source} ${address} ${port}`) ?? [])];
	}

	namesOf({ source, address }: MeasurementKey): string[] {
		return [...(this.#names.get(`${source} ${address}`) ?? [])];
	}
}

/** The rows of a Safe's target, for it to be forgotten. */
export function keysOf(safe: Safe, inventory: Inventory, measurements: readonly Measurement[]): MeasurementKey[] {
	const known = new TargetsOfSafes(inventory, measurements);
	const keys = measurements.map(({ key }) => key).filter((key) => known.safesAt(key).includes(safe.name));
	return [...new Map(keys.map((key) => [idOf(key), key])).values()];
}

/** What is known of each target, those of no Safe of the inventory among them. */
export function keptTargets(inventory: Inventory, measurements: readonly Measurement[]): KeptTarget[] {
	const known = new TargetsOfSafes(inventory, measurements);
	const ofTargets = measurements.filter(({ part }) => part !== 'name' && part !== 'connector');
	const grouped = Map.groupBy(ofTargets, ({ key }) => idOf(key));
	return [...grouped.values()].flatMap((parts) =>
		parts[0] === undefined ? [] : [keptTarget(parts[0].key, parts, known)],
	);
}

function keptTarget(key: MeasurementKey, parts: readonly Measurement[], known: TargetsOfSafes): KeptTarget {
	return {
		...key,
		names: known.namesOf(key),
		safes: known.safesAt(key),
		connections: connectionsOf(parts),
		hostKeys: parts.flatMap((measurement) => {
			if (measurement.part !== 'host-key') return [];
			const { evidence, firstAt, beganAt, writer } = measurement;
			const { type, sha256 } = evidence;
			return [{ type, sha256, firstSeenAt: iso(firstAt), lastSeenAt: iso(beganAt), by: writer }];
		}),
		answers: parts.flatMap((measurement) => {
			if (measurement.part !== 'answer') return [];
			const { username, key: fingerprint, answer } = measurement.evidence.auth;
			return [{ username, key: fingerprint, answer, ...toldBy(measurement) }];
		}),
		netcat: parts.filter(({ part }) => part === 'netcat').map(toldBy)[0] ?? null,
	};
}

function connectionsOf(parts: readonly Measurement[]): KeptTarget['connections'] {
	const measurement = parts.findLast(({ part }) => part === 'connections');
	if (measurement?.part !== 'connections') return null;
	const connection = measurement.evidence.find(({ outcome }) => outcome === 'open') ?? measurement.evidence[0];
	if (connection === undefined) return null;
	const { outcome, connectMs } = connection;
	return { outcome, ms: Math.round(connectMs * 10) / 10, ...toldBy(measurement) };
}

export function toldBy({ beganAt, writer }: Measurement): Told {
	return { at: iso(beganAt), by: writer };
}

function iso(time: number): string {
	return new Date(time).toISOString();
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
	const values = map.get(key) ?? new Set();
	values.add(value);
	map.set(key, values);
}
