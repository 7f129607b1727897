import { type CheckResult, type Group, rowsOf, type SafeResult } from '../domain/check.ts';
import { verdictsWorstFirst } from '../domain/verdict.ts';
import type { SafeState, Session } from '../engine/session/session.ts';
import { summariseSafes } from '../report/check-report.ts';
import { groupFailures } from '../runbook/group.ts';
import { type Family, type Sample, single } from './family.ts';
import type { Labels } from './labels.ts';

/** What stands for a verdict: the worse, the greater, so that `max` is what the rows come to. */
export const verdictNumbers: Readonly<Record<CheckResult['verdict'], number>> = {
	skip: -1,
	pass: 0,
	untested: 1,
	warn: 2,
	unknown: 3,
	fail: 4,
};

export const verdictHelp = '-1 skip, 0 pass, 1 untested, 2 warn, 3 unknown, 4 fail';

/** So many Safes have series of their own, in the order of the inventory; all of them count in `vpmon_safes` and the groups. */
export const mostSafes = 10_000;
/** The largest ones. */
export const mostGroups = 100;

/** What the session knows of Safes, as series. Nothing is measured for it. */
export function safeFamilies(session: () => Session, labels: Labels): readonly Family[] {
	const groupsOf = rememberGroups();
	const groups = () => groupsOf(session().safes);
	return [
		{
			name: 'vpmon_check_verdict',
			help: `What the check says of the Safe: ${verdictHelp}.`,
			*samples() {
				for (const { result } of shown(session()))
					for (const { id, verdict } of rowsOf(result)) yield [labelsOf(result, id, labels), verdictNumbers[verdict]];
			},
		},
		{
			name: 'vpmon_check_cause',
			help: 'Always 1. The cause for which the check of the Safe fails; there is none while it does not fail.',
			*samples() {
				for (const { result } of shown(session()))
					for (const { id, verdict, cause } of rowsOf(result))
						if (verdict === 'fail' && cause !== null) yield [{ ...labelsOf(result, id, labels), cause }, 1];
			},
		},
		{
			name: 'vpmon_safe_measured_timestamp_seconds',
			help: 'When the target of the Safe was last measured, as Unix time; none before it was.',
			*samples() {
				for (const { result } of shown(session())) {
					const at = measuredAt(result);
					if (at !== null) yield [{ connector: result.connector, safe: labels.safe(result.name) }, at / 1000];
				}
			},
		},
		{
			name: 'vpmon_safes',
			help: 'Safes of the inventory by verdict.',
			*samples() {
				const summary = summariseSafes(Array.from(session().safes.values(), ({ result }) => result));
				for (const verdict of verdictsWorstFirst) yield [{ verdict }, summary[verdict]];
			},
		},
		single(
			'vpmon_safes_without_series',
			`Safes beyond the first ${mostSafes}, which have no series of their own.`,
			() => Math.max(0, session().safes.size - mostSafes),
		),
		single('vpmon_groups', 'Groups of Safes that fail for one common cause.', () => groups().length),
		{
			name: 'vpmon_group_safes',
			help: `Safes of the group: they fail for one cause and share the value of one attribute. The ${mostGroups} largest groups.`,
			samples: () => groupSamples(groups(), labels),
		},
	];
}

function* shown({ safes }: Session): Generator<SafeState> {
	let left = mostSafes;
	for (const state of safes.values()) {
		if (left-- === 0) return;
		yield state;
	}
}

function labelsOf({ connector, name }: SafeResult, check: string, labels: Labels): Sample[0] {
	return { connector, safe: labels.safe(name), check };
}

/** Of rows 2 to 5: the connector is measured on its own. */
function measuredAt(result: SafeResult): number | null {
	const times = rowsOf(result).flatMap(({ id, measuredAt: at }) =>
		id === 'connector' || at === null ? [] : [Date.parse(at)],
	);
	return times.length === 0 ? null : Math.max(...times);
}

function* groupSamples(groups: readonly Group[], labels: Labels): Generator<Sample> {
	const sums = new Map<string, [labels: Sample[0], safes: number]>();
	for (const { cause, contrast, shared, safes } of groups.slice(0, mostGroups)) {
		const own = {
			cause,
			connector: shared.connector ?? '',
			attribute: contrast.attribute,
			value: contrast.attribute === 'connector' ? contrast.value : labels.text(contrast.value),
		};
		const key = JSON.stringify(own);
		sums.set(key, [own, (sums.get(key)?.[1] ?? 0) + safes.length]);
	}
	yield* sums.values();
}

/** Groups of thousands are worked out only when a result is another one. */
function rememberGroups(): (safes: Session['safes']) => readonly Group[] {
	let results: SafeResult[] = [];
	let groups: readonly Group[] = [];
	return (safes) => {
		const now = Array.from(safes.values(), ({ result }) => result);
		if (now.length !== results.length || now.some((result, index) => result !== results[index])) {
			results = now;
			groups = groupFailures(now);
		}
		return groups;
	};
}
