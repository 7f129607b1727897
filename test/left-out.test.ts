import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

test('every system test is named, with what it would need', () => {
	const said = execFileSync(process.execPath, [new URL('left-out.ts', import.meta.url).pathname], { encoding: 'utf8' });
	const files = readdirSync(new URL('system/', import.meta.url)).filter((file) => file.endsWith('.test.ts'));
	expect(files.length).toBeGreaterThan(5);
	for (const file of files) expect(said).toMatch(new RegExp(`^  ${file.replaceAll('.', '\\.')} +(?:could|needs)`, 'm'));
});
