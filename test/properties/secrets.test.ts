import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineGate } from '../../source/logs/safe-text.ts';
import { cleanForeign, createSecretRemover, removeSecrets } from '../../source/redact/secrets/secret-lines.ts';
import { removedKey, removedSecret } from '../../source/redact/secrets/spans.ts';
import { bareKey, keyBody, loggers } from '../helpers/private-keys.ts';
import { controlPieces, harmful, holds, propertyTimeout, textOf } from '../helpers/properties.ts';

// What secrets stand in, cut into pieces, so that parsers get food that is nearly right.
const pieces = [
	...['password', 'token', 'secret', 'api_key', 'Passwort', 'mot de passe', 'hasło', 'DB_PW', 'auth', 'Authorization'],
	...[
		'=',
		': ',
		' => ',
		'":"',
		'"',
		"'",
		'\\"',
		'`',
		'[',
		']',
		'{',
		'}',
		'(',
		')',
		'<',
		'>',
		'</',
		',',
		';',
		'&',
		'|',
		'@',
		'$',
	],
	...[
		' is ',
		' for ',
		' to ',
		'--',
		'-p ',
		'-u ',
		'curl ',
		'mysql ',
		'name',
		'value',
		'key',
		'://',
		'bearer ',
		'Basic ',
	],
	...[
		'-----BEGIN RSA PRIVATE KEY-----',
		'-----END RSA PRIVATE KEY-----',
		'-----BEGIN CERTIFICATE-----',
		'PuTTY-User-Key-File-2:',
	],
	...[
		keyBody[1] ?? '',
		keyBody.at(-1) ?? '',
		'ghp_',
		'AKIA',
		'eyJ',
		'hunter2',
		'c4n4ry',
		'$6$',
		'{SSHA}',
		'SHA256:',
		'AAAA',
	],
	...[
		removedSecret,
		removedKey,
		'\n',
		'\\n',
		'%3D',
		'%22',
		'&quot;',
		'\\u0070',
		' ',
		'    ',
		'2026-11-22T08:00:00Z INFO ',
		'=3D',
	],
	...[
		'cGFzc3dvcmQ9aHVudGVyMg==',
		'70617373776f72643d68756e74657232',
		'00000000  70 61 73 73  |pass|',
		...controlPieces,
	],
];
const text = textOf(pieces, 20);

test(
	'what is without secrets stays as it is: removing twice is removing once',
	() =>
		holds(
			fc.property(text, (given) => {
				const once = removeSecrets(given);
				expect(removeSecrets(once)).toBe(once);
				expect(cleanForeign(given)).not.toMatch(harmful);
			}),
			400,
		),
	propertyTimeout,
);

test(
	'a stream of any lines is taken without a throw, and each line that holds no secret comes out',
	() =>
		holds(
			fc.property(fc.array(text, { maxLength: 12 }), (lines) => {
				const remove = createSecretRemover();
				for (const line of lines.flatMap((each) => each.split('\n'))) remove(line);
				for (let blank = 0; blank < 200; blank++) remove('2026-11-22T08:00:00Z INFO heartbeat ok rtt=12ms');
				expect(remove('session opened')).toBe('session opened');
			}),
			60,
		),
	propertyTimeout,
);

/** As people and generators choose them; longer than anything that stands around. */
const chosen = fc
	.tuple(
		fc.stringMatching(/^[A-Za-z][a-z]{4,9}$/),
		fc.constantFrom('', '-', '_', '!', '.'),
		fc.stringMatching(/^[0-9]{3,6}$/),
		fc.stringMatching(/^[A-Z][a-z]{1,4}$/),
	)
	.map((parts) => parts.join(''));

const notations: ReadonlyArray<(secret: string) => string> = [
	(secret) => `password=${secret}`,
	(secret) => `DB_PASSWORD: "${secret}"`,
	(secret) => `{"user":"x","apiToken":"${secret}","n":1}`,
	(secret) => `{"name":"SMTP_PW","value":"${secret}"}`,
	(secret) => `<password>${secret}</password>`,
	(secret) => `<add key="ClientSecret" value="${secret}"/>`,
	(secret) => `postgres://app:${secret}@db1:5432/x`,
	(secret) => `app:${secret}@tcp(db1:3306)/x`,
	(secret) => `the password is ${secret}`,
	(secret) => `Das Kennwort lautet ${secret}`,
	(secret) => `contraseña: ${secret}`,
	(secret) => `login --password ${secret} --verbose`,
	(secret) => `plink -ssh -pw ${secret} db1`,
	(secret) => `curl -u admin:${secret} https://vault.example/`,
	(secret) => `X-Api-Key: ${secret}`,
	(secret) => `Authorization: Basic ${Buffer.from(`admin:${secret}`).toString('base64')}`,
	(secret) => `GET /x?access_token=${secret}`,
];
const wraps: ReadonlyArray<(line: string) => string> = [
	(line) => line,
	(line) => `2026-11-22T08:00:00Z INFO ${line}`,
	(line) => `agent-1  | ${line}`,
	(line) => `Nov 22 08:00:00 dc1 connector[812]: ${line}`,
	(line) => JSON.stringify({ level: 'info', msg: line }),
	(line) => JSON.stringify({ log: JSON.stringify({ msg: line }) }),
	(line) => encodeURIComponent(line),
	(line) => `payload ${Buffer.from(`${line} `).toString('base64')}`,
	(line) => `payload ${Buffer.from(line, 'utf16le').toString('base64')}`,
	(line) => `dump ${Buffer.from(line).toString('hex')}`,
];

/** A head on one line and the value on another, whatever else stands beside it. */
const apart: ReadonlyArray<(secret: string) => string> = [
	(secret) => `user,password,host\nsvc,${secret},db1`,
	(secret) => `USER      PASSWORD\nsvc       ${secret}`,
	(secret) => ` login |  password  \n-------+------------\n svc   | ${secret}`,
	(secret) => `Admin password\n--------------\n${secret}`,
	(secret) => `"token":\n"${secret}"`,
	(secret) => `credentials: svc / ${secret}`,
	(secret) => `${secret} is the password`,
	(secret) => `kinit svc <<< '${secret}'`,
	(secret) => `echo ${secret} | docker login --password-stdin`,
	(secret) => `passphrase: correct horse ${secret} staple`,
	(secret) => `ｐａｓｓｗｏｒｄ=${secret}`,
	(secret) => `INSERT INTO t (login, password) VALUES ('svc', '${secret}')`,
];
const everyLine: ReadonlyArray<(line: string, index: number) => string> = [
	(line) => line,
	(line) => `${line}\r`,
	(line) => `\t${line}`,
	(line, index) => `2026-11-22T08:00:0${index % 10}Z INFO ${line}`,
	(line) => `agent-1  | ${line}`,
	(line) => `Nov 22 08:00:00 dc1 connector[812]: ${line}`,
];

test(
	'none comes through where its name stands on another line or behind it',
	() =>
		holds(
			fc.property(chosen, fc.constantFrom(...apart), fc.constantFrom(...everyLine), (secret, notation, logger) => {
				const lines = notation(secret).split('\n').map(logger);
				const gate = createLineGate();
				const streamed = lines.flatMap((line) => gate(line) ?? []).join('\n');
				for (const safe of [streamed, cleanForeign(lines.join('\n'))])
					expect([lines, safe, safe.includes(secret)]).toEqual([lines, safe, false]);
			}),
			300,
		),
	propertyTimeout,
);

test(
	'none comes through that is broken at a width, but for the first lines before its name can be read',
	() =>
		holds(
			fc.property(
				chosen,
				fc.integer({ min: 8, max: 200 }),
				fc.nat(200),
				fc.constantFrom(...everyLine),
				(secret, width, at, logger) => {
					// Two full lines before it tell the width.
					const filler = 'the connector says '
						.repeat(30)
						.slice(0, width * 2 + at)
						.trimEnd();
					const text = `${filler} password=${secret}`;
					const lines = (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).map(logger);
					const gate = createLineGate();
					const streamed = lines.flatMap((line) => gate(line) ?? []).join('\n');
					for (const safe of [streamed, cleanForeign(lines.join('\n'))])
						expect([lines, safe, safe.includes(secret.slice(0, 8))]).toEqual([lines, safe, false]);
				},
			),
			200,
		),
	propertyTimeout,
);

/** The secret, or what it is in a code that anybody can read. */
function shows(output: string, secret: string): boolean {
	const codes = output.match(/[A-Za-z0-9+/]{8,}={0,2}/g) ?? [];
	const views = codes.flatMap((code) => [
		Buffer.from(code, 'base64').toString('latin1').replaceAll('\0', ''),
		Buffer.from(code, 'hex').toString('latin1'),
	]);
	return [output, decodeURI(output.replace(/%(?![0-9A-F]{2})/g, '%25')), ...views].some((view) =>
		view.includes(secret),
	);
}

test(
	'no planted secret comes through, in whatever notation it stands and however that is wrapped',
	() =>
		holds(
			fc.property(
				chosen,
				fc.constantFrom(...notations),
				fc.array(fc.constantFrom(...wraps), { minLength: 1, maxLength: 2 }),
				(secret, notation, wrapped) => {
					const line = wrapped.reduce((inner, wrap) => wrap(inner), notation(secret));
					const remove = createSecretRemover();
					for (const safe of [remove(line) ?? '', removeSecrets(line)])
						expect([line, safe, shows(safe, secret)]).toEqual([line, safe, false]);
				},
			),
			600,
		),
	propertyTimeout,
);

test(
	'no line of a private key comes through, wherever the window begins and ends and whatever a logger puts before it',
	() =>
		holds(
			fc.property(
				fc.nat(bareKey.length - 1),
				fc.integer({ min: 1, max: bareKey.length }),
				fc.constantFrom(...loggers),
				(from, count, logger) => {
					const shown = bareKey.slice(from, from + count);
					const remove = createSecretRemover();
					const lines = [...shown, 'ready to serve'].map((line, index) => logger(line, index));
					const streamed = lines.flatMap((line) => remove(line) ?? []).join('\n');
					for (const output of [streamed, removeSecrets(lines.join('\n'))]) {
						expect(output).toContain('ready to serve');
						const left = shown.filter((line) => keyBody.includes(line) && output.includes(line));
						// The last, short line alone is no key, and cannot be told from other codes.
						expect(
							shown.length === 1 || from >= bareKey.length - 2 ? left.filter((line) => line.length >= 60) : left,
						).toEqual([]);
					}
				},
			),
			300,
		),
	propertyTimeout,
);
