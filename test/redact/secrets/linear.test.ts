import { expect, test } from 'vitest';
import { createSecretRemover, removeRandomTokens } from '../../../source/redact/secrets/secret-lines.ts';

/** What patterns may stumble over, repeated over a whole line. */
const shapes: readonly string[] = [
	...[
		' ',
		'"',
		"'",
		'=',
		'="',
		'[',
		'(',
		'{',
		'<',
		'\\',
		'\\"',
		'-',
		'|',
		',',
		': ',
		'1',
		'1234567890',
		'a.a.a.',
		'/a',
		'a,',
		'aB3dE6gH9jK2',
	],
	...[
		'password ',
		'password: ',
		'password|',
		'password;user;',
		'USER  PASSWORD  ',
		'token is ',
		'key ',
		'credentials: ',
	],
	...['svc is the password ', 'the passwords are ab1cd, ', 'passphrase: a b c d ', "password='a''b", "password=a'b'c"],
	...['echo a ', "echo 'abc def | ", 'kinit <<< ', 'login svc / ', 'curl -u a:b ', 'http://a:b', 'a --password-stdin '],
	...['2d ', '45,', '2d2d ', '0x2d, ', '-----BEGIN ', '$6$', 'раss ', '\\u0041', '&amp;', 'user,password\\n'],
	...['insert into t (password) values ', '"columns":["password"],"values":[', 'stringData":{', 'snmp-server host a '],
];

/** Milliseconds of this thread's processor. */
function cpuMs(line: string): number {
	const before = process.cpuUsage();
	removeRandomTokens(createSecretRemover()(line) ?? '');
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}

const short = 8000; // Characters.
/** Collections of garbage and compiling are counted, too: what is slow once is asked again. */
const tries = 5;

test('no pattern takes more than linear time: a line of four times the length takes about four times as long', () => {
	const slow = shapes.flatMap((shape) => {
		const line = (length: number) => shape.repeat(Math.ceil(length / shape.length));
		// Cut in the middle of a word a line may take a round more.
		let least = Number.POSITIVE_INFINITY;
		for (let round = 0; round < tries && least > 8; round++)
			least = Math.min(least, cpuMs(line(short * 4)) / Math.max(1.5, cpuMs(line(short))));
		return least > 8 ? [`${JSON.stringify(shape)}: ${least.toFixed(1)}`] : [];
	});
	expect(slow).toEqual([]);
});
