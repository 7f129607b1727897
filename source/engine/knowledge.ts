import { type CheckId, type CheckResult, type ConnectorResult, checkIds, type SafeResult } from '../domain/check.ts';
import type { Connector, Inventory, Safe } from '../domain/inventory.ts';
import { concludeSafe, sourceAddressOf, summarise } from '../runbook/judge-safe.ts';
import { unmeasuredConnector } from './connector-check.ts';
import { createMemory, type Memory } from './memory.ts';
import type { SessionStore } from './session.ts';

/** Which rows a run measures; null is all five. */
export type Only = ReadonlySet<CheckId> | null;

/** The newest evidence of every Safe, and what is concluded from it. The session shows the conclusions. */
export class Knowledge {
	readonly #memories: ReadonlyMap<string, Memory>;
	readonly #connectors: ReadonlyMap<string, Connector>;
	readonly #session: SessionStore;
	readonly #measuredFrom: (connector: Connector) => string;

	constructor(inventory: Inventory, session: SessionStore, measuredFrom: (connector: Connector) => string) {
		this.#memories = new Map(inventory.safes.map(({ name }) => [name, createMemory()]));
		this.#connectors = new Map(inventory.connectors.map((connector) => [connector.name, connector]));
		this.#session = session;
		this.#measuredFrom = measuredFrom;
	}

	of(safe: Safe): Memory {
		return this.#memories.get(safe.name) ?? createMemory();
	}

	connectorOf(safe: Safe): Connector {
		const connector = this.#connectors.get(safe.connector);
		if (connector === undefined) throw new Error(`the inventory let ${safe.name} through without its connector`);
		return connector;
	}

	connectorResult(connector: Connector): ConnectorResult {
		return (
			this.#session.get().connectors.get(connector.name) ??
			unmeasuredConnector(connector, this.#measuredFrom(connector))
		);
	}

	/** Our address as the Safe's target saw it, once it was reached. */
	sourceAddressOf(safe: Safe): string | null {
		return sourceAddressOf(this.of(safe));
	}

	/** The address the Safe's target was last tried at, else its name. */
	addressOf(safe: Safe): string {
		return this.of(safe).target?.connections.at(-1)?.address ?? safe.host;
	}

	/** Judges a Safe anew from what is remembered of it, and shows it. */
	conclude(safe: Safe, only: Only): void {
		const connector = this.connectorOf(safe);
		const evidence = {
			...this.of(safe),
			safe,
			connector: this.connectorResult(connector),
			measuredFrom: this.#measuredFrom(connector),
		};
		const result = leaveOut(safe, concludeSafe(evidence, connector), only);
		this.#session.putSafe(safe.name, (state) => {
			const same = state.result.verdict === result.verdict && state.result.cause === result.cause;
			return { ...state, result, since: same && state.since !== null ? state.since : Date.now() };
		});
	}

	/** Shows which rows of a Safe are being measured, and what they wait for; null ends it. */
	setRunning(safe: Safe, only: Only | 'done', waitingUntil: number | null = null): void {
		const rows = only === 'done' ? null : checkIds.filter((id) => only === null || only.has(id));
		this.#session.putSafe(safe.name, (state) => ({
			...state,
			running: rows === null ? null : { since: state.running?.since ?? Date.now(), checks: rows, waitingUntil },
		}));
	}
}

/** Rows that were not asked for do not count. */
function leaveOut(safe: Safe, result: SafeResult, only: Only): SafeResult {
	if (only === null) return result;
	const rows = result.checks.map(
		(row): CheckResult =>
			only.has(row.id) ? row : { ...row, verdict: 'skip', cause: null, summary: 'left out', action: null },
	);
	return summarise(safe, rows);
}
