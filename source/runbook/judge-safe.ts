import {
	type CheckId,
	type CheckResult,
	type CheckResultOf,
	type Checks,
	type ConnectorResult,
	rowsOf,
	type SafeResult,
	unmeasuredRow,
} from '../domain/check.ts';
import type { ConnectorEvidence } from '../domain/connector-evidence.ts';
import type { Connector, Safe, Settings } from '../domain/inventory.ts';
import type { Writer } from '../domain/measurement.ts';
import { formatTarget } from '../domain/target.ts';
import { worstVerdict } from '../domain/verdict.ts';
import { causeTexts } from './causes.ts';
import { type CheckOf, checkById, judgingOrder } from './checks.ts';
import { emptyFixContext, fixContextOf } from './fix-context.ts';
import { stepsFor } from './fixes.ts';
import { judgeConnector } from './judge-connector.ts';
import { type Conclusion, isAccepted, type Judged, type Judgement, type SafeEvidence } from './judgement.ts';
import { pastedProof, reconcile, strongerProof } from './session-words.ts';

/** Row 1 of all Safes of a connector. */
export function concludeConnector(
	connector: Connector,
	evidence: ConnectorEvidence,
	settings: Settings,
	measuredFrom: string,
	measuredBy: Writer | null = null,
): ConnectorResult {
	const { status, judgement } = judgeConnector(evidence, settings);
	const check = toResult('connector', judgement, measuredFrom, measuredBy);
	const context = { ...emptyFixContext(connector), connectorState: evidence };
	const [action = null] = judgement.cause === undefined ? [] : stepsFor(judgement.cause, context);
	return {
		name: connector.name,
		status,
		check: { ...check, action: action ?? remedyOf(connector, evidence, check.verdict) },
	};
}

/** What would make a connector that cannot be asked one that can. */
function remedyOf({ name }: Connector, { runtime }: ConnectorEvidence, verdict: CheckResult['verdict']): string | null {
	if (runtime.kind === 'unreadable') return runtime.remedy;
	return verdict === 'untested'
		? `give ${name} its runtime in the inventory: docker with a container, or systemd with a unit`
		: null;
}

/** The five rows of a Safe from all that is known about it. */
export function concludeSafe(known: SafeEvidence, connector: Connector): SafeResult {
	const { safe, reportedError } = known;
	// A key that is accepted by now outweighs what somebody read before.
	const pasted = isAccepted(known.auth) ? null : pastedProof(reportedError, safe);
	const evidence = { ...known, proof: strongerProof(known.proof, pasted) };
	const { check: connectorCheck } = evidence.connector;
	const { verdict, cause, summary } = connectorCheck;
	const judged: Judged = { connector: { verdict, summary, ...(cause === null ? {} : { cause }) } };
	for (const id of judgingOrder) judgeRow(id, evidence, judged);
	const context = fixContextOf(evidence, connector);
	const row = <Id extends CheckId>(id: Id): CheckResultOf<Id> => {
		const judgement: Judgement<Id> | undefined = judged[id];
		if (judgement === undefined) return unmeasuredRow(id, evidence.measuredFrom);
		const [action = null] = judgement.cause === undefined ? [] : stepsFor(judgement.cause, context);
		const concluded = { ...toResult(id, judgement, evidence.measuredFrom, writerOf(judgement, evidence)), action };
		return evidence.originNote === null ? concluded : addOriginNote(concluded, evidence.originNote);
	};
	const result = summarise(safe, {
		connector: connectorCheck,
		port: row('port'),
		username: row('username'),
		'host-key': row('host-key'),
		'ssh-key': row('ssh-key'),
	});
	if (reportedError === null) return result;
	return { ...result, sessionWords: reconcile(reportedError, safe, rowsOf(result)) };
}

function judgeRow<Id extends CheckId>(id: Id, evidence: SafeEvidence, judged: Judged): void {
	const { judge }: CheckOf<Id> = checkById[id];
	if (judge !== null) judged[id] = judge(evidence, judged);
}

/** Row 2 says it in words, the others where they say from where. */
function addOriginNote<Id extends CheckId>(row: CheckResultOf<Id>, note: string): CheckResultOf<Id> {
	if (row.measuredAt === null) return row;
	const summary = row.id === 'port' ? `${row.summary}; ${note}` : row.summary;
	return { ...row, summary, measuredFrom: note.replace(/^measured from /, '') };
}

/** What follows from the rows for the Safe as a whole. */
export function summarise(safe: Safe, checks: Checks): SafeResult {
	const rows = rowsOf({ checks });
	const verdict = worstVerdict(rows.map((row) => row.verdict));
	const failing = rows.find((row) => row.verdict === 'fail');
	const telling = failing ?? rows.find((row) => row.verdict === verdict);
	return {
		name: safe.name,
		connector: safe.connector,
		target: formatTarget(safe.host, safe.port),
		username: safe.username,
		verdict,
		cause: failing?.cause ?? null,
		headline: headlineOf(rows, telling),
		checks,
	};
}

function headlineOf(rows: readonly CheckResult[], telling: CheckResult | undefined): string {
	if (rows.every(({ verdict }) => verdict === 'pass')) return 'All five checks pass from here.';
	if (telling?.verdict === 'pass') return 'What was measured passes.';
	const row = telling ?? rows.find(({ verdict }) => verdict === 'skip');
	if (row === undefined) return 'Nothing was measured.';
	if (telling !== undefined && row.cause !== null) return causeTexts[row.cause].headline;
	return `${checkById[row.id].title}: ${row.summary}`;
}

/** Of rows 2 to 5: who brought what the row was concluded from. */
function writerOf({ measuredAt }: Conclusion, { target, targetBy, auth, authBy }: SafeEvidence): Writer | null {
	if (measuredAt === undefined) return null;
	if (measuredAt === target?.measuredAt) return targetBy;
	// A pasted line was measured by nobody.
	return measuredAt === auth?.connection.startedAt ? authBy : null;
}

function toResult<Id extends CheckId>(
	id: Id,
	judgement: Judgement<Id>,
	measuredFrom: string,
	measuredBy: Writer | null,
): CheckResultOf<Id> {
	return {
		id,
		verdict: judgement.verdict,
		cause: judgement.cause ?? null,
		summary: judgement.summary,
		action: null,
		measuredAt: judgement.measuredAt ?? null,
		measuredFrom,
		measuredBy,
		comparedWith: judgement.comparedWith ?? null,
		durationMs: judgement.durationMs === undefined ? null : Math.round(judgement.durationMs * 10) / 10,
		evidence: judgement.evidence ?? null,
	};
}
