import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createHome } from '../helpers/cli.ts';
import { openTerminal } from '../helpers/tmux.ts';
import { createEditChecks } from './check-edits.ts';
import { compareLogs, countLines } from './count-lines.ts';
import { startFaultyContainer } from './faulty-container.ts';
import { startFaultySite } from './faulty-site.ts';
import { lookForTears } from './look.ts';
import { createRandom } from './random.ts';
import { step } from './step.ts';
import { medianOf, memoryOf, processesWith, socketsOf } from './watched-process.ts';

/**
 * The screen in tmux while servers die and come back, wires are cut and mended, a connector's container is stopped and started, the log of
 * the other is rotated and written in bursts, the terminal changes its size, keys are pressed, fixes made and targets added at random: `npm run soak [minutes] [seed]`.
 * Ends with exit code 1 at the first thing that is wrong, and where it could look too rarely to tell.
 */
const minutes = Number(process.argv[2] ?? 10);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const program = new URL('../../dist/cli.js', import.meta.url).pathname;

const megabyte = 1024 * 1024;
/** After the last part is loaded and the heap has found its size. */
const warmUp = 0.25;
const mostGrowth = 40 * megabyte;
/** At a quiet moment: three follow the file, `docker logs` the container, `docker events` it and its next start; a look may last. */
const mostChildren = 8;
const mostSockets = 30;
/** Of all tries to look; the rest found no log on the screen, or a screen that never stood still. */
const leastSeen = 0.5;
/** A redraw may find a changed world as seldom as that. */
const stepsPerDifference = 600;

const directory = mkdtempSync(join(tmpdir(), 'vpmon-soak-'));
const random = createRandom(seed);
const container = await startFaultyContainer(directory);
const site = await startFaultySite(directory, container.name);
const home = createHome();
const reports = join(home.path, 'state', 'vpmon', 'reports');
const audit = join(directory, 'audit.jsonl');
const environment = { ...home.environment, DOCKER_HOST: container.host, VPMON_AUDIT_FILE: audit };
const edits = createEditChecks(site.inventory, site.text, audit);
const start = () => openTerminal(`exec ${process.execPath} ${program} -i ${site.inventory}`, 120, 36, environment);
let terminal = start();
const steps: string[] = [];
const memory: number[] = [];
/** Screens that a redraw changed. */
const differing: string[] = [];
let [restarts, compared] = [0, 0];
/** What was looked at, and how often there was something to see. */
const looks = {
	'looks for torn frames': { tried: 0, seen: 0 },
	'counts of lines': { tried: 0, seen: 0 },
	"looks at the container's log": { tried: 0, seen: 0 },
};
const soak = () => ({ site, container, terminal, random, steps });
process.stdout.write(`soak: ${minutes} minutes, seed ${seed}\n`);

async function look(what: keyof typeof looks, see: () => Promise<boolean>): Promise<void> {
	looks[what].tried++;
	if (await see()) looks[what].seen++;
}

/** All that vpmon has started and that still runs. */
function childrenLeft(): string[] {
	const tmux = Number(terminal.tmux('display-message', '-p', '#{pid}'));
	return processesWith(`HOME=${home.path}`)
		.filter(({ pid }) => pid !== tmux && pid !== terminal.pid)
		.map(({ pid, command }) => `${pid} ${command}`);
}

async function expectNothingLeft(): Promise<void> {
	await pause(1000);
	const left = childrenLeft();
	if (left.length > 0) throw new Error(`processes left:\n${left.join('\n')}`);
}

/** Help runs what stands in it, also the end. */
async function restartIfQuit(): Promise<void> {
	const [dead, status] = terminal
		.tmux('list-panes', '-t', 'test', '-F', '#{pane_dead} #{pane_dead_status}')
		.trim()
		.split(' ');
	if (dead !== '1') return;
	if (status !== '0') throw new Error(`the program ended with ${status ?? 'a signal'}:\n${terminal.screen()}`);
	await expectNothingLeft();
	terminal.close();
	terminal = start();
	memory.length = 0;
	restarts++;
	await terminal.see('Connectors', 20_000);
}

/** Whoever leaks does so again and again: at a quiet moment hardly anything is open. */
async function lookForLeaks(): Promise<void> {
	let children: readonly string[] | null = null;
	let sockets = Number.POSITIVE_INFINITY;
	for (let tries = 0; tries < 8; tries++) {
		const now = childrenLeft();
		if (children === null || now.length < children.length) children = now;
		sockets = Math.min(sockets, socketsOf(terminal.pid));
		await pause(250);
	}
	if (children !== null && children.length > mostChildren)
		throw new Error(`${children.length} children:\n${children.join('\n')}`);
	if (sockets > mostSockets) throw new Error(`${sockets} sockets`);
}

let exitCode = 0;
try {
	container.write(true);
	await terminal.see('Connectors', 20_000);
	const endAt = performance.now() + minutes * 60_000;
	for (let round = 0; performance.now() < endAt; round++) {
		for (let count = 0; count < 20; count++) {
			await step(soak());
			await pause(20 + random.below(120));
		}
		await restartIfQuit();
		edits.look();
		memory.push(memoryOf(terminal.pid));
		if (/this is a bug|UnhandledPromise/i.test(terminal.screen())) throw new Error(terminal.screen());
		if (round % 3 === 0) {
			container.write(false);
			await look('looks for torn frames', async () => {
				const found = await lookForTears(terminal);
				if (found !== null && found !== 'whole') differing.push(found);
				if (differing.length > 1 + steps.length / stepsPerDifference)
					throw new Error(`frames are torn; ${differing.at(-1)}`);
				return found !== null;
			});
			container.write(true);
		}
		if (round % 5 === 4) {
			await look('counts of lines', () => countLines(soak()));
			await lookForLeaks();
		}
		if (round % 5 === 2)
			await look("looks at the container's log", async () => {
				const lines = await compareLogs(soak(), reports);
				compared += lines;
				return lines > 0;
			});
	}
	const steady = memory.slice(Math.floor(memory.length * warmUp));
	const third = Math.ceil(steady.length / 3);
	const [first, last] = [medianOf(steady.slice(0, third)), medianOf(steady.slice(-third))];
	const grown = `memory ${Math.round(first / megabyte)} MB, in the end ${Math.round(last / megabyte)} MB`;
	if (last - first > mostGrowth) throw new Error(grown);
	for (let levels = 0; levels < 8; levels++) terminal.press('Escape');
	await pause(1000);
	terminal.press('q');
	await pause(500);
	// Leaves also without a report that is under way.
	terminal.press('q');
	await terminal.ended(20_000).catch((error) => {
		throw new Error(`${error.message}:\n${terminal.screen()}`);
	});
	await expectNothingLeft();
	edits.look();
	const { audited, added } = edits.seen;
	const unfinished = readdirSync(directory).filter((name) => name.endsWith('.part'));
	if (unfinished.length > 0) throw new Error(`files left: ${unfinished.join(', ')}`);
	const said = Object.entries(looks).map(([what, { tried, seen }]) => `${seen} of ${tried} ${what}`);
	said.push(
		`${differing.length} screens that a redraw changed`,
		`${audited} edits by fixes and undos`,
		`${added} targets added`,
	);
	said.push(`${compared} lines compared`, `${container.starts()} starts of the container`, `${restarts} of the screen`);
	process.stdout.write(`soak: ${steps.length} steps, ${said.join(', ')}; ${grown}\n`);
	const rare = Object.entries(looks).find(([, { tried, seen }]) => seen === 0 || seen < tried * leastSeen);
	if (rare !== undefined) throw new Error(`too few ${rare[0]}: this soak proves nothing`);
	if (container.starts() === 0) throw new Error('the container was never started anew: this soak proves nothing');
	if (audited === 0 || added === 0) throw new Error('the inventory was hardly edited: this soak proves nothing');
} catch (error) {
	exitCode = 1;
	process.stdout.write(
		`soak: seed ${seed}, after ${steps.length} steps: ${error instanceof Error ? error.message : error}\nlast: ${steps.slice(-40).join(' · ')}\n`,
	);
} finally {
	terminal.close();
	await site.close();
	await container.stop();
	home.remove();
	rmSync(directory, { recursive: true, force: true });
}
process.exitCode = exitCode;
