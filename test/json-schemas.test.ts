import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { jsonSchemas, schemaText } from '../docs/json-schemas.ts';
import { reportOf } from '../source/commands/check.ts';
import { formatCheckJson } from '../source/report/check-json.ts';
import { buildExplainReport } from '../source/report/explain-text.ts';
import { explain } from '../source/runbook/explain.ts';
import { problemsOf } from './helpers/json-schema.ts';
import { readScenarios, startScenario } from './helpers/scenarios.ts';

test('the schemas in docs/schemas are what the program says (npm run docs writes them)', () => {
	for (const [name, schema] of Object.entries(jsonSchemas))
		expect(readFileSync(new URL(`../docs/schemas/${name}`, import.meta.url), 'utf8')).toBe(schemaText(schema));
});

test('what check --json prints of every scenario is what its schema says', async () => {
	for (const [name, file] of readScenarios()) {
		const { engine, close } = await startScenario(file);
		try {
			await engine.run(null, { trigger: 'command' });
			const data = JSON.parse([...formatCheckJson(reportOf(engine), -1)].join(''));
			expect([name, problemsOf('check.schema.json', data)]).toEqual([name, []]);
		} finally {
			await close();
		}
	}
	expect(problemsOf('check.schema.json', { schemaVersion: 2 })).not.toEqual([]);
}, 60_000);

test('what explain --json prints is what its schema says', () => {
	for (const text of ['Permission denied (publickey).', 'Host key verification failed.', 'no such thing'])
		expect(problemsOf('explain.schema.json', buildExplainReport(text, explain(text)))).toEqual([]);
});

test('the schema of the inventory takes what vpmon takes, and names a field that there is not', () => {
	const page = readFileSync(new URL('../docs/inventory.md', import.meta.url), 'utf8');
	const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
	expect(problemsOf('inventory.schema.json', parse(yaml))).toEqual([]);
	const wrong = { version: 1, safes: [{ name: 'db', host: 'db', username: 'x', hostkey: 'SHA256:x' }] };
	expect(JSON.stringify(problemsOf('inventory.schema.json', wrong))).toContain('hostkey');
});
