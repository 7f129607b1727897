import { setTimeout as pause } from 'node:timers/promises';
import type { Soak } from './step.ts';

const answers = ['y', 'y', 'Escape'] as const;

/** Somebody adds a target, goes through with a fix or not, takes one back, or writes the inventory as it was at first. */
export async function editStep({ site, terminal, random, steps }: Soak): Promise<void> {
	const dice = random.below(8);
	if (dice === 0) {
		steps.push('write the inventory as it was at first');
		return site.restoreInventory();
	}
	const type = (text: string) => terminal.tmux('send-keys', '-t', 'test', '-l', text);
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
	const others = random.below(4);
	const value = random.oneOf(['deploy', 'nobody', 'password', 'ssh-key', String(random.oneOf(site.targets).wire.port)]);
	steps.push(`fix ${others} ${value} ${answer}`);
	for (let count = random.below(4); count > 0; count--) terminal.press('j');
	terminal.press('f');
	for (let count = 0; count < others; count++) terminal.press('Tab');
	await pause(200);
	type(value);
	terminal.press('Enter');
	await pause(700);
	terminal.press(answer);
	await pause(300);
}
