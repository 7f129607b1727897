import type { Terminal } from '../helpers/tmux.ts';
import { editStep } from './edit-step.ts';
import type { FaultyContainer } from './faulty-container.ts';
import type { FaultySite } from './faulty-site.ts';
import type { Random } from './random.ts';

export type Soak = {
	readonly site: FaultySite;
	readonly container: FaultyContainer;
	readonly terminal: Terminal;
	readonly random: Random;
	/** What was done so far. */
	readonly steps: string[];
};

// All but those that end it or stop it. What is typed as a host leads nowhere: the soak has a network of its own.
const keys =
	'j k g G h l 1 2 3 4 5 r R x ! / ? : H L z y @ m n N w t & e E [ ] s p Space Enter Escape Tab BTab Up Down Left Right PPage NPage BSpace C-l d o f u a'.split(
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

/** One thing that happens. */
export async function step(soak: Soak): Promise<void> {
	const { site, container, terminal, random, steps } = soak;
	const target = random.oneOf(site.targets);
	const dice = random.below(100);
	const note = (what: string) => steps.push(what);
	if (dice < 51) {
		const pressed = Array.from({ length: 1 + random.below(5) }, () => random.oneOf(keys));
		note(`keys ${pressed.join(' ')}`);
		terminal.press(...pressed);
	} else if (dice < 60) {
		const [columns, rows] = random.oneOf(sizes);
		note(`resize ${columns}x${rows}`);
		terminal.resize(columns, rows);
	} else if (dice < 66) {
		note('kill a server');
		target.kill();
	} else if (dice < 74) {
		note('start a server');
		await target.start();
	} else if (dice < 78) {
		note('cut a wire');
		target.wire.cut();
	} else if (dice < 84) {
		note('mend a wire');
		target.wire.mend();
		target.wire.hangUp();
	} else if (dice < 86) {
		note('rotate the log');
		site.rotate();
	} else if (dice < 91) {
		note(`container: ${await container.disturb(random)}`);
	} else if (dice < 95) {
		await editStep(soak);
	} else {
		const lines = 1 + random.below(random.oneOf([3, 300, 5000]));
		note(`log ${lines} lines`);
		site.log(lines);
	}
}
