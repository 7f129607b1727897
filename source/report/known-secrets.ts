import type { SecretLintCoreConfig } from '@secretlint/types';

/** Where in a text a secret stands, and of whose kind. */
export type KnownSecret = { readonly start: number; readonly end: number; readonly rule: string };

/**
 * A second opinion on what our own patterns left: the rules of secretlint, which are kept up to date with what vendors give out. Too
 * slow for each line of a log, quick enough for a report.
 */
export async function findKnownSecrets(text: string): Promise<KnownSecret[]> {
	const [{ lintSource }, { rules }] = await Promise.all([
		import('@secretlint/core'),
		import('@secretlint/secretlint-rule-preset-recommend'),
	]);
	// A comment in a log must not switch the rules off.
	const wanted = rules.filter(({ meta }) => !meta.id.endsWith('filter-comments'));
	const config = { rules: wanted.map((rule) => ({ id: rule.meta.id, rule })) } as SecretLintCoreConfig;
	const { messages } = await lintSource({
		source: { filePath: 'report.txt', content: text, ext: '.txt', contentType: 'text' },
		options: { config, noPhysicFilePath: true },
	});
	return messages
		.filter(({ range: [start, end] }) => !text.slice(start, end).includes('removed]'))
		.map(({ range: [start, end], ruleId }) => ({ start, end, rule: ruleId.replace(/^.*rule-/, '') }));
}
