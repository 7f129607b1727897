import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, tell } from './figures.ts';
import { openPane } from './pane.ts';

/**
 * How long the screen needs to its first frame, as a ratio to a Node that does nothing: both started in the same tmux, watched every
 * 5 ms, in turn, so that the machine's mood falls on both alike. Budget: 4.5 (design, section 10).
 *
 *     npm run build && node bench/first-frame.ts [runs]
 */

const runs = Number(process.argv[2] ?? 15);
const budget = { atMost: 4.5 };

const directory = mkdtempSync(join(tmpdir(), 'vpmon-bench-'));
const pane = openPane(join(directory, 'tmux.sock'));

const inventory = join(directory, 'vpmon.yaml');
const safes = Array.from(
	{ length: 20 },
	(_, index) => `  - {name: safe-${index}, host: 127.0.0.1, port: ${index + 1}, username: deploy}`,
);
writeFileSync(inventory, `version: 1\nconnectors:\n  - {name: here}\nsafes:\n${safes.join('\n')}\n`, { mode: 0o600 });

try {
	const node = process.execPath;
	const environment = `VPMON_RUNTIME_DIR=${directory} XDG_CONFIG_HOME=${directory} TERM=screen-256color`;
	const screen = () =>
		pane.time(`${environment} ${node} dist/cli.js --inventory ${inventory}`, ({ text }) => text().includes('q quit'));
	const bare = () => pane.time(`${node} -e 0`, ({ hasEnded }) => hasEnded());
	screen();
	const times = Array.from({ length: runs }, () => ({ screen: screen(), bare: bare() }));
	tell('first frame', median(times.map((pair) => pair.screen)), 'ms');
	tell('node -e 0', median(times.map((pair) => pair.bare)), 'ms');
	tell('first frame, of node -e 0, pair by pair', median(times.map((pair) => pair.screen / pair.bare)), '×', budget);
} finally {
	pane.close();
	rmSync(directory, { recursive: true, force: true });
}
