import { type StartedExporter, startExporter } from './exporter.ts';
import { type Statement, statementInMetrics, statementOnScreen } from './statements.ts';
import { until } from './system.ts';
import { openTerminal, type Terminal } from './tmux.ts';

const built = [process.execPath, new URL('../../dist/cli.js', import.meta.url).pathname];

/** A vpmon screen in a terminal of its own, once it stands. */
export async function openScreen(
	inventory: string,
	environment: Readonly<Record<string, string>>,
	options: { through?: readonly string[]; program?: readonly string[] } = {},
): Promise<Terminal> {
	const { through = [], program = built } = options;
	const command = [...through, ...program, '--inventory', inventory].join(' ');
	const terminal = openTerminal(`exec ${command}`, 120, 36, environment);
	await terminal.see('q quit', 20_000);
	return terminal;
}

/** Goes to the line of a Safe, from the top, and presses a key on it. */
export async function pressOn(terminal: Terminal, safe: string, key: string): Promise<void> {
	const selected = () => /^▶\S* +(\S+)/m.exec(terminal.screen())?.[1];
	terminal.press('g');
	for (let line = 0; selected() !== safe && line < 10; line++) {
		const before = selected();
		if (line > 0) terminal.press('j');
		// At the top nothing may change.
		await until('another line', () => selected() !== before, line === 0 ? 300 : 3000).catch(() => {});
	}
	await terminal.see(new RegExp(`^▶\\S* +${safe} `, 'm'), 1000);
	terminal.press(key);
}

/** An exporter and screens that are open at the same time. */
export type Board = {
	readonly exporter: StartedExporter;
	readonly screens: readonly Terminal[];
	/** What each of them says of a Safe, now, by who says it. */
	says(safe: string): Promise<Readonly<Record<string, Statement>>>;
	/** Waits until all of them say it. */
	allSay(safe: string, statement: Statement, withinMs?: number): Promise<void>;
	close(): Promise<void>;
};

export async function openBoard(
	inventories: { exporter: string; screens: readonly string[] },
	environment: Readonly<Record<string, string>>,
	through: readonly string[] = [],
): Promise<Board> {
	const [exporter, ...screens] = await Promise.all([
		startExporter(inventories.exporter, environment, ['--listen', '127.0.0.1:0'], { through }),
		...inventories.screens.map((inventory) => openScreen(inventory, environment, { through })),
	]);
	return boardOf(exporter, screens);
}

export function boardOf(exporter: StartedExporter, screens: readonly Terminal[]): Board {
	const says = async (safe: string) => {
		const said: Record<string, Statement> = {};
		for (const [index, screen] of screens.entries())
			said[`screen ${index + 1}`] = statementOnScreen(screen.screen(), safe);
		said.exporter = statementInMetrics(await exporter.scrape(), safe);
		return said;
	};
	return {
		exporter,
		screens,
		says,
		async allSay(safe, statement, withinMs = 20_000) {
			let said: Readonly<Record<string, Statement>> = {};
			const isSaid = async () => {
				said = await says(safe);
				return Object.values(said).every((each) => each === statement);
			};
			await until(`${safe}: ${statement} everywhere`, isSaid, withinMs).catch((error) => {
				throw new Error(`${error.message}: ${JSON.stringify(said)}\n${screens[0]?.screen() ?? ''}`);
			});
		},
		async close() {
			for (const screen of screens) screen.close();
			await exporter.stop();
		},
	};
}

/** Looks at a board again and again, and remembers for how long its programs said different things. */
export type Watch = {
	/** The longest that they did, in milliseconds, and what was said then. */
	longest(): { readonly ms: number; readonly said: string };
	stop(): Promise<void>;
};

const lookEveryMs = 300;

export function watchBoard(board: Board, safes: readonly string[]): Watch {
	let longest = { ms: 0, said: '' };
	let isStopped = false;
	const since = new Map<string, { readonly at: number; readonly said: string }>();
	const look = async (safe: string) => {
		const said = await board.says(safe);
		const now = performance.now();
		if (new Set(Object.values(said)).size === 1) return since.delete(safe);
		const begun = since.get(safe) ?? { at: now, said: `${safe}: ${JSON.stringify(said)}` };
		since.set(safe, begun);
		if (now - begun.at > longest.ms) longest = { ms: now - begun.at, said: `${begun.said} … ${JSON.stringify(said)}` };
	};
	const looking = (async () => {
		while (!isStopped) {
			const next = performance.now() + lookEveryMs;
			for (const safe of safes) await look(safe);
			await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
		}
	})();
	return {
		longest: () => longest,
		async stop() {
			isStopped = true;
			await looking;
		},
	};
}
