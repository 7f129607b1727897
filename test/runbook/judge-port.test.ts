import { expect, test } from 'vitest';
import type { ConnectionEvidence, HandshakeEvidence, TargetEvidence } from '../../source/domain/evidence.ts';
import { judgePort } from '../../source/runbook/judge-port.ts';
import type { SafeEvidence } from '../../source/runbook/judgement.ts';

const silent: HandshakeEvidence = {
	identification: null,
	spoken: null,
	notSsh: 'silence',
	serverAlgorithms: {},
	ourAlgorithms: {},
	noCommon: null,
	hostKey: null,
	hostKeyProven: false,
	ended: 'closed',
	error: 'the server closed the connection',
	durationMs: 3,
};
const open: ConnectionEvidence = {
	startedAt: '2026-11-22T08:00:00.000Z',
	address: '10.0.0.5',
	port: 22,
	outcome: 'open',
	error: null,
	connectMs: 2,
	sourceAddress: null,
	sourcePort: null,
	handshake: silent,
	auth: null,
	held: null,
};

function judge(...connections: ConnectionEvidence[]) {
	const target: TargetEvidence = {
		host: 'db1',
		port: 22,
		name: null,
		connections,
		refusal: null,
		measuredAt: open.startedAt,
		durationMs: 5,
	};
	return judgePort({ target } as SafeEvidence, {});
}

const heldMuch = { seconds: 4.5, unfinished: 0 };
const heldOften = { seconds: 0, unfinished: 4 };
const heldLittle = { seconds: 3.9, unfinished: 3 };

test('a target that turns us away while our own ledger is full punishes us; it is not down', () => {
	for (const held of [heldMuch, heldOften]) {
		expect(judge({ ...open, held }).cause).toBe('source-penalised');
		expect(judge({ ...open, outcome: 'refused', handshake: null, held }).cause).toBe('source-penalised');
		expect(judge({ ...open, outcome: 'reset', handshake: null, held }).cause).toBe('source-penalised');
	}
});

test('with little in the ledger it is what it looks like', () => {
	expect(judge({ ...open, held: heldLittle }).cause).toBe('connection-reset');
	expect(judge({ ...open, outcome: 'refused', handshake: null, held: heldLittle }).cause).toBe('port-refused');
	expect(judge({ ...open, outcome: 'timeout', handshake: null, held: heldMuch }).cause).toBe('port-timeout');
});

test('SSH 1 only is not SSH; a key exchange that does not end is a timeout; one that dies is a reset', () => {
	const handshake = { ...silent, identification: 'SSH-1.5-old', notSsh: 'ssh-1' as const, ended: 'error' as const };
	expect(judge({ ...open, handshake })).toMatchObject({
		verdict: 'fail',
		cause: 'not-ssh',
		summary: expect.stringContaining('only SSH 1'),
	});
	const stalled = { ...silent, identification: 'SSH-2.0-x', notSsh: null, ended: 'timeout' as const, error: 'no end' };
	expect(judge({ ...open, handshake: stalled }).cause).toBe('port-timeout');
	expect(judge({ ...open, handshake: { ...stalled, ended: 'reset' } }).cause).toBe('connection-reset');
});

test('what could not be tried is unknown, never fail', () => {
	expect(judge({ ...open, outcome: 'other', handshake: null, error: 'EMFILE' }).verdict).toBe('unknown');
	expect(judge().verdict).toBe('unknown');
});

test('no common algorithm is no trouble of the port', () => {
	const handshake = {
		...silent,
		identification: 'SSH-2.0-new',
		notSsh: null,
		noCommon: 'key exchange algorithm',
		ended: 'error' as const,
	};
	expect(judge({ ...open, handshake }).verdict).toBe('pass');
});
