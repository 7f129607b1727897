import { writeFileSync } from 'node:fs';
import { createHome } from '../test/helpers/cli.ts';
import { openTerminal } from '../test/helpers/tmux.ts';
import { pictureOf } from './picture.ts';

// npm run screenshots: the README's pictures, made from the real program on its own lab in a real terminal. Look at them before you commit.
const program = new URL('../dist/cli.js', import.meta.url).pathname;

type Shot = {
	readonly name: string;
	readonly columns: number;
	readonly rows: number;
	readonly keys: readonly string[];
	readonly see: string;
};

const shots: readonly Shot[] = [
	{ name: 'screen-wide', columns: 120, rows: 36, keys: ['j', 'j', 'j', 'j'], see: 'offered ED25519' },
	{ name: 'screen-80x24', columns: 80, rows: 24, keys: ['j', 'j', 'j', 'j'], see: 'offered ED25519' },
];

const home = createHome();
for (const { name, columns, rows, keys, see } of shots) {
	const terminal = openTerminal(`exec ${process.execPath} ${program} demo`, columns, rows, {
		...home.environment,
		TZ: 'Europe/Warsaw',
	});
	try {
		await terminal.see('swept');
		for (const key of keys) terminal.press(key);
		await terminal.see(see);
		writeFileSync(new URL(`${name}.svg`, import.meta.url), pictureOf(terminal.styledScreen(), columns, rows));
		console.log(`docs/${name}.svg`);
	} finally {
		terminal.close();
	}
}
home.remove();
