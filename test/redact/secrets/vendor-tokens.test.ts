import { lintSource } from '@secretlint/core';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintCoreConfig } from '@secretlint/types';
import { expect, test } from 'vitest';
import { removeSecrets } from '../../../source/redact/secrets/secret-lines.ts';
import { plantedSecrets, plantText, readPrintedSecrets } from '../../helpers/corpus.ts';

/** What the rules of secretlint find in a text. */
async function found(text: string): Promise<string[]> {
	const config = { rules: rules.map((rule) => ({ id: rule.meta.id, rule })) } as SecretLintCoreConfig;
	const { messages } = await lintSource({
		source: { filePath: 'x.txt', content: text, ext: '.txt', contentType: 'text' },
		options: { config, noPhysicFilePath: true },
	});
	return messages.map(({ ruleId, range: [start, end] }) => `${ruleId} ${text.slice(start, end)}`);
}

/** One token of each kind that the preset knows, as its rules want it; «…» is filled in as in the corpora. */
const samples = [
	'AKIA«upper 16»',
	'ghp_«alnum 36»',
	'github_pat_«alnum 82»',
	'glpat-«alnum 20»',
	'npm_«alnum 36»',
	'xoxb-«digits 12»-«digits 12»-«alnum 24»',
	'https://hooks.slack.com/services/T«upper 8»/B«upper 8»/«alnum 24»',
	'SG.«alnum 22».«alnum 43»',
	'shpat_«hex 32»',
	'sk_live_«alnum 24»',
	'sk-ant-api03-«alnum 93»AA',
	'sk-«alnum 20»T3BlbkFJ«alnum 20»',
	'hvs.«alnum 90»',
	'lin_api_«alnum 40»',
	'figd_«alnum 40»',
	'glsa_«alnum 32»_«hex 8»',
	'dapi«hex 32»',
	'dckr_pat_«alnum 27»',
	'tskey-auth-«alnum 16»-«alnum 32»',
	'gsk_«alnum 52»',
	'ntn_«digits 11»«alnum 35»',
	'vcp_«alnum 24»',
	'postgres://app:«alnum 20»@db1:5432/x',
	'https://app:«alnum 20»@git.example/x',
].map((text) => plantText(text).text);

test('each kind of token that secretlint knows is found by it, and gone once our own patterns were over it', async () => {
	const known: string[] = [];
	for (const text of samples) {
		if ((await found(text)).length > 0) known.push(text);
		for (const line of [text, `2026-11-22T08:00:00Z INFO used ${text} here`, JSON.stringify({ msg: text })])
			expect(removeSecrets(line)).toMatch(/\[(?:secret|private key) removed\]/);
	}
	expect(samples.length - known.length).toBeLessThan(4);
	expect(await found(samples.map((text) => removeSecrets(text)).join('\n'))).toEqual([]);
});

test('secretlint finds nothing in what is left of the corpora', async () => {
	const texts = [...plantedSecrets, ...readPrintedSecrets()].map(({ text }) => text);
	expect((await found(texts.join('\n\n'))).length).toBeGreaterThan(20);
	expect(await found(texts.map((text) => removeSecrets(text)).join('\n\n'))).toEqual([]);
});
