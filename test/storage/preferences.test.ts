import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';

const home = vi.hoisted(() => ({ path: '' }));
vi.mock('../../source/storage/directories.ts', () => ({
	get configDirectory() {
		return home.path;
	},
}));

afterEach(() => rmSync(home.path, { recursive: true, force: true }));

test('a link where others can lay one is not written through; one of one’s own in one’s own directory is', async () => {
	const { openPreferences } = await import('../../source/storage/preferences.ts');
	home.path = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	mkdirSync(join(home.path, 'elsewhere'));
	const target = join(home.path, 'elsewhere', 'kept.json');
	writeFileSync(target, '{"bell": true}');
	symlinkSync(target, join(home.path, 'preferences.json'));
	chmodSync(home.path, 0o770);
	const careful = openPreferences();
	careful.write({ bell: false });
	expect([careful.read().bell, readFileSync(target, 'utf8')]).toEqual([false, '{"bell": true}']);
	chmodSync(home.path, 0o700);
	const own = openPreferences();
	expect(own.read().bell).toBe(true);
	own.write({ logPanel: 'wide' });
	expect(readFileSync(target, 'utf8')).toContain('wide');
});
