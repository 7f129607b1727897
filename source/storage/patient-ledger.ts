import type { BudgetRefusal } from '../domain/evidence.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import { type Ledger, type LedgerEntry, ledgerRefusal, type OpenLedger } from './ledger.ts';

/** Milliseconds: each look at a ledger that cannot be used takes a moment, and many Safes may wait for it. */
const defaultRetryMs = 3000;

/**
 * A ledger that may not be usable just now: held by another program, somebody else's, no file at all. Then every reservation is refused
 * with the reason and what to do, so nothing is probed, and the program goes on with what else it can do. The ledger is looked for again
 * every few seconds, also where its file was replaced meanwhile.
 *
 * @param open rejects where the ledger cannot be used.
 * @returns `opened` resolves after the first try.
 */
export function createPatientLedger(
	open: () => Promise<OpenLedger>,
	retryMs = defaultRetryMs,
): { readonly ledger: Ledger; readonly opened: Promise<void> } {
	let current: OpenLedger | null = null;
	let opening: Promise<void> | null = null;
	let problem: BudgetRefusal | null = null;
	let retryAt = 0;
	let isClosed = false;
	/** In which file a reservation stands. */
	const files = new WeakMap<LedgerEntry, string>();

	const giveUp = (refusal: BudgetRefusal) => {
		problem = refusal;
		retryAt = performance.now() + retryMs;
		current?.close();
		current = null;
	};
	const tryToOpen = async () => {
		try {
			const opened = await open();
			if (isClosed) return opened.close();
			current = opened;
			problem = null;
		} catch (error) {
			giveUp(ledgerRefusal(error instanceof UserError ? error : new UserError(messageOf(error), '')));
		}
	};
	const find = async (): Promise<OpenLedger | null> => {
		if (current !== null && !current.isInPlace()) {
			current.close();
			current = null;
		}
		if (current === null && !isClosed && performance.now() >= retryAt) {
			opening ??= tryToOpen().finally(() => {
				opening = null;
			});
		}
		await opening;
		return current;
	};
	const closed = ledgerRefusal(new UserError('It is closed.', ''));

	const ledger: Ledger = {
		async reserve(...request) {
			const used = await find();
			if (used === null) return problem ?? closed;
			const answer = await used.reserve(...request);
			if (!('reason' in answer)) files.set(answer, used.fileId);
			else if (answer.reason === 'ledger') {
				// What another reservation found out about the same file is said the same way.
				if (current !== used) return problem ?? answer;
				giveUp(answer);
			}
			return answer;
		},
		async release(entry, ...end) {
			const used = await find();
			// The reservation stays as it was made where its file is gone.
			if (used !== null && files.get(entry) === used.fileId) await used.release(entry, ...end);
		},
		inUse: async () => (await (await find())?.inUse()) ?? null,
		close() {
			isClosed = true;
			current?.close();
			current = null;
		},
	};
	return { ledger, opened: find().then(() => {}) };
}
