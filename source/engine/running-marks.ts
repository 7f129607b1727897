import { type CheckId, checkIds } from '../domain/check.ts';
import type { Safe } from '../domain/inventory.ts';
import type { SessionStore } from './session/session.ts';

/** Shows which rows of which Safes are being measured. Runs may overlap: each start needs its stop. */
export class RunningMarks {
	readonly #session: SessionStore;
	readonly #runs = new Map<string, number>();

	constructor(session: SessionStore) {
		this.#session = session;
	}

	/** @param only the rows that are measured; null for all. */
	start(safe: Safe, only: ReadonlySet<CheckId> | null): void {
		// Row 1 is measured on its own.
		const rows = checkIds.filter((id) => id !== 'connector' && (only === null || only.has(id)));
		this.#runs.set(safe.name, (this.#runs.get(safe.name) ?? 0) + 1);
		this.#session.putSafe(safe.name, (state) => ({
			...state,
			running: state.running ?? { since: Date.now(), checks: rows, waitingUntil: null },
		}));
	}

	/** Until when the measurement waits for its turn in the probe budget. */
	wait(safe: Safe, waitingUntil: number): void {
		this.#session.putSafe(safe.name, (state) =>
			state.running === null ? state : { ...state, running: { ...state.running, waitingUntil } },
		);
	}

	stop(safe: Safe): void {
		const left = (this.#runs.get(safe.name) ?? 1) - 1;
		this.#runs.set(safe.name, left);
		if (left <= 0) this.#session.putSafe(safe.name, (state) => ({ ...state, running: null }));
	}
}
