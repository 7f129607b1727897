import {
	appendFileSync,
	mkdirSync,
	mkdtempSync,
	renameSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FileWatch, watchFile } from '../../source/inventory/watch.ts';

let directory: string;
let file: string;
let watch: FileWatch | undefined;
let told: string[][];
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	file = join(directory, 'vpmon.yaml');
	writeFileSync(file, 'one');
	told = [];
});
afterEach(() => {
	watch?.stop();
	rmSync(directory, { recursive: true });
});

const begin = (path = file) => {
	watch = watchFile(path, (changed) => told.push([...changed]));
};
const isTold = (times: number, changed = [file]) =>
	vi.waitFor(() => expect(told).toEqual(Array.from({ length: times }, () => changed)), { timeout: 5000, interval: 20 });

test('a file written in place is told of once it has come to rest', async () => {
	begin();
	writeFileSync(file, '');
	appendFileSync(file, 'two\n');
	setTimeout(() => appendFileSync(file, 'three\n'), 100);
	await isTold(1);
	appendFileSync(file, 'four');
	await isTold(2);
});

test('a file that an editor replaced is told of, again and again', async () => {
	begin();
	for (let round = 1; round <= 3; round++) {
		// As vim does with a backup: the old one moves away, a new one comes.
		renameSync(file, `${file}~`);
		writeFileSync(file, 'one');
		await isTold(2 * round - 1);
		writeFileSync(join(directory, '.part'), 'one');
		renameSync(join(directory, '.part'), file);
		await isTold(2 * round);
	}
});

test('a file that is taken away and comes back is told of both times', async () => {
	begin();
	rmSync(file);
	await isTold(1);
	writeFileSync(file, 'one');
	await isTold(2);
});

test('what a symbolic link leads to counts, and so does a link that leads elsewhere now', async () => {
	mkdirSync(join(directory, 'a'));
	mkdirSync(join(directory, 'b'));
	writeFileSync(join(directory, 'a', 'site.yaml'), 'a');
	writeFileSync(join(directory, 'b', 'site.yaml'), 'b');
	const link = join(directory, 'link.yaml');
	// As Kubernetes mounts a ConfigMap: the link in the middle is swapped.
	symlinkSync('a', join(directory, 'data'));
	symlinkSync('data/site.yaml', link);
	begin(link);
	appendFileSync(join(directory, 'a', 'site.yaml'), 'more');
	await isTold(1, [link]);
	symlinkSync('b', join(directory, 'data.new'));
	renameSync(join(directory, 'data.new'), join(directory, 'data'));
	await isTold(2, [link]);
});

test('a file whose directory comes later, where nothing can be watched, is found by looking', async () => {
	const late = join(directory, 'late', 'vpmon.yaml');
	begin(late);
	mkdirSync(join(directory, 'late'));
	writeFileSync(late, 'one');
	await isTold(1, [late]);
});

test('other files are watched beside it, for as long as they are wanted', async () => {
	const key = join(directory, 'key.pub');
	writeFileSync(key, 'one');
	begin();
	watch?.alsoWatch([key]);
	writeFileSync(key, 'two');
	await isTold(1, [key]);
	watch?.alsoWatch([]);
	writeFileSync(key, 'three!');
	writeFileSync(join(directory, 'unrelated'), '');
	utimesSync(file, 1, 1);
	await vi.waitFor(() => expect(told).toEqual([[key], [file]]), { timeout: 5000 });
});
