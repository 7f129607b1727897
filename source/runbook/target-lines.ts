import type { LogProof } from '../domain/evidence.ts';
import { plainLine } from './find-message.ts';

/** Where a proof says it comes from when a person pasted it. */
export const pastedLine = 'the pasted line';

const user = String.raw`(\S{1,100})`;
/** Where an address with its port or the end of the line follows, a name may hold blanks. */
const userWithBlanks = '(?!invalid user )(.{1,100}?)';
const from = String.raw` from \S{1,255}(?: port \d{1,5}\b|$)`;

/**
 * What sshd says of a user, from the most telling to the least; the first group is the user's name. Sources: OpenSSH auth.c,
 * auth2.c, auth2-pubkey.c, packet.c; cloud-init's disable_root_opts; Dropbear svr-authpasswd.c. `invalid user` in a goodbye or a failure is said of unknown
 * users and of existing ones who may not log in; only `Invalid user X from` at the beginning is said of unknown ones alone.
 */
const kinds: ReadonlyArray<readonly [LogProof['says'], RegExp]> = [
	['user-not-allowed', new RegExp(`\\bUser ${userWithBlanks} from \\S{1,255} not allowed because `, 'i')],
	['user-not-allowed', new RegExp(`\\bUser ${user} not allowed because `, 'i')],
	['user-not-allowed', new RegExp(`\\bAccount ${user} has expired`, 'i')],
	['user-not-allowed', new RegExp(`\\bAccess denied for user ${user} by PAM account`, 'i')],
	['user-not-allowed', /\b(ROOT) LOGIN REFUSED FROM /],
	['user-not-allowed', /\bPlease log ?in as the .{1,120}? rather than (?:the )?user '?(\S{1,100}?)'?\.?(?: |$)/i],
	['user-unknown', new RegExp(`(?<!\\bfor )\\bInvalid user ${userWithBlanks}${from}`, 'i')],
	['user-refused', new RegExp(`\\b(?:by|from|Disconnecting) invalid user ${userWithBlanks} \\S{1,255} port \\d`, 'i')],
	['user-refused', new RegExp(`\\bfor invalid user ${userWithBlanks}${from}`, 'i')],
	['key-refused', new RegExp(`\\bAuthentication refused for ${user}: bad owner(?:ship)? or modes for `, 'i')],
	['key-refused', /\bCould not open user '?(\S{1,100}?)'? authorized keys .{1,300}?: Permission denied/i],
	['key-refused', /\bbad owner(?:ship)? or modes for (?:file |directory )?(\/\S{1,300})/i],
	[
		'key-refused',
		new RegExp(`\\bAuthentication tried for ${user} with (?:correct key|valid certificate) but not from`, 'i'),
	],
	[
		'user-known',
		new RegExp(`\\b(?:by|from|Disconnecting) authenticating user ${userWithBlanks} \\S{1,255} port \\d`, 'i'),
	],
	[
		'user-known',
		new RegExp(`\\bFailed (?:publickey|password|keyboard-interactive\\S{0,20}) for ${userWithBlanks}${from}`, 'i'),
	],
	['user-known', new RegExp(`\\bmaximum authentication attempts exceeded for ${userWithBlanks}${from}`, 'i')],
	['user-known', /\bBad password attempt for '(.{1,100}?)' from \S/i],
];

export type TargetLines = {
	/** What they say of this user; null when they do not name that user. */
	readonly proof: LogProof | null;
	/** All users the lines name, and paths that are of another user. */
	readonly named: readonly string[];
};

/** What lines of a target's log say of one user. Names are compared exactly: Linux user names are case-sensitive. */
export function readTargetLines(text: string, username: string): TargetLines {
	const lines = text.split('\n').map(plainLine);
	// A line may have been broken where it was copied.
	const whole = lines.length > 1 ? [lines.join(' ')] : [];
	const named = new Set<string>();
	let proof: LogProof | null = null;
	for (const [says, pattern] of kinds) {
		for (const line of [...lines, ...whole]) {
			const match = pattern.exec(line);
			if (match?.[1] === undefined) continue;
			const isOfUser = namesUser(match[1], username);
			named.add(isOfUser ? username : match[1]);
			if (!isOfUser) continue;
			proof ??= { says, line: line.length <= longestLine ? line : match[0], from: pastedLine };
		}
	}
	return { proof, named: [...named] };
}

const longestLine = 300;

/** A path names the user whose home it is in. */
function namesUser(text: string, username: string): boolean {
	if (text === 'ROOT') return username === 'root';
	return text.startsWith('/') ? username !== '' && text.split('/').includes(username) : text === username;
}
