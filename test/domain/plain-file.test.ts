import { expect, test } from 'vitest';
import { readPlainFile, readPlainFileSync, readPlainTextIfThere } from '../../source/domain/plain-file.ts';

/** Plain by its kind; its size says nothing of what comes. */
const growing = '/proc/self/status';

test('no more is read than may be, whatever the size of a file says', async () => {
	expect(String(readPlainFileSync(growing, 100_000).bytes)).toMatch(/^Name:[\s\S]*\n$/);
	expect(() => readPlainFileSync(growing, 100)).toThrow(`${growing} is larger than`);
	await expect(readPlainFile(growing, 100)).rejects.toThrow('is larger than');
	expect(await readPlainTextIfThere(growing, 100_000)).toMatch(/^Name:/);
	expect(await readPlainTextIfThere(growing, 100)).toBe('');
});

test('what is no plain file is not opened', async () => {
	for (const [path, kind] of [
		['/dev/zero', 'a device'],
		['/', 'a directory'],
	] as const) {
		expect(() => readPlainFileSync(path, 10)).toThrow(`${path} is ${kind}.`);
		await expect(readPlainFile(path, 10)).rejects.toThrow(`is ${kind}.`);
	}
	await expect(readPlainFile('/proc/no-such-file', 10)).rejects.toMatchObject({ code: 'ENOENT' });
});
