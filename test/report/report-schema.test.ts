import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeReportOf } from '../helpers/report.ts';
import { readScenarios, startScenario } from '../helpers/scenarios.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const schema = JSON.parse(readFileSync(new URL('../../docs/schemas/report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({
	allErrors: true,
	formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
}).compile(schema);

const seen = new Set<string>();

for (const [name, file] of readScenarios()) {
	test(`the JSON report of ${name} is what the schema says`, async () => {
		const { engine, close } = await startScenario(file);
		try {
			await engine.run(null, { trigger: 'command' });
			const { safes } = engine.session.get().inventory;
			const options = { format: 'json', hides: 'all' } as const;
			const { text, path } = await writeReportOf(engine, safes, directory, options);
			const data = JSON.parse(text);
			validate(data);
			expect(validate.errors ?? []).toEqual([]);
			expect(path).toMatch(/\.json$/);
			for (const key of Object.keys(data)) seen.add(key);
			for (const { host } of safes)
				if (!/^(127|192\.0\.2|198\.51\.100|203\.0\.113)\./.test(host)) expect(text).not.toContain(`${host}:`);
		} finally {
			await close();
		}
	});
}

test('the schema asks for what is there, and lets nothing else through', () => {
	expect([...seen].sort()).toEqual([...schema.required].sort());
	expect(validate({ ...Object.fromEntries([...seen].map((key) => [key, null])) })).toBe(false);
});
