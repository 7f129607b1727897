import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseInventory } from '../../../source/inventory/file.ts';
import { createNumbering, pseudonymsIn } from '../../../source/redact/names/pseudonym.ts';
import { createSiteMask } from '../../../source/redact/names/site-mask.ts';
import { causeTexts } from '../../../source/runbook/causes.ts';
import { checks } from '../../../source/runbook/checks.ts';
import { findMessage, normalizeError } from '../../../source/runbook/find-message.ts';
import { fixes } from '../../../source/runbook/fixes.ts';
import { messages } from '../../../source/runbook/messages.ts';

/** Safes that are called as the runbook's own words make it no easier. */
const words = ['app', 'db', 'error', 'ssh', '22', 'root', 'connector', 'port', 'key', 'host', 'session', 'permission'];
const safes = [
	{ name: 'pay-core-7', host: 'pc7.fin.acmepay.example', username: 'svc_pay' },
	...words.map((name, index) => ({ name, host: `h${index}.fin.acmepay.example`, username: name })),
];
const siteMask = () =>
	createSiteMask(
		parseInventory(JSON.stringify({ version: 1, connectors: [{ name: 'dc1' }], safes }), '/etc/vpmon/vpmon.yaml'),
		createNumbering(),
		{ hide: 'all' },
	);

const { samples } = parse(readFileSync(new URL('../../../fixtures/messages.yaml', import.meta.url), 'utf8')) as {
	samples: Array<{ text: string; message: string | null }>;
};
/** Whom the samples speak of: made up, and masked as anybody is. */
const madeUp =
	/(?<![\w.-])(?:db1(?:\.[\w.]+\w)?|app-12|[Dd]eploy|John Doe|(?:10|192\.0\.2|198\.51\.100|203\.0\.113)\.[\d.]*\d|[\w.-]+\.example\.(?:com|org|net)|SHA256:[\w+/]+)(?![\w-])/g;

const textsIn = (value: unknown): string[] =>
	typeof value === 'string'
		? [value]
		: typeof value === 'object' && value !== null
			? Object.values(value).flatMap(textsIn)
			: [];

test('no message that vpmon knows is changed but for the names in it, and it is known again', () => {
	const mask = siteMask();
	for (const { text, message } of samples) {
		const masked = mask(text);
		expect(masked.replace(pseudonymsIn, 'NAME').replace(madeUp, 'NAME')).toBe(text.replace(madeUp, 'NAME'));
		expect([text, findMessage(normalizeError(masked))?.message.id ?? null]).toEqual([text, message]);
	}
});

test('what the tables of the runbook say stays word for word', () => {
	const mask = siteMask();
	// One that is a name and nothing else is one.
	const isName = (text: string) => words.includes(text.trim());
	for (const text of textsIn([messages, causeTexts, checks, fixes]).filter((each) => !isName(each)))
		expect(mask(text)).toBe(text);
});

test("the runbook's own symptoms and messages stay byte for byte", () => {
	const mask = siteMask();
	// reference/seed-ssh-session-fails.txt, "Symptoms" and "Causes".
	const runbook = [
		'Clicking Launch Session shows a spinner and then an error banner.',
		'The session window opens briefly and then closes with a message such as:',
		'SSH connection refused',
		'Host unreachable',
		'Authentication failed',
		'Host key verification failed',
		'Permission denied (publickey)',
		'The session never appears in the Active Sessions view.',
		'The connector that routes to the target host must be Online. If it is Offline, Degraded, or Needs recovery, every session attempt through it will fail.',
		'A Connection refused or timeout response confirms a network block.',
		'Common mistakes: root vs ubuntu, admin vs administrator, or a leftover default from a template.',
		'REMOTE HOST IDENTIFICATION HAS CHANGED',
	];
	for (const text of runbook) expect(mask(text)).toBe(text);
	expect(mask(runbook.join('\n'))).toBe(runbook.join('\n'));
});
