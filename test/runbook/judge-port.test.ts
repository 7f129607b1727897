import { expect, test } from 'vitest';
import type {
	BudgetRefusal,
	ConnectionEvidence,
	HandshakeEvidence,
	TargetEvidence,
} from '../../source/domain/evidence.ts';
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
	answers: [],
	held: null,
};

function judge(...connections: ConnectionEvidence[]) {
	return judgeWith(null, ...connections);
}

function judgeWith(refusal: BudgetRefusal | null, ...connections: ConnectionEvidence[]) {
	const target: TargetEvidence = {
		host: 'db1',
		port: 22,
		name: null,
		connections,
		carriedKeys: [],
		knownHosts: null,
		refusedAddresses: [],
		refusal,
		measuredAt: open.startedAt,
		durationMs: 5,
	};
	return judgePort({ target, refusal: null, hostUnreachable: null, identificationBefore: null } as SafeEvidence);
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

test('SSH 1 only is not SSH; a key exchange that does not end has its own cause; one that dies is a reset', () => {
	const handshake = { ...silent, identification: 'SSH-1.5-old', notSsh: 'ssh-1' as const, ended: 'error' as const };
	expect(judge({ ...open, handshake })).toMatchObject({
		verdict: 'fail',
		cause: 'not-ssh',
		summary: expect.stringContaining('only SSH 1'),
	});
	const stalled = { ...silent, identification: 'SSH-2.0-x', notSsh: null, ended: 'timeout' as const, error: 'no end' };
	expect(judge({ ...open, handshake: stalled }).cause).toBe('handshake-timeout');
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

const closed = (address: string, outcome: ConnectionEvidence['outcome']) => ({
	...open,
	address,
	outcome,
	handshake: null,
	error: outcome,
});

test('of several addresses the most telling outcome counts, whatever their order', () => {
	const unroutable = closed('2001:470::5', 'unreachable');
	expect(judge(closed('10.0.0.5', 'refused'), unroutable)).toMatchObject({
		cause: 'port-refused',
		summary: expect.stringContaining('refused from 10.0.0.5'),
	});
	expect(judge(unroutable, closed('10.0.0.5', 'timeout'))).toMatchObject({ cause: 'port-timeout' });
	expect(judge(closed('10.0.0.5', 'refused'), closed('10.0.0.6', 'other')).cause).toBe('port-refused');
});

test('while an address could not be tried for want of budget, the others do not fail the row', () => {
	const refusal: BudgetRefusal = { reason: 'unfinished', freeAt: '2026-11-22T08:09:00.000Z', detail: '' };
	expect(judgeWith(refusal, closed('10.0.0.5', 'refused'))).toMatchObject({
		verdict: 'unknown',
		summary: expect.stringContaining('probe budget, free at'),
	});
});

test('what sshd says to whom it drops is no other service', () => {
	const said = (spoken: string) => ({
		...open,
		held: heldOften,
		handshake: { ...silent, spoken, notSsh: 'text' as const },
	});
	expect(judge(said('Exceeded MaxStartups')).cause).toBe('connection-reset');
	expect(judge(said('Not allowed at this time')).cause).toBe('source-penalised');
	expect(judge(said('220 mail ESMTP')).cause).toBe('not-ssh');
});

test('a prohibition is no missing route', () => {
	const prohibited = { ...closed('10.0.0.5', 'unreachable'), error: 'connect EACCES 10.0.0.5:22' };
	expect(judge(prohibited)).toMatchObject({
		cause: 'host-unreachable',
		summary: 'prohibited by a firewall or route: 10.0.0.5 in 2 ms',
	});
	expect(judge(closed('10.0.0.5', 'unreachable')).summary).toBe('no route to 10.0.0.5 in 2 ms');
});

test('text is quoted, bytes are not', () => {
	const said = (notSsh: 'tls' | 'text') =>
		judge({ ...open, handshake: { ...silent, ended: 'error', spoken: 'F', notSsh } }).summary;
	expect(said('tls')).toBe('open, but a TLS service answers');
	expect(said('text')).toBe('open, but something else answers: "F"');
});
