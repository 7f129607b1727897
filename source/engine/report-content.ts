import { isIP } from 'node:net';
import { type CheckResult, rowsOf, type SafeResult } from '../domain/check.ts';
import type { Safe } from '../domain/inventory.ts';
import type { Seen } from '../redact/names/known-names.ts';
import type { ReportData, ReportedGroup, ReportedSafe } from '../report/report-data.ts';
import { causeTexts } from '../runbook/causes.ts';
import { checkById, checks } from '../runbook/checks.ts';
import { normalizeError } from '../runbook/find-message.ts';
import { stepsFor } from '../runbook/fixes.ts';
import { groupFailures } from '../runbook/group.ts';
import { formatContrast } from '../runbook/group-words.ts';
import { offeredKeys } from '../runbook/judge-host-key.ts';
import { reconcile } from '../runbook/session-words.ts';
import type { Engine } from './engine.ts';
import { addressesOf, connectorOf, factsOf, fixContextFor } from './session/read.ts';

/** What the report says of what the engine knows already. */

export function resultOf(engine: Engine, safe: Safe): SafeResult {
	const state = engine.session.safe(safe.name);
	if (state === undefined) throw new Error(`the session has no Safe ${safe.name}`);
	return state.result;
}

/** The one whose ladder stands for all: the first that fails, in the order given. */
export function representativeOf(engine: Engine, safes: readonly Safe[]): Safe | undefined {
	return safes.find((safe) => resultOf(engine, safe).verdict === 'fail') ?? safes[0];
}

export function reportedSafe(engine: Engine, safe: Safe): ReportedSafe {
	const { connector, target, username, verdict, cause, headline, checks } = resultOf(engine, safe);
	const since = engine.session.safe(safe.name)?.since ?? null;
	return {
		name: safe.name,
		connector,
		target,
		username,
		credential: safe.credential.type,
		verdict,
		cause,
		headline,
		since: since === null ? null : new Date(since).toISOString(),
		rows: rowsOf({ checks }).map(({ id, verdict: row }) => ({ id, verdict: row })),
	};
}

/** What several Safes have in common. */
export function reportedGroup(engine: Engine, safes: readonly Safe[]): ReportedGroup {
	const { session } = engine;
	const all = session.get().inventory.safes.map((safe) => resultOf(engine, safe));
	const wanted = new Set(safes.map(({ name }) => name));
	const groups = groupFailures(all).filter((group) => group.safes.some((name) => wanted.has(name)));
	const [first] = groups;
	const passing = safes.length - groups.flatMap((group) => group.safes.filter((name) => wanted.has(name))).length;
	if (first === undefined) return { headline: 'None of them fails.', cause: null, shared: {}, contrast: null };
	if (groups.length === 1 && passing === 0) {
		const { headline, cause, shared, contrast } = first;
		return { headline, cause, shared: { ...shared }, contrast: formatContrast(contrast) };
	}
	const each = groups.map(
		(group) => `${group.safes.filter((name) => wanted.has(name)).length} of them: ${group.headline}`,
	);
	const others = passing === 0 ? [] : [`${passing} of them do not fail.`];
	return { headline: [...each, ...others].join(' '), cause: null, shared: {}, contrast: null };
}

/** A paragraph for a reader who never saw vpmon. */
export function summaryOf(engine: Engine, first: Safe, safes: readonly Safe[], group: ReportedGroup | null): string {
	const result = resultOf(engine, first);
	const { cause, headline, verdict } = result;
	const rows = rowsOf(result);
	const { name } = connectorOf(engine.session, first);
	const measuredAt =
		rows
			.map((row) => row.measuredAt ?? '')
			.sort()
			.at(-1) ?? '';
	const when = measuredAt === '' ? '' : ` (last at ${measuredAt})`;
	const what =
		group === null
			? `SSH sessions through the Safe ${first.name} (${first.username} at ${resultOf(engine, first).target}, by connector ${name})`
			: `SSH sessions through ${safes.length} Safes, such as ${first.name} (by connector ${name})`;
	const why = cause === null ? '' : ` ${causeTexts[cause].why}`;
	const passed = rows.filter((row) => row.verdict === 'pass').map((row) => titleOf(row));
	const rest = passed.length === 0 || verdict === 'pass' ? '' : ` What passed: ${passed.join(', ')}.`;
	const found = {
		fail: `Found: ${headline}${why}`,
		warn: `Nothing fails, but: ${headline}${why}`,
		unknown: `No verdict: ${headline}`,
		untested: `Nothing fails as far as can be seen from there: ${headline}`,
		pass: 'All five causes that the runbook names are excluded from there.',
	}[verdict];
	return `${what} were checked with vpmon against the runbook "SSH session fails to launch" from the connector's side${when}. ${found}${rest} Nothing was changed by it.`;
}

function titleOf({ id }: CheckResult): string {
	return checkById[id].title;
}

/** What was given with the report goes before what was kept with the Safe, and both before what our own probe was told. */
export function reportedError(engine: Engine, safe: Safe, given: string | null): ReportData['error'] {
	const result = resultOf(engine, safe);
	const { sessionWords } = result;
	const rows = rowsOf(result);
	const tidy = given === null ? '' : normalizeError(given);
	const words = tidy === '' ? sessionWords : reconcile({ text: tidy, at: Date.now() }, safe, rows);
	if (words !== undefined) {
		const held = words.known ? `Held against the checks: ${words.summary}.` : `This text ${words.summary}.`;
		return { from: words.from, text: words.text, givenAt: words.givenAt, givenBy: words.givenBy, held };
	}
	const failed = rows.find(({ verdict }) => verdict === 'fail');
	if (failed === undefined) return { from: 'nobody', text: null, givenAt: null, givenBy: null, held: null };
	const raw = rawErrors(failed.evidence).filter((error) => !failed.summary.includes(error));
	const text = [failed.summary, ...raw].join('\n');
	return { from: 'probe', text, givenAt: failed.measuredAt, givenBy: null, held: null };
}

/** `connect ECONNREFUSED 10.0.0.5:22`: as the system said it. */
function rawErrors(evidence: unknown): string[] {
	const found = new Set<string>();
	const look = (value: unknown, key: string) => {
		if (typeof value === 'string' && key === 'error') found.add(value);
		else if (Array.isArray(value)) for (const part of value) look(part, key);
		else if (typeof value === 'object' && value !== null)
			for (const [name, part] of Object.entries(value)) look(part, name);
	};
	look(evidence, '');
	return [...found].slice(0, 5);
}

const mostEvents = 20;

/** What changed with the Safe and its connector, also in earlier sittings, and how its rows came out lately. */
export function historyOf(engine: Engine, safe: Safe): string[] {
	const { history, identificationBefore } = factsOf(engine.session, safe);
	const events = engine.session.get().events.flatMap((event) => {
		if (event.kind === 'safes' && event.safes.includes(safe.name)) {
			const { from, to, at, summary } = event;
			const before =
				from === null ? 'first measured' : `${from.verdict}${from.cause === null ? '' : ` (${from.cause})`}`;
			return [`${at}: ${before}, then ${to.verdict}${to.cause === null ? '' : ` (${to.cause})`}: ${summary}`];
		}
		if (event.kind !== 'connector' || event.connector !== safe.connector) return [];
		return [
			`${event.at}: connector ${event.connector} ${event.from ?? 'first asked'}, then ${event.to}: ${event.summary}`,
		];
	});
	const rows = checks.flatMap(({ id, title }) => {
		const measured = history[id] ?? [];
		if (measured.length === 0) return [];
		return [`${title}: ${measured.map(({ at, failed }) => `${failed ? 'failed' : 'passed'} ${at}`).join(', ')}`];
	});
	const before = identificationBefore === null ? [] : [`The target called itself ${identificationBefore} before.`];
	const all = [...events.slice(-mostEvents), ...rows, ...before];
	return all.length === 0 ? ['Nothing measured before: vpmon was started for this report.'] : all;
}

export function stepsOf(engine: Engine, safe: Safe): string[] {
	const { cause } = resultOf(engine, safe);
	if (cause !== null) return [...stepsFor(cause, fixContextFor(engine.session, safe))];
	return [
		'Nothing fails from here. Not visible to vpmon: the secret itself, policy, approval, a sealed vault, a second factor, a forced command or an expired account on the target.',
	];
}

/** What the mask has to know of a Safe beside the inventory. */
export function seenOf(engine: Engine, safe: Safe): Seen {
	const { target } = factsOf(engine.session, safe);
	const addresses = [...addressesOf(engine.session, safe), ...(isIP(safe.host) === 0 ? [] : [safe.host])];
	return { addresses, keys: [...offeredKeys(target?.connections ?? []), ...(target?.carriedKeys ?? [])] };
}

/** How the target's SSH server called itself last; null before it did. */
export function identificationOf(engine: Engine, safe: Safe): string | null {
	const connections = factsOf(engine.session, safe).target?.connections ?? [];
	return connections.findLast(({ handshake }) => handshake?.identification)?.handshake?.identification ?? null;
}

/** Where our probes of a Safe came from: no secret in a report about it. */
export function sourcesOf(engine: Engine, safe: Safe): string[] {
	const { target } = factsOf(engine.session, safe);
	return (target?.connections ?? []).flatMap(({ sourceAddress }) => sourceAddress ?? []);
}
