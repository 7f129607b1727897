import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import ssh2 from 'ssh2';
import { describe, expect, it, test } from 'vitest';
import { identitiesLeft, readDisguisedIdentities, readInnocentLines, readPrintedSecrets, survivors } from './corpus.ts';
import { keyForm, keyText } from './corpus-keys.ts';

const secrets = readPrintedSecrets();
const identities = readDisguisedIdentities().texts;
const innocent = readInnocentLines();
const files = ['printed-secrets', 'disguised-identities', 'innocent-lines'];

describe('each corpus', () => {
	it('is as large as it says', () => {
		expect(secrets.length).toBeGreaterThanOrEqual(400);
		expect(identities.length).toBeGreaterThanOrEqual(200);
		expect(innocent.length).toBeGreaterThanOrEqual(220);
	});

	it('holds each text once, with the program that prints it', () => {
		const all = [...secrets, ...identities, ...innocent];
		expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
		expect(all.filter(({ source, kind, text }) => source.length < 3 || kind === '' || text.trim() === '')).toEqual([]);
		expect(all.filter(({ text }) => /«[a-z]|\w»»/.test(text)).map(({ text }) => text)).toEqual([]);
	});

	test.each(files)('%s.yaml has nothing of the shape of a real secret', async (name) => {
		const filePath = new URL(`../../fixtures/corpus/${name}.yaml`, import.meta.url).pathname;
		const content = readFileSync(filePath, 'utf8');
		const rules = [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }];
		const { messages } = await lintSource({
			source: { content, filePath, ext: '.yaml', contentType: 'text' },
			options: { config: { rules }, noPhysicFilePath: true },
		});
		// What holds a «…» is our own notation.
		const found = messages.filter(({ message }) => !message.includes('«'));
		expect(found.map(({ message, loc }) => `${loc.start.line}: ${message}`)).toEqual([]);
		const token =
			/\b(?:gh[opsru]_|gl\w{2,5}-|xox[a-z]-|sk-|[sr]k_live_|dapi|hf_|hv[bs]\.|npm_|AKIA|ASIA|AIza|SG\.)[\w-]{16,}/;
		expect(content.split('\n').filter((line) => token.test(line))).toEqual([]);
		expect(content).not.toMatch(/PRIVATE KEY-----\s+[A-Za-z0-9+/]{56}/);
	});
});

describe('printed secrets', () => {
	it('have every canary where it can be read', () => {
		const hidden = secrets.filter(({ text, canaries }) => survivors(text, canaries).length < canaries.length);
		expect(hidden.map(({ source }) => source)).toEqual([]);
		expect(secrets.filter(({ canaries }) => canaries.length === 0).map(({ source }) => source)).toEqual([]);
	});

	it('keep what is in the text and shows no canary', () => {
		const wrong = secrets.filter(({ text, keeps, canaries }) =>
			keeps.some((keep) => !text.includes(keep) || survivors(keep, canaries).length > 0),
		);
		expect(wrong.map(({ source }) => source)).toEqual([]);
	});

	it('are noticed in base64 at any place, in UTF-16 and over line ends', () => {
		const canary = 'Zk0fL3vNqSw8Rt5Yb1Xc';
		for (const before of ['', 'a', 'ab', 'abc']) {
			const text = `${before}password=${canary}`;
			const wide = Buffer.from(text, 'utf16le').toString('base64');
			for (const code of [Buffer.from(text).toString('base64'), wide, Buffer.from(text).toString('hex')])
				expect(survivors(`x ${code.replace(/.{30}/g, '$&\n')}`, [canary])).toEqual([canary]);
		}
		expect(survivors(Buffer.from('password=another than this').toString('base64'), [canary])).toEqual([]);
	});
});

describe('keys of the corpus', () => {
	test.each(['rsa-pkcs1', 'rsa-pkcs8', 'ecdsa-sec1', 'ecdsa-pkcs8', 'ed25519-pkcs8'])(
		'%s is one to OpenSSL',
		(form) => {
			expect(createPrivateKey(keyText(keyForm(form))).type).toBe('private');
		},
	);

	test.each(['rsa-openssh', 'ecdsa-openssh', 'ed25519-openssh', 'rsa-ppk2'])('%s is one to an SSH client', (form) => {
		expect(ssh2.utils.parseKey(keyText(keyForm(form)))).toMatchObject({ type: expect.any(String) });
	});
});

describe('disguised identities', () => {
	it('name what they hide, and not in what they keep', () => {
		for (const { text, hides, needles, keeps } of identities) {
			expect(identitiesLeft(text, needles), text).not.toEqual([]);
			expect(identitiesLeft(text, hides), text).toEqual(hides);
			expect(keeps.filter((keep) => !text.includes(keep))).toEqual([]);
			expect(identitiesLeft(keeps.join('\n'), needles), text).toEqual([]);
		}
	});
});

describe('innocent lines', () => {
	it('name nothing of the site and no stranger of the other corpus', () => {
		const needles = [...new Set(identities.flatMap((entry) => entry.needles))];
		expect(innocent.filter(({ text }) => identitiesLeft(text, needles).length > 0)).toEqual([]);
	});
});
