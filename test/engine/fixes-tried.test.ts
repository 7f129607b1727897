import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Safe } from '../../source/domain/inventory.ts';
import { fixesTried } from '../../source/engine/fixes-tried.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const safes = [{ name: 'db' } as Safe];
const line = (given: object) =>
	JSON.stringify({
		version: 1,
		id: 'a',
		at: '2020-11-25T19:30:00.000Z',
		user: 'alice',
		host: 'dc1.example',
		phase: 'changed',
		fix: 'correct-port',
		safe: 'db',
		connector: 'dc1',
		commands: [],
		diff: ['- port: 22', '+ port: 2222'],
		file: '/etc/vpmon/vpmon.yaml',
		backup: null,
		leaves: null,
		unseen: false,
		before: 'fail, port-refused',
		after: 'pass',
		...given,
	});

test('tells each fix of these Safes once, as it ended, in words of vpmon alone', () => {
	const file = join(directory, 'audit.jsonl');
	writeFileSync(
		file,
		`${[
			line({ phase: 'changing', after: null }),
			line({}),
			line({ id: 'b', safe: 'web' }),
			line({ id: 'c', fix: 'made-up by 10.0.0.5' }),
			line({ id: 'd', phase: 'failed', fix: 'start-connector', before: 'see 10.0.0.5' }),
		].join('\n')}\n`,
	);
	expect(fixesTried(safes, file)).toEqual([
		expect.stringMatching(/ correct-port, made: fail, port-refused → pass$/),
		expect.stringMatching(/ start-connector, run, and a command failed$/),
	]);
	expect(fixesTried(safes, file).join()).not.toMatch(/alice|10\.0|2222|example/);
});

test('says that there were none, and that the file cannot be read', () => {
	expect(fixesTried(safes, join(directory, 'none'))).toEqual(['None through vpmon.']);
	expect(fixesTried(safes, directory)).toEqual(['Not known: the audit file cannot be read.']);
});
