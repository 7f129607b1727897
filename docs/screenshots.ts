import { writeFileSync } from 'node:fs';
import { createHome } from '../test/helpers/cli.ts';
import { type SiteOptions, startSite } from '../test/helpers/site.ts';
import { openTerminal } from '../test/helpers/tmux.ts';
import { movingPictureOf, pictureOf } from './picture.ts';

// npm run screenshots: the README's pictures, made from the real program in a real terminal. Look at them before you commit.
const program = new URL('../dist/cli.js', import.meta.url).pathname;

/** The demo lab: one Safe for each cause. */
const lab = null;
const healthy: SiteOptions = { healthy: 9, silent: 0, rebuilt: false, passwords: 2 };
const oneFails: SiteOptions = { healthy: 12, silent: 0, rebuilt: true, passwords: 2 };
const sixtyFail: SiteOptions = { healthy: 200, silent: 60, rebuilt: true, passwords: 40 };

type Shot = {
	readonly name: string;
	readonly columns: number;
	readonly rows: number;
	readonly site: SiteOptions | null;
	/** Pressed until the text is seen. */
	readonly key: string | null;
	readonly see: string;
};

const wide = { columns: 120, rows: 36 };
const small = { columns: 80, rows: 24 };

const shots: readonly Shot[] = [
	{ name: 'screen-wide', ...wide, site: lab, key: 'j', see: 'offered ED25519' },
	{ name: 'screen-80x24', ...small, site: lab, key: 'j', see: 'offered ED25519' },
	{ name: 'healthy-wide', ...wide, site: healthy, key: 'G', see: 'All five' },
	{ name: 'healthy-80x24', ...small, site: healthy, key: 'G', see: 'All five' },
	{ name: 'one-failure-wide', ...wide, site: oneFails, key: null, see: 'offered ED25519' },
	{ name: 'one-failure-80x24', ...small, site: oneFails, key: null, see: 'offered ED25519' },
	{ name: 'sixty-failures-wide', ...wide, site: sixtyFail, key: null, see: 'Contrast' },
	{ name: 'sixty-failures-80x24', ...small, site: sixtyFail, key: null, see: 'Contrast' },
];

/** The moving picture: a Safe whose host key changed, its evidence, what to do, and the report. */
const story: ReadonlyArray<{ readonly keys: readonly string[]; readonly see: string | RegExp }> = [
	{ keys: ['j', 'j', 'j', 'j'], see: 'offered ED25519' },
	{ keys: ['4'], see: '4 Host key ─ db-primary' },
	{ keys: ['Escape', 'f'], see: '─ Fix ─' },
	{ keys: ['Escape', 'x'], see: '# VaultPAM escalation report' },
];

/** Longer than a sweep of all of them takes. */
const sweepMs = 60_000;
const mostPresses = 20;

const wanted = process.argv.slice(2);
const home = createHome();
for (const { name, columns, rows, site: options, key, see } of shots) {
	if (wanted.length > 0 && !wanted.includes(name)) continue;
	const site = options === null ? null : await startSite(options);
	const run = site === null ? 'demo' : `-i ${site.inventory}`;
	const terminal = openTerminal(`exec ${process.execPath} ${program} ${run}`, columns, rows, {
		...home.environment,
		...(site === null ? {} : { VAULTPAM_TOKEN: site.token }),
		TZ: 'Europe/Warsaw',
	});
	try {
		await terminal.see('swept', sweepMs);
		for (let presses = 0; key !== null && presses < mostPresses && !terminal.screen().includes(see); presses++) {
			terminal.press(key);
			await terminal.see(see, 500).catch(() => {});
		}
		await terminal.see(see);
		writeFileSync(new URL(`${name}.svg`, import.meta.url), pictureOf(terminal.styledScreen(), columns, rows));
		console.log(`docs/${name}.svg`);
	} finally {
		terminal.close();
		await site?.close();
	}
}
if (wanted.length === 0 || wanted.includes('moving')) {
	const terminal = openTerminal(`exec ${process.execPath} ${program} demo`, 100, 30, {
		...home.environment,
		TZ: 'Europe/Warsaw',
	});
	try {
		await terminal.see('swept', sweepMs);
		const captures: string[] = [terminal.styledScreen()];
		for (const { keys, see } of story) {
			terminal.press(...keys);
			await terminal.see(see, 20_000);
			captures.push(terminal.styledScreen());
		}
		writeFileSync(new URL('moving.svg', import.meta.url), movingPictureOf(captures, 100, 30));
		console.log('docs/moving.svg');
	} finally {
		terminal.close();
	}
}
home.remove();
