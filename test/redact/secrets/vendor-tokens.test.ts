import { lintSource } from '@secretlint/core';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintCoreConfig } from '@secretlint/types';
import { expect, test } from 'vitest';
import { removeSecrets } from '../../../source/redact/secrets/secret-lines.ts';
import { plantedSecrets } from '../../helpers/corpus.ts';

/** What the rules of secretlint find in a text. */
async function found(text: string): Promise<string[]> {
	const config = { rules: rules.map((rule) => ({ id: rule.meta.id, rule })) } as SecretLintCoreConfig;
	const { messages } = await lintSource({
		source: { filePath: 'x.txt', content: text, ext: '.txt', contentType: 'text' },
		options: { config, noPhysicFilePath: true },
	});
	return messages.map(({ ruleId, range: [start, end] }) => `${ruleId} ${text.slice(start, end)}`);
}

test('secretlint finds nothing in what our own patterns leave of its kinds of secrets', async () => {
	const whole = plantedSecrets.map(({ text }) => text).join('\n\n');
	// It knows a good part of them.
	expect((await found(whole)).length).toBeGreaterThan(12);
	for (const { text } of plantedSecrets) expect(await found(removeSecrets(text))).toEqual([]);
});
