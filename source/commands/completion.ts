import { homedir } from 'node:os';
import type { Command } from 'commander';
import type { Inventory } from '../domain/inventory.ts';
import { loadInventory } from '../inventory/file.ts';
import { findInventory } from '../inventory/find.ts';
import { configDirectory, systemInventory } from '../storage/directories.ts';
import { type Candidate, completeWords, type Names } from './complete-words.ts';
import { completionScripts, type Shell } from './completion-scripts.ts';

/** `vpmon completion`: what a shell loads to complete commands, flags and names; with words, what the last of them may become. */
export async function completion(shell: Shell, words: readonly string[], program: Command): Promise<void> {
	process.stdout.write(words.length === 0 ? completionScripts[shell] : await answer(shell, words, program));
}

async function answer(shell: Shell, words: readonly string[], program: Command): Promise<string> {
	const whole = shell === 'bash' ? joinBroken(words) : words;
	let asked: Inventory | null = null;
	let mask = (name: string) => name;
	const namesIn = (flag: string | undefined): Names => {
		asked = inventoryOf(flag);
		const { safes = [], connectors = [] } = asked ?? {};
		return { safes: safes.map(({ name }) => mask(name)), connectors: connectors.map(({ name }) => name) };
	};
	let runtimes: readonly string[] = [];
	let isRuntimeAsked = false;
	const runtimesOf = () => {
		isRuntimeAsked = true;
		return runtimes;
	};
	let found = completeWords(program, whole, namesIn, runtimesOf);
	if (isRuntimeAsked) {
		runtimes = await localRuntimes();
		found = completeWords(program, whole, namesIn, runtimesOf);
	}
	// Only what an inventory says tells whether it masks, and only some words ask for one.
	const inventory = asked as Inventory | null;
	if (inventory?.settings.mask) {
		const { inventoryMask } = await import('./output-mask.ts');
		mask = await inventoryMask(inventory);
		found = completeWords(program, whole, namesIn, runtimesOf);
	}
	if (found.kind !== 'words') return `:${found.kind}\n`;
	const lines = found.words.map(lineFor[shell](whole.at(-1) ?? ''));
	return [...(found.goesOn ? [':open'] : []), ...lines].map((line) => `${line}\n`).join('');
}

/** An engine that hangs must not hold the shell. */
const askRuntimesMs = 1000;

async function localRuntimes(): Promise<readonly string[]> {
	const [{ createLocalHost }, { listContainers, listUnits }] = await Promise.all([
		import('../hosts/local-host.ts'),
		import('../inventory/list-runtimes.ts'),
	]);
	const host = createLocalHost();
	try {
		const options = { timeoutMs: askRuntimesMs };
		const [containers, units] = await Promise.all([listContainers(host, options), listUnits(host, options)]);
		return [
			...containers.items.map(({ name }) => `docker:${name}`),
			...units.items.map((unit) => `systemd:${unit.replace(/\.service$/, '')}`),
		];
	} finally {
		await host.dispose();
	}
}

const firstSentence = (help: string) => help.split(/ \(|[;:] /)[0]?.trim() ?? '';

const lineFor: Readonly<Record<Shell, (typed: string) => (candidate: Candidate) => string>> = {
	// It puts in the place of what follows the last of its word breaks.
	bash: (typed) => {
		const kept = /^.*[:=@]/.exec(typed)?.[0].length ?? 0;
		return ({ value }) => value.slice(kept);
	},
	zsh: () => (candidate) => {
		const value = candidate.value.replace(/[\\:]/g, '\\$&');
		return candidate.help === '' ? value : `${value}:${firstSentence(candidate.help)}`;
	},
	fish:
		() =>
		({ value, help }) =>
			`${value}\t${firstSentence(help)}`,
};

/** Bash hands `docker:x` over as three words; an argument that is nothing but such a sign is none. */
export function joinBroken(words: readonly string[]): string[] {
	const joined: string[] = [];
	let glue = false;
	for (const word of words) {
		const isBreak = /^[:=@]+$/.test(word);
		if (joined.length > 0 && (isBreak || glue)) joined.push((joined.pop() ?? '') + word);
		else joined.push(word);
		glue = isBreak;
	}
	return joined;
}

/** Reads the file and asks nobody. Where that does not work there are no names: a Tab is no place for an error. */
function inventoryOf(flag: string | undefined): Inventory | null {
	try {
		return loadInventory(findInventory(flag?.replace(/^~(?=\/)/, homedir()), configDirectory, systemInventory));
	} catch {
		return null;
	}
}
