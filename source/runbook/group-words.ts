import type { AttributeName, Contrast, Group } from '../domain/check.ts';
import { causeTexts } from './causes.ts';

const places: Readonly<Record<AttributeName, (value: string) => string>> = {
	connector: (value) => `via ${value}`,
	target: (value) => `at ${value}`,
	address: (value) => `at ${value}`,
	subnet: (value) => `in ${value}`,
	username: (value) => `with username ${JSON.stringify(value)}`,
	key: (value) => `with key ${value}`,
	hostKey: (value) => `with host key ${value}`,
};

/** `in 10.20.4.0/24`, `via dmz` */
export function formatPlaceOf({ attribute, value }: Contrast): string {
	return places[attribute](value);
}

/** `10.20.4.0/24 via dmz`, `via dmz`: for a column. */
export function formatShared({ contrast, shared }: Group): string {
	const { attribute, value } = contrast;
	if (attribute === 'connector') return formatPlaceOf(contrast);
	const what =
		attribute === 'target' || attribute === 'address' || attribute === 'subnet' ? value : formatPlaceOf(contrast);
	return shared.connector === undefined ? what : `${what} via ${shared.connector}`;
}

/** `60 of 62 there, 0 of 340 elsewhere`: of the Safes of which the row was measured. */
export function formatContrast(contrast: Contrast): string {
	const { failing, failingElsewhere } = contrast;
	const others = othersOf(contrast);
	const elsewhere = failingElsewhere + others.elsewhere;
	const there = `${failing} of ${failing + others.there} there`;
	return elsewhere === 0
		? `${there}, none elsewhere to compare with`
		: `${there}, ${failingElsewhere} of ${elsewhere} elsewhere`;
}

/** Of whom the row was measured and says something else. */
function othersOf(contrast: Contrast) {
	return {
		there: contrast.passing + contrast.failingOtherwise,
		elsewhere: contrast.passingElsewhere + contrast.failingOtherwiseElsewhere,
	};
}

const enoughAlone = 3;

/**
 * Its members fail for one reason as far as can be seen: more of them share it than have it without failing so. Where nothing else
 * was measured, two may share it by chance. Users, host keys and keys belong to Safes and targets: that a connector leads to them
 * is no reason.
 */
export function isOneTrouble({ cause, safes, contrast }: Group): boolean {
	if (safes.length === 1) return true;
	const { check } = causeTexts[cause];
	if (contrast.attribute === 'connector' && check !== 'connector' && check !== 'port') return false;
	const others = othersOf(contrast);
	const hasContrast = others.there + others.elsewhere > 0;
	return safes.length > others.there && (hasContrast || safes.length >= enoughAlone);
}

/** `2 causes explain all 61 failures`; null where nothing is explained together. */
export function formatExplained(groups: readonly Group[]): string | null {
	const troubles = groups.filter(isOneTrouble);
	if (!troubles.some(({ safes }) => safes.length > 1)) return null;
	const explained = countMembers(troubles);
	const all = countMembers(groups);
	const causes = troubles.length === 1 ? '1 cause explains' : `${troubles.length} causes explain`;
	return `${causes} ${explained === all ? `all ${all}` : `${explained} of ${all}`} failures`;
}

function countMembers(groups: readonly Group[]): number {
	return groups.reduce((sum, { safes }) => sum + safes.length, 0);
}
