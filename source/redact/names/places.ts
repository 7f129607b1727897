import { host, type Place, place, quote, user } from './place.ts';
import { placesOfHosts } from './places-of-hosts.ts';
import { placesOfUsers } from './places-of-users.ts';

/** All places where a name stands; pairs of a key and a value are looked for by `pairs.ts`. */
export const places: readonly Place[] = [
	...placesOfHosts,
	...placesOfUsers,

	// As vpmon's own sentences fill them in
	place('known', 'safe', String.raw`\bSafes? (?:\u2192 )?(?<safe>${host})(?=\s?[(),.;:]|\s\u2192|$)`, 'gu'),
	place('known', 'user', String.raw`\buser (?<user>${user})(?=[),.;:]|\s?$)`),
	place('known', ' at ', String.raw`\((?<user>${user}) at \S`),
	place('known', 'rejected for accepted for', String.raw`\b(?:rejected|accepted) for (?<user>${user})[:;,]`),
	place('known', ' of ', String.raw`\bof (?<user>${user})(?=[),;])`),

	// Options
	place(
		'pair',
		'--',
		String.raw`(?<![\p{L}\p{N}-])--(?:[\p{L}-]{0,20}-)?(?:host(?:name)?|server|target|node|remote)[ =]["']?(?<host>${host})`,
	),
	place(
		'pair',
		'--',
		String.raw`(?<![\p{L}\p{N}-])--(?:[\p{L}-]{0,20}-)?(?:user(?:name)?|login|account|owner)[ =]["']?(?<user>${user})`,
	),
	place(
		'pair',
		' -l -o',
		String.raw`(?:\s-l |-o ?User[= ])["']?(?<user>${user})(?=\s|$|["'])|-o ?(?:HostName|ProxyJump|HostKeyAlias)[= ]["']?(?<host>${host})`,
	),
	// LDAP, certificates
	place(
		'pair',
		'cn uid',
		String.raw`(?<![\p{L}\d])(?:cn|uid)\s?=\s?(?<user>(?:\\,|[^,;/"'\n=+]){1,64}?)(?=\s?[,;/+"'\n]|$)`,
	),
	place('near', 'o= ou= o =', String.raw`(?<![\p{L}\d])(?:ou?)\s?=\s?(?<host>[^,;/"'\n=+]{1,64}?)(?=\s?[,;/+"'\n]|$)`),
	place(
		'near',
		'\\',
		String.raw`(?<![\\\p{L}\p{N}/:.-])(?<host>[A-Z][A-Z0-9-]{1,14})\\{1,2}(?<user>[\p{L}\p{N}][\p{L}\p{N}_.$-]{1,63})(?![\\\p{L}\p{N}])`,
		'gu',
	),
	place('sure', '\\\\', String.raw`(?<![\\\p{L}\p{N}:])\\{2,4}(?<host>${host})\\{1,2}[\p{L}\p{N}]`),

	// A name between the words of a sentence
	place(
		'likely',
		'for from to of at on by via through against with behind between called named into towards near',
		String.raw`(?<![\p{L}\p{N}_-])(?:for|from|to|of|at|on|by|via|through|against|with|behind|between|called|named|into|towards|near)\s(?:the\s)?${quote}(?<host>\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+(?![\p{L}\p{N}])|${host})(?![\p{L}\p{N}_$]|[=(]|::|/\p{L})`,
		'gu',
	),
];
