import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completePath, expandHome } from '../../source/ui/complete-path.ts';

let directory: string;
beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	mkdirSync(join(directory, 'keys'));
	for (const name of ['db-a.pub', 'db-b.pub', 'db-a', 'web.pub']) writeFileSync(join(directory, 'keys', name), '');
});
afterAll(() => rmSync(directory, { recursive: true }));

test('goes as far as it is clear, and offers folders and public keys only', () => {
	const at = (text: string) => completePath(`${directory}/${text}`);
	expect(at('k')).toEqual({ text: `${directory}/keys/`, choices: ['keys/'] });
	expect(at('keys/')).toEqual({ text: `${directory}/keys/`, choices: ['db-a.pub', 'db-b.pub', 'web.pub'] });
	expect(at('keys/d')).toEqual({ text: `${directory}/keys/db-`, choices: ['db-a.pub', 'db-b.pub'] });
	expect(at('keys/w')).toEqual({ text: `${directory}/keys/web.pub`, choices: ['web.pub'] });
});

test('leaves alone what begins nothing, and a folder that is not there', () => {
	for (const text of [`${directory}/x`, `${directory}/none/`, 'no-such-thing'])
		expect(completePath(text)).toEqual({ text, choices: [] });
	expect(expandHome('~/k.pub')).toBe(join(homedir(), 'k.pub'));
	expect(expandHome('~bob/k.pub')).toBe('~bob/k.pub');
});
