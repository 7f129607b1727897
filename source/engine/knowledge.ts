import { type CheckId, type ConnectorResult, mapChecks, rowsOf } from '../domain/check.ts';
import type { LogProof, TargetEvidence } from '../domain/evidence.ts';
import type { CarriedHostKey } from '../domain/host-key.ts';
import type { Connector, Inventory, Safe } from '../domain/inventory.ts';
import { atMainAddress } from '../runbook/addresses.ts';
import { tidyWords } from '../runbook/find-message.ts';
import { type FixContext, fixContextOf } from '../runbook/fix-context.ts';
import { offeredKeys } from '../runbook/judge-host-key.ts';
import { concludeSafe, summarise } from '../runbook/judge-safe.ts';
import { nameSilentTargets } from '../runbook/silent-targets.ts';
import { markUnstable, type RowHistory, recordRows } from '../runbook/stability.ts';
import type { ClimbResult } from './climb-target.ts';
import { unmeasuredConnector } from './connector-check.ts';
import { safeEvent, sameStanding } from './events.ts';
import type { Vantage } from './probe-origin.ts';
import { RunningMarks } from './running-marks.ts';
import { leaveOut, tellUnconfirmed } from './session/adjust-result.ts';
import { type Memory, remember } from './session/safe-facts.ts';
import { Roster } from './session/safe-index.ts';
import type { SessionStore } from './session/session.ts';

/** Which rows a run measures; null is all five. */
export type Only = ReadonlySet<CheckId> | null;

/** Where a connector's Safes are measured from, or why they cannot be. */
export type Where = { readonly name: string; readonly unreachable: string | null };

/** The newest evidence of every Safe, and what is concluded from it. The session shows the conclusions. */
export class Knowledge {
	readonly running: RunningMarks;
	readonly #roster: Roster;
	readonly #session: SessionStore;
	readonly #where: (connector: Connector) => Where;
	readonly #vantages = new Map<string, { readonly from: string; readonly note: string | null }>();
	readonly #measured = new Map<string, ConnectorResult>();
	readonly #connectorHistory = new Map<string, RowHistory>();

	constructor(inventory: Inventory, session: SessionStore, where: (connector: Connector) => Where) {
		this.#roster = new Roster(inventory);
		this.#session = session;
		this.running = new RunningMarks(session);
		this.#where = where;
	}

	/** Takes in another inventory, and judges all anew by it. */
	replaceInventory(next: Inventory): void {
		const forgotten = this.#roster.replace(next);
		for (const name of forgotten.connectors) {
			this.#vantages.delete(name);
			this.#measured.delete(name);
			this.#connectorHistory.delete(name);
		}
		this.#session.replaceInventory(next, forgotten);
		// Stored keys, places in the file and what other Safes have may be other ones now.
		for (const safe of next.safes) this.conclude(safe, null);
		this.#session.flush();
	}

	of(safe: Safe): Memory {
		return this.#roster.memoryOf(safe);
	}

	connectorOf(safe: Safe): Connector {
		return this.#roster.connectorOf(safe);
	}

	connectorResult(connector: Connector): ConnectorResult {
		return (
			this.#session.get().connectors.get(connector.name) ?? unmeasuredConnector(connector, this.#where(connector).name)
		);
	}

	/** What the steps for this Safe fill in. */
	fixContextOf(safe: Safe): FixContext {
		const { target, auth } = this.of(safe);
		const connector = this.connectorOf(safe);
		return fixContextOf(
			{
				safe,
				target,
				auth,
				connector: this.connectorResult(connector),
				acceptedUsernames: this.#acceptedUsernames(safe),
			},
			connector,
		);
	}

	/** Names that pass at the same target for other Safes. A sensitive Safe's is not told by another one. */
	#acceptedUsernames(safe: Safe): readonly string[] {
		const passing = this.#roster
			.sharing(safe)
			.filter(
				({ name, username, sensitive }) =>
					username !== safe.username &&
					(!sensitive || safe.sensitive) &&
					this.#session.safe(name)?.result.checks.username.verdict === 'pass',
			);
		return [...new Set(passing.map(({ username }) => username))];
	}

	/** Nothing of the target was reached: trying again costs nothing there. */
	isOutOfReach(safe: Safe): boolean {
		const { target, refusal } = this.of(safe);
		if (target === null || refusal !== null || target.refusal !== null) return false;
		if (target.name?.error) return true;
		return (
			target.connections.length > 0 &&
			target.connections.every(({ outcome }) => outcome !== 'open' && outcome !== 'reset')
		);
	}

	/** Addresses a Safe's target is known by, the one that answered first. */
	addressesOf(safe: Safe): readonly string[] {
		const { target } = this.of(safe);
		const open = target?.connections.filter(({ outcome }) => outcome === 'open').map(({ address }) => address) ?? [];
		return [...new Set([...open, ...(target?.name?.addresses ?? [])])];
	}

	/** All host keys that were lately seen at these Safes' one target, the newest first. */
	offeredBefore(safes: readonly Safe[]): readonly CarriedHostKey[] {
		const seen = safes
			.flatMap((safe) => seenKeys(this.of(safe).target))
			.toSorted((a, b) => (a.seenAt < b.seenAt ? 1 : -1));
		const fresh = seen.filter(({ seenAt }) => Date.now() - Date.parse(seenAt) < carriedMs);
		// An older key of a type that was seen anew is history.
		return fresh.filter((key, index) => fresh.findIndex(({ type }) => type === key.type) === index);
	}

	/** Judges a Safe anew from what is remembered of it, and shows it. */
	conclude(given: Safe, only: Only): void {
		const safe = this.#roster.current(given);
		if (safe === null) return;
		const connector = this.connectorOf(safe);
		const memory = this.of(safe);
		const evidence = {
			...memory,
			// An answer about another key says nothing of this one.
			auth: isAboutKey(memory) ? memory.auth : null,
			holdersOf: (fingerprint: string) => this.#roster.holders.others(safe, fingerprint),
			safe,
			connector: this.connectorResult(connector),
			measuredFrom: this.#vantages.get(connector.name)?.from ?? this.#where(connector).name,
			vantageNote: this.#vantages.get(connector.name)?.note ?? null,
			hostUnreachable: this.#where(connector).unreachable,
		};
		const judged = concludeSafe(evidence, connector);
		memory.history = recordRows(memory.history, rowsOf(judged).slice(1));
		const stable = mapChecks(judged.checks, (row) => markUnstable(memory.history, row));
		const steady = { ...judged, ...summarise(safe, stable) };
		const result = leaveOut(safe, tellUnconfirmed(steady, memory.unconfirmed), only);
		const isMeasured = rowsOf(result).some(
			({ id, measuredAt }) => measuredAt !== null && (id !== 'connector' || result.cause !== null),
		);
		const recalled = this.#session.recalled.safes.get(safe.name) ?? null;
		this.#session.putSafe(safe.name, (state) => {
			if (isMeasured && only === null) {
				const before = state.since === null ? null : state.result;
				this.#session.record(safeEvent(before, result, recalled, new Date()));
			}
			const same = state.result.verdict === result.verdict && state.result.cause === result.cause;
			const isAsRecalled = state.since === null && recalled !== null && sameStanding(recalled.standing, result);
			const changed = isAsRecalled ? Date.parse(recalled.at) : Date.now();
			const since = same && state.since !== null ? state.since : isMeasured ? changed : null;
			return { ...state, result, since };
		});
	}

	/** A fix has changed our copy: these rows say until vpmon ends that VaultPAM is another matter. */
	keepUnconfirmed(safe: Safe, rows: readonly CheckId[]): void {
		this.of(safe).unconfirmed = new Set(rows);
	}

	/** A fix was made: what comes out differently now is no instability. */
	forgetHistory(safe: Safe): void {
		this.of(safe).history = {};
		this.#connectorHistory.delete(safe.connector);
	}

	/** Row 1 as it was measured, with whether it came and went lately and what is known of its targets. */
	takeConnector(result: ConnectorResult): ConnectorResult {
		const history = recordRows(this.#connectorHistory.get(result.name) ?? {}, [result.check]);
		this.#connectorHistory.set(result.name, history);
		const check = markUnstable(history, result.check);
		this.#measured.set(result.name, { ...result, check });
		return this.retellConnector(result.name) ?? result;
	}

	/** Row 1 as it was last measured, with what is known of its targets by now; null before it was. */
	retellConnector(name: string): ConnectorResult | null {
		const measured = this.#measured.get(name);
		if (measured === undefined) return null;
		if (measured.status !== 'degraded') return measured;
		return nameSilentTargets(
			measured,
			[...this.#roster.safes].flatMap((safe) => this.#session.safe(safe.name)?.result ?? []),
		);
	}

	/** Takes in what a run brought of a Safe. */
	learn(safe: Safe, result: ClimbResult, proof: LogProof | null, about: string | null): void {
		if (this.#roster.current(safe) === null) return;
		const memory = this.of(safe);
		// Another user, key or host key is no flip.
		if (about !== memory.historyAbout) memory.history = {};
		memory.historyAbout = about;
		remember(memory, safe, result, proof, about);
		this.#roster.holders.saw(safe, offeredKeys(result.target.connections));
	}

	/** Keeps the error text of a session with its Safe, from now; empty text takes it away. */
	keepWords(safe: Safe, text: string): void {
		const tidy = tidyWords(text);
		this.of(safe).words = tidy === '' ? null : { text: tidy, at: Date.now() };
		this.conclude(safe, null);
		this.#session.flush();
	}

	/** Rows 2 to 5 of a connector's Safes say where they were measured from. */
	setVantage({ name }: Connector, { host, note }: Vantage): void {
		this.#vantages.set(name, { from: host.name, note });
	}
}

/** A key of a type that is not asked for in the background is looked at again after so long. */
const carriedMs = 30 * 60_000;

function seenKeys(target: TargetEvidence | null): CarriedHostKey[] {
	const seen = atMainAddress(target?.connections ?? []).flatMap(({ handshake, startedAt: seenAt }) =>
		handshake?.hostKey && handshake.hostKeyProven ? [{ ...handshake.hostKey, seenAt }] : [],
	);
	return [...seen, ...(target?.carriedKeys ?? [])];
}

function isAboutKey({ auth, key }: Memory): boolean {
	return auth?.auth.asked !== 'public-key' || !key?.ok || auth.auth.key === key.fingerprint;
}
