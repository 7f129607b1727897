import { expect, test } from 'vitest';
import type { ConnectionEvidence, TargetEvidence } from '../../../source/domain/evidence.ts';
import { measuredParts } from '../../../source/engine/sharing/measured-parts.ts';
import { authEvidence, connectionEvidence, hostKey, measurementKey, writer } from '../../helpers/measurement.ts';

/** What of a run is told to the other programs of a host. */

const { source, origin, address } = measurementKey;
const run = { source, origin, run: 'run-1', writer, deadlineMs: 8000, usualDeadlineMs: 8000 };
const silent = (waitedMs: number, changes: Partial<ConnectionEvidence> = {}) =>
	connectionEvidence({ outcome: 'timeout', connectMs: waitedMs, handshake: null, ...changes });
const handshake = (changes: object) => {
	const connection = connectionEvidence();
	if (connection.handshake === null) throw new Error('no handshake');
	return { ...connection, handshake: { ...connection.handshake, ...changes } };
};

function targetOf(connections: readonly ConnectionEvidence[], addresses = [address]): TargetEvidence {
	return {
		host: 'db.example',
		port: 22,
		name: { name: 'db.example', addresses, durationMs: 1, error: null },
		connections,
		carriedKeys: [{ ...hostKey('c', 'ssh-rsa'), seenAt: new Date(0).toISOString(), seenBy: null }],
		refusedAddresses: [],
		knownHosts: { file: 'known_hosts', keys: [], problem: null } as never,
		refusal: null,
		measuredAt: new Date(0).toISOString(),
		durationMs: 20,
	};
}
const kinds = (connections: readonly ConnectionEvidence[], changes: Partial<typeof run> = {}, addresses = [address]) =>
	measuredParts({ ...run, ...changes }, targetOf(connections, addresses), []).map(({ part }) => part);

test('the name, the connections and each host key are parts; what was carried or is a file of this user is none', () => {
	const second = {
		...handshake({ hostKey: hostKey('e', 'ecdsa-sha2-nistp256') }),
		startedAt: new Date(5).toISOString(),
	};
	const parts = measuredParts(run, targetOf([connectionEvidence(), second]), []);
	expect(parts.map(({ part, beganAt }) => `${part} ${beganAt}`)).toEqual([
		'name 0',
		'connections 0',
		'host-key 0',
		'host-key 5',
	]);
	expect(JSON.stringify(parts)).not.toMatch(/known_hosts|ssh-rsa SHA256/);
	expect(parts.every((part) => part.run === 'run-1' && part.writer === writer)).toBe(true);
});

test('an address stands for itself', () => {
	const target = { ...targetOf([connectionEvidence()]), host: address };
	const name = { name: address, addresses: [address], durationMs: 0, error: null };
	expect(measuredParts(run, { ...target, name }, []).map(({ part }) => part)).toEqual(['connections', 'host-key']);
});

test('a host key that was not proven is none', () => {
	expect(kinds([handshake({ hostKeyProven: false })])).toEqual(['name', 'connections']);
});

test('what failed on this machine says nothing', () => {
	expect(kinds([connectionEvidence({ outcome: 'other', handshake: null })])).toEqual(['name']);
});

test('silence counts where it lasted as long as usual', () => {
	expect(kinds([silent(8000)])).toEqual(['name', 'connections']);
	expect(kinds([silent(7999.2)])).toEqual(['name', 'connections']);
	expect(kinds([silent(2000)], { deadlineMs: 2000 })).toEqual(['name']);
	// Cut short, as by an end of the program or the time for the whole Safe.
	expect(kinds([silent(3000)])).toEqual(['name']);
	expect(kinds([handshake({ ended: 'timeout', durationMs: 3000 })])).toEqual(['name']);
	expect(kinds([handshake({ ended: 'timeout', hostKey: null, durationMs: 8003 })])).toEqual(['name', 'connections']);
	// Who was answered waits for nothing.
	expect(kinds([connectionEvidence()], { deadlineMs: 2000 })).toEqual(['name', 'connections', 'host-key']);
});

test('addresses of one name share the time; how long it was is told', () => {
	const two = [address, '10.0.0.6'];
	const parts = measuredParts(run, targetOf([silent(4000), connectionEvidence({ address: '10.0.0.6' })], two), []);
	const times = parts
		.filter(({ part }) => part === 'connections')
		.map(({ key, deadlineMs }) => [key.address, deadlineMs]);
	expect(times).toEqual([
		[address, 4000],
		['10.0.0.6', 8000],
	]);
});

test('an answer is a part with its connection, and with no other answer; none is none', () => {
	const answered = connectionEvidence({ answers: [authEvidence({ username: 'other' })] });
	const parts = measuredParts(run, targetOf([answered]), [
		{ auth: authEvidence(), connection: answered },
		{ auth: authEvidence({ answer: 'none' }), connection: answered },
	]);
	expect(parts.filter(({ part }) => part === 'answer')).toHaveLength(1);
	expect(JSON.stringify(parts)).not.toContain('"other"');
});
