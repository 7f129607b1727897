import { setTimeout as pause } from 'node:timers/promises';
import type { Soak } from './step.ts';

/** Fixes by what they ask for, and what may be answered. */
const questions: ReadonlyArray<readonly [asked: string, values: (port: number) => readonly string[]]> = [
	['The port SSH listens on:', (port) => [String(port)]],
	['The right username:', () => ['deploy', 'nobody', 'admin']],
	['ssh-key or password', () => ['ssh-key', 'password']],
];
const answers = ['y', 'y', 'Escape'] as const;

/** Somebody adds a target, goes through with a fix or not, takes one back, or writes the inventory as it was at first. */
export async function editStep({ site, terminal, random, steps }: Soak): Promise<void> {
	const dice = random.below(8);
	if (dice === 0) {
		steps.push('write the inventory as it was at first');
		return site.restoreInventory();
	}
	const type = (text: string) => terminal.tmux('send-keys', '-t', 'test', '-l', text);
	terminal.resize(120, 36);
	terminal.press('Escape', 'Escape', 'Escape', 'Escape');
	await pause(200);
	if (dice < 3) {
		const { port } = random.oneOf(site.targets).wire;
		const target = `${random.oneOf(['deploy', 'nobody', 'admin'])}@127.0.0.1:${port}`;
		steps.push(`add ${target}`);
		terminal.press('a');
		await pause(100);
		type(target);
		// Without a key, behind the connector that is proposed.
		terminal.press('Tab', 'Tab', 'Enter');
		return void (await pause(500));
	}
	const answer = random.oneOf(answers);
	if (dice < 5) {
		steps.push(`undo ${answer}`);
		terminal.press('u');
		await pause(400);
		return terminal.press(answer);
	}
	const [asked, values] = random.oneOf(questions);
	const value = random.oneOf(values(random.oneOf(site.targets).wire.port));
	// What fails stands first: only that has fixes.
	terminal.press('g', ...Array.from({ length: random.below(3) }, () => 'j'), 'f');
	for (let others = 0; others < 9; others++) {
		await pause(150);
		if (!terminal.screen().includes(asked)) {
			terminal.press('Tab');
			continue;
		}
		steps.push(`fix ${value} ${answer}`);
		type(value);
		terminal.press('Enter');
		await pause(700);
		terminal.press(answer);
		return void (await pause(300));
	}
	steps.push('look at fixes');
}
