import type { OfferedHostKey } from '../../domain/host-key.ts';
import type { Safe } from '../../domain/inventory.ts';

/** Which Safes have a host key, stored or seen at their target: a key that turns up elsewhere tells a reused address or a clone. */
export class KeyHolders {
	readonly #byFingerprint = new Map<string, Set<Safe>>();

	constructor(safes: readonly Safe[]) {
		for (const safe of safes) if (safe.hostKey !== null) this.#add(safe.hostKey.fingerprint, safe);
	}

	/** Takes in what a Safe's target was seen to have. */
	saw(safe: Safe, keys: readonly OfferedHostKey[]): void {
		for (const { sha256 } of keys) this.#add(sha256, safe);
	}

	/** Names of Safes with that key at another target. */
	others({ host, port }: Safe, fingerprint: string): string[] {
		const holders = [...(this.#byFingerprint.get(fingerprint) ?? [])];
		return holders.filter((other) => other.host !== host || other.port !== port).map(({ name }) => name);
	}

	#add(fingerprint: string, safe: Safe): void {
		const holders = this.#byFingerprint.get(fingerprint);
		if (holders === undefined) this.#byFingerprint.set(fingerprint, new Set([safe]));
		else holders.add(safe);
	}
}
