import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { TargetEvidence } from '../../domain/evidence.ts';
import { defaultSettings, type Safe } from '../../domain/inventory.ts';
import type { AuthAnswer } from '../../runbook/judgement.ts';
import type { Claim } from '../../storage/site-memory/site-memory.ts';
import type { Origin } from './board.ts';
import { keyOf, measuredParts } from './measured-parts.ts';
import type { SiteSharing } from './site-sharing.ts';

/** Milliseconds between two looks whether who measures a target is done. */
const lookEveryMs = 250;
/** A person waits at most so much longer than who holds the target has for it. */
const patienceMs = 2000;

/** One program's part in measuring one target: what it claims, and what it tells the others. */
export class TargetSharing {
	readonly #sharing: SiteSharing;
	readonly #origin: Origin;
	readonly #safes: readonly Safe[];
	readonly #port: number;
	readonly #run = randomBytes(6).toString('hex');
	#claim: Claim | null = null;
	#writing: Promise<unknown> = Promise.resolve();

	constructor(sharing: SiteSharing, origin: Origin, safes: readonly [Safe, ...Safe[]]) {
		this.#sharing = sharing;
		this.#origin = origin;
		this.#safes = safes;
		this.#port = safes[0].port;
	}

	/**
	 * Waits until nobody else measures these addresses, and claims them.
	 *
	 * @param isStillWanted asked after each wait, since the other's results may be all that was wanted.
	 * @returns false where nothing is left to be measured. After the other's time and two seconds it goes on without the claim.
	 */
	async claim(
		addresses: readonly string[],
		leaseMs: number,
		signal: AbortSignal,
		onWait: () => void,
		isStillWanted: () => Promise<boolean>,
	): Promise<boolean> {
		const keys = addresses.map((address) => keyOf(this.#origin, address, this.#port));
		const giveUpAt = performance.now() + leaseMs + patienceMs;
		while (!signal.aborted) {
			const claim = await this.#sharing.claim(keys, this.#safes, leaseMs);
			if (claim?.ok) this.#claim = claim;
			if (claim === null) return true;
			// Whoever held it until a moment ago told of more than was known when this program looked.
			if (claim.ok) return this.#isLeft(isStillWanted);
			if (performance.now() > giveUpAt) return true;
			onWait();
			await pause(lookEveryMs, undefined, { signal }).catch(() => {});
			if (!(await this.#isLeft(isStillWanted))) return false;
		}
		return false;
	}

	/** Tells the others what was measured so far. */
	tell(target: TargetEvidence, answers: readonly AuthAnswer[], deadlineMs: number): void {
		const usualDeadlineMs = defaultSettings.checkTimeoutMs;
		const run = { ...this.#origin, run: this.#run, writer: this.#sharing.self, deadlineMs, usualDeadlineMs };
		const parts = measuredParts(run, target, answers);
		if (parts.length > 0) this.#writing = Promise.all([this.#writing, this.#sharing.put(parts, this.#safes)]);
	}

	/** Lets others go on, once they can read what was told. */
	async end(): Promise<void> {
		await this.#writing;
		const claim = this.#claim;
		this.#claim = null;
		await claim?.release();
	}

	async #isLeft(isStillWanted: () => Promise<boolean>): Promise<boolean> {
		this.#sharing.poll();
		return isStillWanted();
	}
}
