import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Board, boardOf, openScreen, pressOn } from '../helpers/board.ts';
import { type BoardSite, startBoardSite } from '../helpers/board-site.ts';
import { startExporter } from '../helpers/exporter.ts';
import { fingerprint } from '../helpers/keys.ts';
import { type MountNamespace, startMountNamespace } from '../helpers/mount-namespace.ts';
import { opensshRoot } from '../helpers/openssh-release.ts';
import { requireProgram, until } from '../helpers/system.ts';
import { startTargetServer, type TargetServer } from '../helpers/target-server.ts';

/** What happens to the file that programs share, and to the clock, while an exporter and two screens are open. */
const sharedWithinMs = 5000;
/** Until a program has noticed that the file is whole again. */
const mendedWithinMs = 15_000;

let target: TargetServer;
let site: BoardSite;
/** The site memory lies on a small disk of its own. */
let disk: MountNamespace;
let board: Board;
let isFailing = false;

/** The clock of all three can be set by a file (faketime(1)). */
function fakeClock(): readonly string[] {
	const folder = readdirSync('/usr/lib').find((name) => name.endsWith('-linux-gnu')) ?? '';
	const library = requireProgram(join('/usr/lib', folder, 'faketime'), 'faketime');
	return [
		'env',
		`LD_PRELOAD=${join(library, 'libfaketimeMT.so.1')}`,
		`FAKETIME_TIMESTAMP_FILE=${site.writeFile('clock', '+0\n')}`,
		'FAKETIME_NO_CACHE=1',
		'FAKETIME_DONT_FAKE_MONOTONIC=1',
	];
}

beforeAll(async () => {
	opensshRoot('bookworm');
	target = await startTargetServer('bookworm');
	site = await startBoardSite();
	disk = await startMountNamespace(
		`mkdir -m 700 ${site.path}/site && mount -t tmpfs -o size=1m,mode=700 tmpfs ${site.path}/site`,
	);
	// So that r always measures, whatever it was pressed for before.
	const settings = 'exempt: true, sweepEvery: 30s';
	const inventory = site.write(
		'vpmon',
		[{ name: 'db', target, hostKey: `ssh-ed25519 ${fingerprint('host-a')}` }],
		settings,
	);
	const through = [...disk.enter, ...fakeClock()];
	const [exporter, ...screens] = await Promise.all([
		startExporter(inventory, site.environment, ['--listen', '127.0.0.1:0'], { through }),
		openScreen(inventory, site.environment, { through }),
		openScreen(inventory, site.environment, { through }),
	]);
	board = boardOf(exporter, screens);
});
afterAll(async () => {
	await board?.close();
	await target?.stop();
	disk?.stop();
	site?.close();
});

/** Makes something else true of the Safe. */
function change(): boolean {
	isFailing = !isFailing;
	target.authorize(isFailing ? 'user-b' : 'user-a');
	return isFailing;
}

/** A Safe that passes is a warning once it changed often enough, so only whether it fails is looked at. */
async function waitUntilTold(by: Board, isTrue: boolean, withinMs: number): Promise<void> {
	let said = {};
	const isTold = async () => {
		said = await by.says('db');
		return Object.values<string>(said).every((each) => each.startsWith('fail') === isTrue);
	};
	await until(`that it ${isTrue ? 'fails' : 'passes'}`, isTold, withinMs).catch((error) => {
		throw new Error(`${error.message}: ${JSON.stringify(said)}`);
	});
}

/** Each measures by itself, whether anything is shared or not. */
async function expectAllMeasure(): Promise<void> {
	for (const screen of board.screens) {
		const truth = change();
		await pressOn(screen, 'db', 'r');
		await until('the screen tells it', () => /✖ +db/.test(screen.screen()) === truth, 10_000);
		expect(screen.screen()).toContain('q quit');
	}
	expect(await board.exporter.scrape()).toContain('vpmon_sweep_end_timestamp_seconds ');
	expect(board.exporter.stderr()).not.toMatch(/^\s+at |Error:/m);
}

/** What one learns all say. */
async function expectShared(withinMs = sharedWithinMs): Promise<void> {
	const [screen] = board.screens;
	if (screen === undefined) throw new Error('there are two screens');
	const truth = change();
	await pressOn(screen, 'db', 'r');
	await waitUntilTold(board, truth, withinMs);
}

const file = () => join(site.path, 'site', 'site-1.sqlite');

test('they share what they measure', async () => {
	await board.allSay('db', 'pass');
	await expectShared();
});

test('a damaged file: each goes on measuring, a new file is begun and they share again', async () => {
	disk.run(`test -s ${file()} && head -c 8192 /dev/urandom | dd conv=notrunc status=none of=${file()}`);
	await expectAllMeasure();
	await expectShared(mendedWithinMs);
	disk.run(`ls ${site.path}/site | grep -q corrupt`);
});

test('a newer vpmon’s rows and tables: they are passed over', async () => {
	const script = `
		const { DatabaseSync } = require('node:sqlite');
		const database = new DatabaseSync('${file()}');
		database.exec('CREATE TABLE from_the_future (id INTEGER PRIMARY KEY, what TEXT) STRICT');
		database.exec("INSERT INTO from_the_future VALUES (1, 'unknown')");
		const row = database.prepare('SELECT * FROM measurement ORDER BY revision DESC LIMIT 1').get();
		const later = { ...row, id: null, revision: row.revision + 1, format: 99, part: 'of-the-future', evidence: '{"what": 1}' };
		const names = Object.keys(later);
		database.prepare('INSERT INTO measurement (' + names + ') VALUES (' + names.map(() => '?') + ')').run(...Object.values(later));
		database.prepare("UPDATE site SET value = ? WHERE name = 'revision'").run(later.revision);
	`;
	disk.run(`${process.execPath} --no-warnings -e '${script.replaceAll("'", `'\\''`)}'`);
	await expectAllMeasure();
	await expectShared();
});

test('a removed file: each goes on measuring, and they share again', async () => {
	disk.run(`test -e ${file()} && rm -f ${file()}*`);
	await expectAllMeasure();
	await expectShared(mendedWithinMs);
});

test('a full disk: each goes on measuring, and they share again once there is room', async () => {
	disk.run(`test -e ${file()} && (dd if=/dev/zero of=${site.path}/site/filler bs=4k status=none || true) 2>/dev/null`);
	await expectAllMeasure();
	disk.run(`rm ${site.path}/site/filler`);
	await expectShared(mendedWithinMs);
});

test('a clock that is set back by an hour, and forth: they go on measuring and sharing', async () => {
	for (const clock of ['-1h', '+0']) {
		site.writeFile('clock', `${clock}\n`);
		await expectAllMeasure();
		await expectShared();
	}
});

test('the exporter swept on its own after all this, and nothing was written by half', async () => {
	const sweptAt = async () =>
		Number(/^vpmon_sweep_end_timestamp_seconds (\S+)$/m.exec(await board.exporter.scrape())?.[1]);
	site.writeFile('clock', '+0\n');
	const before = await sweptAt();
	await expect.poll(sweptAt, { timeout: 40_000 }).not.toBe(before);
	await waitUntilTold(board, isFailing, sharedWithinMs);
});
