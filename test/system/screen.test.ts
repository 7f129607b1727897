import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { steady } from '../../source/ui/steady.ts';
import { widthOf } from '../../source/ui/width.ts';
import { createHome } from '../helpers/cli.ts';
import { type Site, startSite } from '../helpers/site.ts';
import { requireProgram, until } from '../helpers/system.ts';
import { openTerminal, type Terminal } from '../helpers/tmux.ts';

const program = new URL('../../dist/cli.js', import.meta.url).pathname;
/** Names whose width terminals do not agree about, or that are wide, or have marks on their letters. */
const names = ['日本-db', '👨‍👩‍👧-family', '🇵🇱-gate', '❤️-heart', 'e\u0301te\u0301', '👍🏽-ok', 'हिन्दी', 'plain'];

let home: ReturnType<typeof createHome>;
let site: Site;
beforeAll(async () => {
	home = createHome();
	site = await startSite({ healthy: 40, silent: 60, rebuilt: true, passwords: 5, names });
});
afterAll(async () => {
	await site?.close();
	home?.remove();
});

function open(columns: number, rows: number, variables = '', flags = ''): Terminal {
	const command = `exec env ${variables} ${process.execPath} ${program} -i ${site.inventory} ${flags}`;
	return openTerminal(command, columns, rows, { ...home.environment, VAULTPAM_TOKEN: site.token });
}

/** Columns of one line of the screen, as tmux counts them: what it captures is what it shows. */
const tooWide = (screen: string, columns: number) => screen.split('\n').filter((line) => widthOf(line) > columns);

/** Every fingerprint that is shown at all is whole: 43 characters of base64. */
const cutFingerprints = (screen: string) =>
	[...screen.matchAll(/SHA256:([\w+/]*)/g)].filter(([, print = '']) => print.length !== 43);

const trying = /trying app-\d+(, app-\d+)?( and app-\d+)? of 60/;

/** tmux shows what fits of the frame of the size before until the new one is drawn. */
const seeWhole = (screen: Terminal, rows: number) =>
	until('a whole frame', () => {
		const lines = screen.screen().split('\n');
		return /^ vpmon /.test(lines[0] ?? '') && /\? help {2}q quit$/.test(lines[rows - 1] ?? '');
	});

const sizes = [
	[160, 45],
	[120, 36],
	[100, 30],
	[80, 24],
	[60, 15],
] as const;

test('start, filter, open a group, try it, zoom, a storm of resizes, quit; whole at every size', async () => {
	const screen = open(120, 36);
	try {
		await screen.see('2 causes explain all 61 failures', 60_000);
		await screen.see(/✖ 60 Safes +port timeout +127\.20\.4\.0\/24 via dmz/);
		await screen.see(/✖ db-primary +host key changed/);
		await screen.see(/✔ 40 Safes +all five pass/);
		await screen.see('swept', 60_000);
		for (const [columns, rows] of sizes) {
			screen.resize(columns, rows);
			await screen.see(columns >= 120 ? /60 Safes.*│/ : /60 Safes/);
			await seeWhole(screen, rows);
			const shown = screen.screen();
			expect(shown.trimEnd().split('\n'), shown).toHaveLength(rows);
			expect(tooWide(shown, columns), shown).toEqual([]);
			expect(shown).toContain('✖ 61');
			if (columns >= 80) expect(shown).toContain('Do ');
		}
		screen.resize(40, 8);
		await screen.see('vpmon needs 60x15, this is 40x8.');
		screen.resize(80, 24);
		await screen.see('60 Safes');

		screen.press('/');
		for (const key of 'dbprim') screen.press(key);
		await screen.see(/\/dbprim▏ 1 of 106 match/);
		screen.press('Enter');
		await screen.see(/▶✖ db-primary/);
		await screen.see(/offered ED25519 SHA256:[\w+/]{43}/);
		expect(cutFingerprints(screen.screen())).toEqual([]);
		expect(screen.screen()).toMatch(/Why .*\n|Do +1/);
		screen.press('Escape');
		await screen.see('2 causes explain');

		screen.press('g', 'Enter');
		await screen.see('port timeout ─ 60 Safes');
		screen.press('r');
		await screen.see(trying);
		await screen.see(/3 of 60 measured \d\d:\d\d:\d\d: still port timeout/, 30_000);
		screen.press('j', 'j');
		await screen.see(/▶✖ app-02/);
		screen.press('z');
		await screen.see(/^ ✖ app-18/m);
		screen.press('Escape');
		await screen.see('─ Checks ─ app-02');
		screen.press('Escape');
		await screen.see(/▶✖ 60 Safes/);

		for (let step = 0; step < 40; step++) screen.resize(60 + ((step * 37) % 110), 15 + ((step * 13) % 40));
		screen.resize(100, 30);
		await screen.see(/▶✖ 60 Safes/);
		await seeWhole(screen, 30);
		const shown = screen.screen();
		expect(shown.trimEnd().split('\n'), shown).toHaveLength(30);
		expect(shown.match(/─ Safes ─/g), shown).toHaveLength(1);
		screen.press('q');
		await screen.ended();
	} finally {
		screen.close();
	}
});

test('no hint of the footer lies: each key does what it says, or says why not', async () => {
	const screen = open(120, 36);
	try {
		await screen.see(/▶✖ 60 Safes/, 60_000);
		await screen.see('swept', 60_000);
		const does: ReadonlyArray<readonly [key: string, title: string, see: string | RegExp]> = [
			['r', 'try three', trying],
			['R', 'all', /sweep \d+ of 106|sweep is under way|R all/],
			['x', 'report', 'Escalation report'],
			['!', 'error text', '─ Error text ─'],
			['2', 'evidence', '2 Port ─ app-'],
			['/', 'filter', '106 of 106 match'],
			['H', 'events', '─ Events ─'],
			['?', 'help', '─ Help ─'],
		];
		for (const [key, title, see] of does) {
			await screen.see(`${key === '2' ? '1-5' : key} ${title}`);
			screen.press(key);
			await screen.see(see);
			if (key === 'r' || key === 'R') continue;
			screen.press('Escape');
			await screen.see(/▶. 60 Safes/);
			await screen.see(/\? help {2}q quit/);
		}
		screen.press('G');
		await screen.see(/▶. \d+ Safes +all five pass/);
		screen.press('r');
		await screen.see(/these are \d+ Safes: enter lists them/);
	} finally {
		screen.close();
	}
});

test('wide letters, joined emoji, flags and marks shift no column', async () => {
	const screen = open(120, 40);
	try {
		await screen.see('swept', 60_000);
		await screen.see(/✔ 40 Safes/);
		screen.press('G', 'Enter');
		await screen.see('all five pass ─ 40 Safes');
		const shown = screen.screen();
		const placeOfLine = (line: string) => widthOf(line.slice(0, line.indexOf('│')));
		const lines = shown.split('\n').filter((line) => line.includes('│'));
		// The separator of the panes is one straight line, by the columns that tmux itself counts.
		expect(new Set(lines.map(placeOfLine)), shown).toEqual(new Set([74]));
		for (const name of names) expect(shown).toContain(steady(name));
	} finally {
		screen.close();
	}
});

test('the terminal itself counts the columns of every such name as we do', () => {
	const tmux = requireProgram('tmux', 'tmux');
	for (const [index, name] of names.entries()) {
		const file = join(home.path, `name-${index}`);
		const socket = join(home.path, `tmux-${index}`);
		writeFileSync(file, steady(name));
		const run = (...args: string[]) =>
			execFileSync(tmux, ['-S', socket, '-f', '/dev/null', ...args], {
				encoding: 'utf8',
				env: { ...process.env, LANG: 'C.UTF-8' },
			});
		run('-u', 'new-session', '-d', '-x', '60', '-y', '5', `cat ${file}; tmux -S ${socket} wait-for -S told; sleep 60`);
		try {
			run('wait-for', 'told');
			expect([name, Number(run('display-message', '-p', '#{cursor_x}'))]).toEqual([name, widthOf(name)]);
		} finally {
			run('kill-server');
		}
	}
});

test('a locale without UTF-8 and --ascii draw ASCII alone; without colours none is sent; 16 colours are all there are', async () => {
	const colours = (text: string) => text.match(/\u001b\[(?:\d+;)*(?:[34]8|9\d|10\d|3[0-7]|4[0-7])[;m]/g) ?? [];
	for (const [variables, flags] of [
		['LC_ALL=C', ''],
		['NO_COLOR=1', '--ascii'],
	] as const) {
		const screen = open(100, 30, variables, flags);
		try {
			await screen.see(/x 60 Safes +port timeout/, 60_000);
			expect(screen.screen()).toMatch(/^[\n\u0020-\u007e]*$/);
			if (flags !== '') expect(colours(screen.styledScreen())).toEqual([]);
		} finally {
			screen.close();
		}
	}
	const screen = open(100, 30, 'COLORTERM=truecolor');
	try {
		await screen.see(/✖ 60 Safes/, 60_000);
		expect(colours(screen.styledScreen()).filter((code) => !/3[0-7]/.test(code))).toEqual([]);
	} finally {
		screen.close();
	}
});
