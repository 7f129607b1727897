import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../source/domain/user-error.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { isPlainWord } from '../../source/redact/names/known-names.ts';
import { createNumbering } from '../../source/redact/names/pseudonym.ts';
import { createSiteMask } from '../../source/redact/names/site-mask.ts';
import { isHarmlessAddress } from '../../source/redact/names/site-patterns.ts';
import { controlPieces, holds, propertyTimeout, textOf } from '../helpers/properties.ts';

const word = fc.oneof(
	fc.constantFrom(
		'db',
		'db-primary',
		'web',
		'pay',
		'hr7',
		'Büro',
		'straße',
		'İst',
		'ﬁle',
		'app-12',
		'x_y',
		'日本',
		'a b',
		'the "new" one',
		"o'neil",
		'A&B',
		'c\\d',
		'100%',
	),
	fc.string({ minLength: 1, maxLength: 8 }),
	fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
);
const host = fc.oneof(
	fc.constantFrom(
		'db1.corp.example',
		'web.corp.example',
		'DB1',
		'h7',
		'xn--bro-hoa.example',
		'10.20.4.17',
		'10.20.4.18',
		'2a01:4f8::5',
		'fe80::1',
	),
	fc.domain(),
	fc.ipV4(),
	fc.ipV6(),
);
const username = fc.oneof(
	fc.constantFrom('deploy', 'postgres', 'CORP\\alice', 'bob@corp.example', 'svc-7', 'John Doe'),
	word,
);
const site = fc
	.uniqueArray(fc.record({ name: word, host, username }), { minLength: 1, maxLength: 4, selector: ({ name }) => name })
	.map((safes) => {
		const file = { version: 1, connectors: [{ name: 'dc1' }], safes };
		try {
			return parseInventory(JSON.stringify(file), '/etc/vpmon/vpmon.yaml');
		} catch (error) {
			if (!(error instanceof UserError)) throw error;
			return null;
		}
	})
	.filter((inventory) => inventory !== null);

const between = [
	' ',
	'\n',
	'"',
	"'",
	'@',
	':22 ',
	'/',
	'=',
	'(',
	')',
	', ',
	'..',
	'_',
	'<',
	'>',
	'[',
	']',
	'|',
	'\t',
	'  \n  ',
];
const ways: ReadonlyArray<(name: string) => string> = [
	(name) => name,
	(name) => name.toUpperCase(),
	(name) => name.toLowerCase(),
	(name) => JSON.stringify(name),
	(name) => JSON.stringify(JSON.stringify({ name })),
	(name) => encodeURIComponent(name),
	(name) => Buffer.from(`to ${name} now`).toString('base64'),
	(name) => Buffer.from(`to ${name} now`).toString('hex'),
	(name) => `${name.slice(0, 3)}\n${name.slice(3)}`,
	(name) => name.normalize('NFD'),
	(name) =>
		[...name].map((character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join(''),
];
type Named = { readonly name: string; readonly host: string; readonly username: string };
/** How loggers, sshd, shells and people write of a Safe. */
const sentences: ReadonlyArray<(safe: Named) => string> = [
	({ name, host, username }) => `ERROR session failed safe=${name} user=${username} target=${host}:22`,
	({ host, username }) => `ssh ${username}@${host}`,
	({ name, host, username }) => JSON.stringify({ safe: name, host, user: username }),
	({ host, username }) => `Invalid user ${username} from ${host} port 22`,
	({ host }) => `dial tcp ${host}:22: i/o timeout`,
	({ host }) => `ssh: connect to host ${host.slice(0, 4)}\n  ${host.slice(4)} port 22: refused`,
	({ username }) => `/home/${username}/.ssh/authorized_keys`,
	({ host }) => `GET https://${host}:8200/api`,
	({ name }) => `GET /api/safes/${encodeURIComponent(name)}/session`,
	({ name, host }) => `token=${Buffer.from(`${name} on ${host}`).toString('base64')}`,
];
const unnamed: Named = { name: '', host: '', username: '' };
const lines = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...sentences), fc.constantFrom(' ', '\n', '; ')), {
	minLength: 1,
	maxLength: 6,
});

/** What names the site's parts, in some way of writing, among other text. */
const piece = fc.oneof(
	{ arbitrary: fc.record({ which: fc.nat(), way: fc.constantFrom(...ways) }), weight: 3 },
	{
		arbitrary: fc.constantFrom(
			'',
			':22',
			'.',
			'%20',
			'\\n',
			'\\"',
			'1',
			'x',
			'-',
			'https://',
			'root',
			'dc1',
			'127.0.0.1',
			'SAFE-1',
			'HOST-2',
			'safe=',
			'user=',
			'Invalid user ',
			'from ',
		),
		weight: 4,
	},
	{ arbitrary: textOf(controlPieces, 2), weight: 1 },
);
/** Names as words of a text: what is glued to one makes another word of it. */
const pieces = fc
	.array(fc.tuple(piece, fc.constantFrom(...between)), { maxLength: 8, size: 'max' })
	.map((pairs) => pairs.flat());
type Inventory = NonNullable<ReturnType<typeof parseInventory>>;

function write(
	{ safes }: Inventory,
	parts: ReadonlyArray<string | { which: number; way: (name: string) => string }>,
): string {
	const names = safes.flatMap((safe) => [safe.name, safe.host, safe.username]);
	return parts
		.map((part) => (typeof part === 'string' ? part : part.way(names[part.which % names.length] ?? '')))
		.join('');
}

test(
	'whatever names stand in whatever text, masking ends, and what is masked stays as it is',
	() =>
		holds(
			fc.property(site, pieces, (inventory, parts) => {
				const mask = createSiteMask(inventory, createNumbering(), { hide: 'all' });
				const masked = mask(write(inventory, parts));
				expect(mask(masked)).toBe(masked);
				mask.leak(masked);
			}),
			600,
		),
	propertyTimeout,
);

test(
	'a name that stands alone is never there any more',
	() =>
		holds(
			fc.property(
				site,
				fc.nat(),
				fc.constantFrom(' ', '"', ', ', '\n', '('),
				fc.constantFrom(' ', '"', ', ', '\n', ')', ':22'),
				(inventory, which, before, after) => {
					const names = inventory.safes.flatMap((safe) => [safe.name, safe.host, safe.username]);
					const name = names[which % names.length] ?? '';
					const mask = createSiteMask(inventory, createNumbering(), { hide: 'all' });
					const free = /^(?:root|localhost|dc1)$|^(?:SAFE|HOST|NET|USER|KEY|IP)-/i;
					fc.pre(
						/[^ -/:-@[-`{-~]/.test(name) &&
							!free.test(name) &&
							!isPlainWord(name) &&
							!isHarmlessAddress(name) &&
							!/^(?:127\.|0\.|169\.254|192\.0\.2|198\.51\.100|203\.0\.113|255\.|::|2001:0?db8|f[ef])/i.test(name),
					);
					expect(mask(`see${before}${name}${after}end`).toLowerCase()).not.toContain(
						`see${before}${name}${after}end`.toLowerCase(),
					);
				},
			),
			300,
		),
	propertyTimeout,
);

test(
	'the same text is masked the same way again, and what is masked stays as it is',
	() =>
		holds(
			fc.property(site, lines, (inventory, parts) => {
				const { safes } = inventory;
				const text = parts.map(([which, say, end]) => `${say(safes[which % safes.length] ?? unnamed)}${end}`).join('');
				const numbering = createNumbering();
				const mask = createSiteMask(inventory, numbering, { hide: 'all' });
				const masked = mask(text);
				expect(mask(text)).toBe(masked);
				expect(createSiteMask(inventory, numbering, { hide: 'all' })(text)).toBe(masked);
				expect(mask(masked)).toBe(masked);
			}),
			400,
		),
	propertyTimeout,
);
