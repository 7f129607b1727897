import { setTimeout as pause } from 'node:timers/promises';
import { childrenOf } from '../helpers/children.ts';
import { createHome } from '../helpers/cli.ts';
import { openTerminal, type Terminal } from '../helpers/tmux.ts';
import { type FaultySite, startFaultySite } from './faulty-site.ts';
import { isAlive, medianOf, memoryOf, socketsOf } from './watched-process.ts';

/**
 * The screen in tmux while servers die and come back, wires are cut and mended, the log is rotated and written in bursts, the terminal
 * changes its size and keys are pressed at random: `npm run soak [minutes] [seed]`. Ends with exit code 1 at the first thing that is wrong.
 */
const minutes = Number(process.argv[2] ?? 10);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const program = new URL('../../dist/cli.js', import.meta.url).pathname;

const megabyte = 1024 * 1024;
/** After the last part is loaded and the heap has found its size. */
const warmUp = 0.25;
const mostGrowth = 40 * megabyte;
/** A sweep may be under way, the log is followed by one program, and a look at it may last. */
const mostChildren = 4;
const mostSockets = 24;
const settled = 400; // Milliseconds without another frame.

/** Always the same numbers for the same seed (mulberry32). */
let state = seed;
function random(below: number): number {
	state = (state + 0x6d2b79f5) | 0;
	let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
	mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
	return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
}
const oneOf = <Value>(values: readonly Value[]): Value => values[random(values.length)] as Value;

// All but those that end it, stop it, or (a) lead to hosts that somebody typed.
const keys =
	'j k g G h l 1 2 3 4 5 r R x ! / ? : H L z y @ m n N w t & e E [ ] s space Enter Escape Tab BTab Up Down Left Right PPage NPage BSpace C-l d o'.split(
		' ',
	);
const sizes = [
	[120, 36],
	[80, 24],
	[100, 30],
	[160, 45],
	[61, 16],
	[60, 15],
	[40, 8],
	[200, 50],
] as const;

type Soak = { readonly site: FaultySite; readonly terminal: Terminal; readonly steps: string[] };

/** One thing that happens. */
async function step({ site, terminal, steps }: Soak): Promise<void> {
	const target = oneOf(site.targets);
	const dice = random(100);
	const note = (what: string) => steps.push(what);
	if (dice < 55) {
		const pressed = Array.from({ length: 1 + random(5) }, () => oneOf(keys)).map((key) =>
			key === 'space' ? 'Space' : key,
		);
		note(`keys ${pressed.join(' ')}`);
		terminal.press(...pressed);
	} else if (dice < 65) {
		const [columns, rows] = oneOf(sizes);
		note(`resize ${columns}x${rows}`);
		terminal.resize(columns, rows);
	} else if (dice < 71) {
		note('kill a server');
		target.kill();
	} else if (dice < 79) {
		note('start a server');
		await target.start();
	} else if (dice < 83) {
		note('cut a wire');
		target.wire.cut();
	} else if (dice < 89) {
		note('mend a wire');
		target.wire.mend();
		target.wire.hangUp();
	} else if (dice < 91) {
		note('rotate the log');
		site.rotate();
	} else {
		const lines = 1 + random(oneOf([3, 300, 5000]));
		note(`log ${lines} lines`);
		site.log(lines);
	}
}

const screenOf = (terminal: Terminal) => terminal.tmux('capture-pane', '-p', '-t', 'test');

/** The pane once nothing has changed in it for a while; null when it never rests. */
async function atRest(terminal: Terminal): Promise<string | null> {
	let before = screenOf(terminal);
	for (let tries = 0; tries < 25; tries++) {
		await pause(settled);
		const now = screenOf(terminal);
		if (now === before) return now;
		before = now;
	}
	return null;
}

/** What stands there is what a redraw puts there. */
async function lookForTears(terminal: Terminal): Promise<void> {
	let [stood, drawn] = ['', ''];
	for (let tries = 0; tries < 4; tries++) {
		const rest = await atRest(terminal);
		if (rest === null) continue;
		terminal.press('C-l');
		await pause(settled);
		[stood, drawn] = [rest, (await atRest(terminal)) ?? ''];
		// That a key was pressed is said in the footer, in the last rows.
		const body = (text: string) => text.split('\n').slice(0, -4).join('\n');
		if (body(stood) === body(drawn)) return;
	}
	throw new Error(`a frame is torn; it was:\n${stood}\nand redrawn:\n${drawn}`);
}

/** Every line that is written while the log is paused is counted. False where the log could not be paused: it has no room, or no lines. */
async function countLines({ site, terminal }: Soak): Promise<boolean> {
	terminal.resize(120, 36);
	terminal.press('Escape', 'Escape', 'Escape', 'Escape');
	await pause(300);
	const paused = () => /PAUSED(?:, (\d[\d,. ]*) new)?/.exec(screenOf(terminal));
	const counted = () => Number((paused()?.[1] ?? '0').replace(/\D/g, ''));
	for (let tries = 0; tries < 15 && paused() === null; tries++) {
		if (tries % 5 === 4) terminal.press('L');
		terminal.press('Tab');
		await pause(150);
		terminal.press('Space');
		await pause(300);
	}
	// A log that was rotated is found again after a second or two, with what came meanwhile.
	await pause(3000);
	await atRest(terminal);
	if (paused() === null) return false;
	const before = counted();
	const lines = 1 + random(700);
	site.log(lines);
	for (let tries = 0; tries < 40; tries++) {
		await pause(250);
		if (counted() !== before + lines) continue;
		terminal.press('G');
		return true;
	}
	throw new Error(`${lines} lines came while the log was paused with ${before} new; it says:\n${screenOf(terminal)}`);
}

const site = await startFaultySite();
const home = createHome();
const start = () =>
	openTerminal(`exec ${process.execPath} ${program} -i ${site.inventory} --read-only`, 120, 36, home.environment);
let terminal = start();
const steps: string[] = [];
const memory: number[] = [];
let [tears, counts, restarts] = [0, 0, 0];
const endAt = performance.now() + minutes * 60_000;
process.stdout.write(`soak: ${minutes} minutes, seed ${seed}\n`);

/** Help runs what stands in it, also the end. */
async function restartIfQuit(): Promise<void> {
	const [dead, status] = terminal
		.tmux('list-panes', '-t', 'test', '-F', '#{pane_dead} #{pane_dead_status}')
		.trim()
		.split(' ');
	if (dead !== '1') return;
	if (status !== '0') throw new Error(`the program ended with ${status ?? 'a signal'}:\n${screenOf(terminal)}`);
	terminal.close();
	terminal = start();
	memory.length = 0;
	restarts++;
	await terminal.see('Connectors', 20_000);
}

let exitCode = 0;
try {
	await terminal.see('Connectors', 20_000);
	for (let round = 0; performance.now() < endAt; round++) {
		const soak = { site, terminal, steps };
		for (let count = 0; count < 20; count++) {
			await step(soak);
			await pause(20 + random(120));
		}
		await restartIfQuit();
		memory.push(memoryOf(terminal.pid));
		if (/this is a bug|UnhandledPromise/i.test(screenOf(terminal))) throw new Error(screenOf(terminal));
		if (round % 3 === 0) {
			await lookForTears(terminal);
			tears++;
		}
		if (round % 5 === 4) {
			if (await countLines({ site, terminal, steps })) counts++;
			// Whoever leaks does so again and again: at a quiet moment hardly anything is open.
			const seen: Array<readonly [children: number, sockets: number]> = [];
			for (let look = 0; look < 8; look++) {
				seen.push([childrenOf(terminal.pid).length, socketsOf(terminal.pid)]);
				await pause(250);
			}
			const [children, sockets] = [Math.min(...seen.map(([n]) => n)), Math.min(...seen.map(([, n]) => n))];
			if (children > mostChildren) throw new Error(`${children} children`);
			if (sockets > mostSockets) throw new Error(`${sockets} sockets`);
		}
	}
	const steady = memory.slice(Math.floor(memory.length * warmUp));
	const third = Math.ceil(steady.length / 3);
	const [first, last] = [medianOf(steady.slice(0, third)), medianOf(steady.slice(-third))];
	const grown = `memory ${Math.round(first / megabyte)} MB, in the end ${Math.round(last / megabyte)} MB`;
	if (last - first > mostGrowth) throw new Error(grown);
	const { pid } = terminal;
	const family = [pid, ...childrenOf(pid)];
	terminal.press('Escape', 'Escape', 'Escape', 'Escape', 'q');
	await terminal.ended(20_000);
	await pause(1000);
	const left = family.filter(isAlive);
	if (left.length > 0) throw new Error(`processes left: ${left.join(', ')}`);
	process.stdout.write(
		`soak: ${steps.length} steps, ${tears} looks for tears, ${counts} counts of lines, ${restarts} restarts; ${grown}\n`,
	);
} catch (error) {
	exitCode = 1;
	process.stdout.write(
		`soak: seed ${seed}, after ${steps.length} steps: ${error instanceof Error ? error.message : error}\nlast: ${steps.slice(-40).join(' · ')}\n`,
	);
} finally {
	terminal.close();
	await site.close();
	home.remove();
}
process.exitCode = exitCode;
