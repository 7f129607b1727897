import { readFileSync } from 'node:fs';

/**
 * Writes the lines of a file to stdout, so many a second, in pieces 20 times a second as a busy program does.
 *
 *     node bench/log-writer.ts file lines-per-second
 */

const [path = '', rate = ''] = process.argv.slice(2);
const text = readFileSync(path, 'utf8');
const started = performance.now();
let at = 0;
let written = 0;
const timer = setInterval(() => {
	const due = Math.floor(((performance.now() - started) / 1000) * Number(rate));
	const from = at;
	while (written < due && at < text.length) {
		at = text.indexOf('\n', at) + 1;
		written++;
	}
	process.stdout.write(text.slice(from, at));
	if (at >= text.length) clearInterval(timer);
}, 50);
