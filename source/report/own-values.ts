import { causes } from '../domain/cause.ts';
import { attributeNames, type CheckResult, type ConnectorStatus, checkIds } from '../domain/check.ts';
import type { ConnectorEvidence, HealthEvidence, IdentityStorage } from '../domain/connector-evidence.ts';
import type { SessionEvent } from '../domain/event.ts';
import type {
	AuthEvidence,
	BudgetRefusal,
	ConnectOutcome,
	HandshakeEvidence,
	KeyEvidence,
	LogProof,
	OtherProtocol,
	TargetEvidence,
} from '../domain/evidence.ts';
import type { Program } from '../domain/measurement.ts';
import { verdictsWorstFirst } from '../domain/verdict.ts';
import { type ErrorSection, type MaskMode, partNames } from './report-data.ts';

/** All of a type, each once: what is added to the type is missing here for the compiler. */
const all = <Value extends string>(values: Readonly<Record<Value, true>>): readonly string[] => Object.keys(values);

const verdicts: readonly string[] = [
	...verdictsWorstFirst,
	...all<Exclude<CheckResult['verdict'], (typeof verdictsWorstFirst)[number]>>({ skip: true }),
];
const statuses = all<ConnectorStatus>({
	online: true,
	degraded: true,
	offline: true,
	'needs-recovery': true,
	unknown: true,
});
const programs = all<Program>({ screen: true, exporter: true, check: true, report: true, fix: true, demo: true });
const keyProblems = all<Extract<KeyEvidence, { ok: false }>['problem']>({
	'key-missing': true,
	'key-unreadable': true,
	'key-invalid': true,
	'key-is-private': true,
	'key-is-certificate': true,
	'key-too-weak': true,
	'key-unsupported': true,
});
const outcomes = [
	...all<ConnectOutcome>({ open: true, refused: true, timeout: true, unreachable: true, reset: true, other: true }),
	...all<HealthEvidence['outcome']>({
		reachable: true,
		name: true,
		tcp: true,
		proxy: true,
		tls: true,
		http: true,
		status: true,
		timeout: true,
	}),
];

/**
 * Values of the product itself, by the member of our JSON that has them: they are nobody's names, whatever a Safe is called. Any other
 * text in such a member may be one.
 */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
	kind: [
		'vpmon-escalation-report',
		...all<SessionEvent['kind']>({ safes: true, connector: true, sweep: true, watch: true }),
		...all<ConnectorEvidence['runtime']['kind']>({ none: true, unreadable: true, docker: true, systemd: true }),
	],
	hides: all<MaskMode>({ all: true, others: true, sensitive: true }),
	verdict: verdicts,
	cause: causes,
	causes,
	check: checkIds,
	id: checkIds,
	status: statuses,
	from: [
		...verdicts,
		...statuses,
		...all<ErrorSection['from']>({ session: true, 'target-log': true, probe: true, nobody: true }),
	],
	to: [...verdicts, ...statuses],
	attribute: attributeNames,
	part: partNames,
	credential: ['ssh-key', 'password', 'unknown'],
	program: programs,
	measuredBy: programs,
	origin: ['host'],
	outcome: outcomes,
	notSsh: all<OtherProtocol>({ silence: true, http: true, tls: true, text: true, binary: true, 'ssh-1': true }),
	ended: all<NonNullable<HandshakeEvidence['ended']>>({ closed: true, reset: true, timeout: true, error: true }),
	asked: all<AuthEvidence['asked']>({ 'public-key': true, methods: true }),
	answer: all<AuthEvidence['answer']>({ accepted: true, refused: true, open: true, none: true }),
	reason: all<BudgetRefusal['reason']>({ seconds: true, 'refused-queries': true, unfinished: true, ledger: true }),
	says: all<LogProof['says']>({
		'user-unknown': true,
		'user-not-allowed': true,
		'user-refused': true,
		'user-known': true,
		'key-refused': true,
	}),
	problem: keyProblems,
	detour: all<NonNullable<TargetEvidence['detour']>>({ ProxyJump: true, ProxyCommand: true }),
	mount: all<IdentityStorage['mount']>({ volume: true, bind: true, 'anonymous-volume': true, none: true }),
	content: all<IdentityStorage['content']>({ filled: true, empty: true, missing: true, unknown: true }),
};

const known = new Map(Object.entries(valuesOf).map(([member, values]) => [member, new Set(values)]));

export function isOwnValue(member: string, text: string): boolean {
	return known.get(member)?.has(text) ?? false;
}
