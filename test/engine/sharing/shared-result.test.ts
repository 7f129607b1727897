import { expect, test } from 'vitest';
import type { Measurement } from '../../../source/domain/measurement.ts';
import { Board } from '../../../source/engine/sharing/board.ts';
import { carriedMs, sharedResult } from '../../../source/engine/sharing/shared-result.ts';
import { authEvidence, connectionEvidence, hostKey, measurement, measurementKey } from '../../helpers/measurement.ts';
import { plainSafe } from '../../helpers/plain-safe.ts';

/** What is put together of a target from what several programs measured. */

const now = Date.now();
const { source, origin, address } = measurementKey;
const other = '10.0.0.6';
const safe = { ...plainSafe, host: address, port: 22, credential: { type: 'ssh-key', publicKey: null } } as const;
const iso = (at: number) => new Date(at).toISOString();
const fingerprint = authEvidence().key;
const nameOf = (...addresses: string[]) => ({ name: 'db', addresses, durationMs: 1, error: null });

type Change = { readonly at?: number; readonly address?: string; readonly deadlineMs?: number; readonly run?: string };

function seen(key = hostKey(), { at = now, address: where = address, ...more }: Change = {}): Measurement[] {
	const connection = connectionEvidence({ startedAt: iso(at), address: where });
	const evidence = [{ ...connection, handshake: { ...(connection.handshake as object), hostKey: key } as never }];
	const changes = { at, key: { ...measurementKey, address: where }, run: `run ${at}`, ...more };
	return [
		measurement({ part: 'connections', evidence }, changes),
		measurement({ part: 'host-key', evidence: key }, changes),
	];
}
const silent = ({ at = now, address: where = address, ...more }: Change = {}) =>
	measurement(
		{ part: 'connections', evidence: [connectionEvidence({ outcome: 'timeout', handshake: null, address: where })] },
		{ at, key: { ...measurementKey, address: where }, ...more },
	);
const answered = (at: number, key = hostKey(), answer: 'accepted' | 'refused' = 'accepted') => {
	const connection = connectionEvidence({ startedAt: iso(at) });
	const handshake = { ...(connection.handshake as object), hostKey: key } as never;
	const evidence = { auth: authEvidence({ answer }), connection: { ...connection, handshake } };
	return measurement({ part: 'answer', evidence }, { at });
};

function put(measurements: readonly Measurement[], changes: Partial<Parameters<typeof sharedResult>[2]> = {}) {
	const board = new Board();
	board.take(measurements);
	return sharedResult(
		board,
		{ source, origin },
		{ safe, name: nameOf(address), fingerprint, deadlineMs: 8000, ...changes },
	);
}

test('nothing of another network, or of another host, is ours', () => {
	const board = new Board();
	board.take(seen());
	const asked = { safe, name: nameOf(address), fingerprint, deadlineMs: 8000 };
	expect(sharedResult(board, { source, origin }, asked)).not.toBeNull();
	expect(sharedResult(board, { source, origin: 'container 1' }, asked)).toBeNull();
	expect(sharedResult(board, { source: 'dc2', origin }, asked)).toBeNull();
	expect(sharedResult(board, { source, origin }, { ...asked, safe: { ...safe, port: 23 } })).toBeNull();
});

test('silence is believed by who would not have waited longer', () => {
	expect(put([silent({ deadlineMs: 8000 })])).not.toBeNull();
	expect(put([silent({ deadlineMs: 8000 })], { deadlineMs: 10_000 })).toBeNull();
	// Here it would have had half of the time.
	const name = nameOf(address, other);
	expect(put([silent({ deadlineMs: 4000 }), ...seen(hostKey(), { address: other })], { name })).not.toBeNull();
	expect(put([silent({ deadlineMs: 4000 })])).toBeNull();
});

test('an address that sessions would try before the one that answers has to be known', () => {
	const name = nameOf(address, other);
	expect(put(seen(hostKey(), { address: other }), { name })).toBeNull();
	expect(put(seen(), { name })?.result.target.connections).toHaveLength(1);
	expect(put([silent()], { name })).toBeNull();
	const both = put([silent(), silent({ address: other })], { name });
	expect(both?.result.target.connections.map((connection) => connection.address)).toEqual([address, other]);
});

test('freshness counts from the look at the address that sessions go to', () => {
	const name = nameOf(address, other);
	const measurements = [...seen(hostKey(), { at: now - 1000 }), ...seen(hostKey(), { at: now, address: other })];
	expect(put(measurements, { name })?.targetBeganAt).toBe(now - 1000);
});

test('a key of another type is carried, and the stored one passes as of when it was seen', () => {
	const ecdsa = hostKey('e', 'ecdsa-sha2-nistp256');
	const measurements = [...seen(ecdsa, { at: now - 60_000 }), ...seen()];
	const stored = { type: null, fingerprint: ecdsa.sha256 };
	const found = put(measurements, { safe: { ...safe, hostKey: stored } });
	expect(found?.result.target.carriedKeys).toMatchObject([{ ...ecdsa, seenAt: iso(now - 60_000) }]);
	expect(found?.targetBeganAt).toBe(now - 60_000);
	expect(found?.result.target.measuredAt).toBe(iso(now - 60_000));
	// The stored key is the one that was seen last.
	expect(put(measurements)?.targetBeganAt).toBe(now);
});

test('it is carried for half an hour, and not where another key changed since', () => {
	const ecdsa = hostKey('e', 'ecdsa-sha2-nistp256');
	const carried = (measurements: readonly Measurement[]) => put(measurements)?.result.target.carriedKeys;
	expect(carried([...seen(ecdsa, { at: now - carriedMs }), ...seen()])).toEqual([]);
	expect(
		carried([...seen(ecdsa, { at: now - 60_000 }), ...seen(hostKey('b'), { at: now - 30_000 }), ...seen()]),
	).toEqual([]);
	expect(
		carried([...seen(ecdsa, { at: now - 60_000 }), ...seen(hostKey(), { at: now - 30_000 }), ...seen()]),
	).toHaveLength(1);
	// Seen by a clock that was ahead: nobody knows when.
	expect(carried([...seen(ecdsa, { at: now + 3_600_000 }), ...seen()])).toEqual([]);
	// Where nothing answers any more, nothing stands.
	const refused = connectionEvidence({ outcome: 'refused', handshake: null });
	expect(
		carried([...seen(ecdsa, { at: now - 60_000 }), measurement({ part: 'connections', evidence: [refused] })]),
	).toEqual([]);
});

test('the answer is that of this user and key, unless the host key is another one by now', () => {
	expect(put([...seen(), answered(now - 5)])?.answerBeganAt).toBe(now - 5);
	expect(put([...seen(), answered(now - 5)], { fingerprint: 'SHA256:other' })?.result.auth).toBeNull();
	expect(put([...seen(), answered(now - 5)], { fingerprint: undefined })?.result.auth).toBeNull();
	expect(put([...seen(), answered(now - 5)], { safe: { ...safe, username: 'other' } })?.result.auth).toBeNull();
	expect(put([...seen(hostKey('b')), answered(now - 5)])?.result.auth).toBeNull();
});
