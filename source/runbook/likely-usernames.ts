import type { OperatingSystem, Platform } from './platform.ts';

/** A name that may be the right one, and why. */
export type LikelyUsername = { readonly username: string; readonly why: string };

/** The user a system's images and installers come with. Sources: cloud-init's cloud.cfg, the vendors' pages on their images. */
const imageUsers: Partial<Readonly<Record<OperatingSystem, ReadonlyArray<readonly [username: string, why: string]>>>> =
	{
		Ubuntu: [['ubuntu', 'Ubuntu images have this user; root is turned away there']],
		Debian: [
			['debian', "Debian's cloud images have this user"],
			['admin', 'Debian images on AWS have this user'],
		],
		Raspbian: [['pi', 'older Raspberry Pi images have this user']],
		FreeBSD: [
			['ec2-user', 'FreeBSD images on AWS have this user'],
			['freebsd', 'other FreeBSD cloud images have this user'],
		],
		Windows: [['Administrator', "it is the name of Windows' own account"]],
		RouterOS: [['admin', 'RouterOS comes with this user']],
	};

/** OpenSSH without a word on its system is what these have, among others. */
const unnamedSystems: ReadonlyArray<readonly [string, string]> = [
	['ec2-user', 'if this is Amazon Linux, or RHEL on AWS'],
	['cloud-user', 'if this is RHEL elsewhere'],
];

/** Names that come from a template more often than from a person. */
const templateNames = new Set(
	'root admin administrator ubuntu debian ec2-user centos fedora rocky almalinux cloud-user opc azureuser pi freebsd user'.split(
		' ',
	),
);

const mostLikely = 3;

/**
 * What the right username may be instead, most likely first. For people to check: other names are never tried on the wire, that
 * would be user enumeration. Pure.
 *
 * @param accepted usernames that pass at the same target, for other Safes.
 */
export function likelyUsernames(username: string, platform: Platform, accepted: readonly string[]): LikelyUsername[] {
	const found: LikelyUsername[] = [
		...accepted.map((name) => ({ username: name, why: 'passes at this target for another Safe' })),
		...misspelt(username, platform),
		...(templateNames.has(username.trim().toLowerCase()) ? imageUsersOf(platform) : []),
	];
	const others = found.filter(({ username: name }) => name !== '' && name !== username);
	const first = others.filter((hint, index) => others.findIndex((other) => other.username === hint.username) === index);
	return first.slice(0, mostLikely);
}

function misspelt(username: string, { os }: Platform): LikelyUsername[] {
	const hints: LikelyUsername[] = [];
	const trimmed = username.trim();
	if (trimmed !== username) hints.push({ username: trimmed, why: 'without the blanks around it' });
	if (/\s/.test(trimmed)) hints.push({ username: trimmed.replace(/\s+/g, ''), why: 'without the blanks inside' });
	if (os === 'Windows') return hints;
	const bare = withoutDomain(trimmed);
	if (bare !== trimmed) hints.push({ username: bare, why: 'without the domain' });
	const lower = bare.toLowerCase();
	if (lower !== bare) {
		hints.push({ username: lower, why: os === null ? 'in lower case, which counts outside Windows' : 'in lower case' });
	}
	return hints;
}

/** `alice` of `CORP\alice` and of `alice@corp.example`. */
export function withoutDomain(username: string): string {
	return /^[^\\]+\\(.+)$/.exec(username)?.[1] ?? /^(.+)@[^@]+$/.exec(username)?.[1] ?? username;
}

/** All the ways a username may be written in hints and logs: for the mask, which must know them. */
export function spellingsOf(username: string): string[] {
	const trimmed = username.trim();
	const found = [username, trimmed, trimmed.replace(/\s+/g, '')];
	return [...new Set(found.flatMap((name) => [name, withoutDomain(name)]))].filter((name) => name !== '');
}

function imageUsersOf({ software, os }: Platform): LikelyUsername[] {
	const users = os === null ? (software === 'OpenSSH' ? unnamedSystems : []) : (imageUsers[os] ?? []);
	return users.map(([username, why]) => ({ username, why }));
}

/** `the name may be "ubuntu" (Ubuntu images have this user), "deploy" (in lower case)`; null without any. */
export function formatLikely(hints: readonly LikelyUsername[]): string | null {
	if (hints.length === 0) return null;
	return `the name may be ${hints.map(({ username, why }) => `${JSON.stringify(username)} (${why})`).join(', ')}`;
}
