import type { Cause } from '../domain/cause.ts';
import type { Group, SafeResult } from '../domain/check.ts';
import { causeTexts } from './causes.ts';

/** Puts failing Safes together by cause and, where all of them share it, by connector and target. Pure. Largest group first. */
export function groupFailures(safes: readonly SafeResult[]): Group[] {
	const byCause = new Map<Cause, SafeResult[]>();
	for (const safe of safes) {
		if (safe.verdict !== 'fail' || safe.cause === null) continue;
		byCause.set(safe.cause, [...(byCause.get(safe.cause) ?? []), safe]);
	}
	// Two connectors that are offline are two troubles.
	const groups = [...byCause].flatMap(([cause, members]) =>
		cause.startsWith('connector-') ? splitByConnector(cause, members) : [toGroup(cause, members)],
	);
	return groups.sort((a, b) => b.safes.length - a.safes.length);
}

function splitByConnector(cause: Cause, members: readonly SafeResult[]): Group[] {
	const connectors = [...new Set(members.map(({ connector }) => connector))];
	return connectors.map((connector) =>
		toGroup(
			cause,
			members.filter((member) => member.connector === connector),
		),
	);
}

function toGroup(cause: Cause, members: readonly SafeResult[]): Group {
	const shared = {
		...common('connector', members),
		...common('target', members),
	};
	const { headline } = causeTexts[cause];
	return {
		cause,
		shared,
		safes: members.map(({ name }) => name),
		headline: members.length === 1 ? headline : `${members.length} Safes: ${headline}`,
	};
}

function common(attribute: 'connector' | 'target', members: readonly SafeResult[]): Record<string, string> {
	const [first] = members;
	return first !== undefined && members.every((member) => member[attribute] === first[attribute])
		? { [attribute]: first[attribute] }
		: {};
}
