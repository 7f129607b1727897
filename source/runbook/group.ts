import type { Cause } from '../domain/cause.ts';
import type { AttributeName, CheckId, Contrast, Group, SafeResult } from '../domain/check.ts';
import { attributeNames } from '../domain/check.ts';
import { type Attributes, attributesOf, explaining } from './attributes.ts';
import { causeTexts } from './causes.ts';
import { type Candidate, chooseCovers } from './choose-covers.ts';
import { formatContrast, formatPlaceOf } from './group-words.ts';

type Member = { readonly safe: SafeResult; readonly attributes: Attributes };

/**
 * Puts failing Safes together by cause and by the attribute that most of the failing and fewest of the other ones share, and
 * counts both sides. What no attribute explains is put together by connector. Every failing Safe is in exactly one group, whatever
 * the order of the input; the work grows with the number of Safes, not with its square. Pure. Largest group first.
 */
export function groupFailures(safes: readonly SafeResult[]): Group[] {
	if (!safes.some(isGrouped)) return [];
	const members = safes.map((safe): Member => ({ safe, attributes: attributesOf(safe) }));
	// The others are only counted.
	const failing = members.filter(({ safe }) => isGrouped(safe)).sort((a, b) => compare(a.safe.name, b.safe.name));
	const rows = new Map<CheckId, Row>();
	const rowOf = (check: CheckId) => {
		const known = rows.get(check) ?? tallyRow(members, check, failing);
		rows.set(check, known);
		return known;
	};
	const groups = [...Map.groupBy(failing, ({ safe }) => safe.cause as Cause)].flatMap(([cause, failed]) =>
		groupCause(cause, failed, members.filter(failsFor(cause)), rowOf(causeTexts[cause].check)),
	);
	return groups.sort(
		(a, b) =>
			b.safes.length - a.safes.length || compare(a.cause, b.cause) || compare(a.safes[0] ?? '', b.safes[0] ?? ''),
	);
}

const isGrouped = ({ verdict, cause }: SafeResult) => verdict === 'fail' && cause !== null;

function compare(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}

/** Of whom a row was measured, by what it says. */
type Row = { readonly passing: Tallies; readonly failing: Tallies };

function tallyRow(members: readonly Member[], check: CheckId, failing: readonly Member[]): Row {
	const verdictOf = ({ safe }: Member) => safe.checks[check].verdict;
	const { pass = [], warn = [], fail = [] } = Object.groupBy(members, (member) => verdictOf(member));
	const attributes = explaining[check];
	return {
		passing: tallies([...pass, ...warn], attributes, failing),
		failing: tallies(fail, attributes, failing),
	};
}

/** Also where an earlier row of the Safe fails, so that it is in another group. */
const failsFor =
	(cause: Cause) =>
	({ safe }: Member): boolean => {
		const row = safe.checks[causeTexts[cause].check];
		return row.verdict === 'fail' && row.cause === cause;
	};

type Explanation = Candidate<Member> & { readonly contrast: Contrast };

function groupCause(cause: Cause, failed: readonly Member[], all: readonly Member[], row: Row): Group[] {
	const attributes = explaining[causeTexts[cause].check];
	const forCause = tallies(all, attributes, failed);
	const contrast = (attribute: AttributeName, value: string): Contrast => {
		const countIn = (tallied: Tallies) => {
			const { counts, all: everywhere } = tallied[attribute] ?? noTally;
			const there = counts.get(value) ?? 0;
			return { there, elsewhere: everywhere - there };
		};
		const [failing, passing, failingRow] = [countIn(forCause), countIn(row.passing), countIn(row.failing)];
		return {
			attribute,
			value,
			failing: failing.there,
			passing: passing.there,
			failingOtherwise: failingRow.there - failing.there,
			failingElsewhere: failing.elsewhere,
			passingElsewhere: passing.elsewhere,
			failingOtherwiseElsewhere: failingRow.elsewhere - failing.elsewhere,
		};
	};
	const candidates = attributes.flatMap((attribute) =>
		byValue(failed, attribute).map(([value, members]): Explanation => {
			const both = contrast(attribute, value);
			return { members, against: both.passing + both.failingOtherwise, contrast: both };
		}),
	);
	const covers = chooseCovers<Member, Explanation>(candidates);
	const explained = new Set(covers.flatMap(([, members]) => members));
	const rest = failed.filter((member) => !explained.has(member));
	return [
		...covers.map(([{ contrast: both }, members]) => toGroup(cause, members, both)),
		...byValue(rest, 'connector').map(([connector, members]) => {
			// One alone is described by what it is, several by where they are.
			const [most = 'connector'] = attributes;
			const own = members.length === 1 ? members[0]?.attributes[most] : undefined;
			return toGroup(cause, members, own === undefined ? contrast('connector', connector) : contrast(most, own));
		}),
	];
}

/** The values of an attribute with who has them, in an order that does not depend on the input's. */
function byValue(members: readonly Member[], attribute: AttributeName): Array<[value: string, members: Member[]]> {
	const known = members.filter(({ attributes }) => attributes[attribute] !== undefined);
	const groups = Map.groupBy(known, ({ attributes }) => attributes[attribute] ?? '');
	return [...groups].sort(([a], [b]) => compare(a, b));
}

/** How many Safes have each value that one of those asked about has. A Safe of which the attribute is not known counts nowhere. */
type Tallies = Partial<Record<AttributeName, Tally>>;

type Tally = { readonly counts: ReadonlyMap<string, number>; readonly all: number };

const noTally: Tally = { counts: new Map(), all: 0 };

function tallies(
	members: readonly Member[],
	attributes: readonly AttributeName[],
	askedAbout: readonly Member[],
): Tallies {
	return Object.fromEntries(attributes.map((attribute) => [attribute, tally(members, attribute, askedAbout)]));
}

function tally(members: readonly Member[], attribute: AttributeName, askedAbout: readonly Member[]): Tally {
	// Thousands of Safes have thousands of targets, of which nobody asks about.
	const counts = new Map(askedAbout.map(({ attributes }) => [attributes[attribute] ?? '', 0]));
	let all = 0;
	for (const { attributes } of members) {
		const value = attributes[attribute];
		if (value === undefined) continue;
		all++;
		const count = counts.get(value);
		if (count !== undefined) counts.set(value, count + 1);
	}
	return { counts, all };
}

function toGroup(cause: Cause, members: readonly Member[], contrast: Contrast): Group {
	const { headline } = causeTexts[cause];
	const safes = members.map(({ safe }) => safe.name);
	return {
		cause,
		shared: sharedBy(members),
		contrast,
		safes,
		headline:
			safes.length === 1
				? headline
				: `${safes.length} Safes ${formatPlaceOf(contrast)}: ${headline} ${formatContrast(contrast)}.`,
	};
}

function sharedBy(members: readonly Member[]): Group['shared'] {
	const [first] = members;
	const same = attributeNames.filter((attribute) =>
		members.every(({ attributes }) => attributes[attribute] === first?.attributes[attribute]),
	);
	return Object.fromEntries(
		same.flatMap((attribute) => {
			const value = first?.attributes[attribute];
			return value === undefined ? [] : [[attribute, value]];
		}),
	);
}
