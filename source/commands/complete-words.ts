import type { Argument, Command, Option } from 'commander';
import { checkIds } from '../domain/check.ts';
import { fixes } from '../runbook/fixes.ts';

/** What may stand where a person pressed Tab. */
export type Completion =
	| { readonly kind: 'files' | 'directories' }
	/** Whole words that begin as the typed one. `goesOn`: none of them need be the end of its word. */
	| { readonly kind: 'words'; readonly words: readonly Candidate[]; readonly goesOn: boolean };
export type Candidate = { readonly value: string; readonly help: string };
/** Names in an inventory. */
export type Names = { readonly safes: readonly string[]; readonly connectors: readonly string[] };
/** `docker:NAME` and `systemd:UNIT` of this host. */
export type RuntimeNames = () => readonly string[];

/** How far the words before the last have got. */
type Place = { command: Command; given: string[]; options: Map<Option, string | null>; isPastOptions: boolean };
type Asked = {
	readonly typed: string;
	readonly given: readonly string[];
	readonly names: () => Names;
	readonly runtimes: RuntimeNames;
};

/**
 * What the last word may become, by the program's own commands, flags and arguments.
 *
 * @param words after the program's name; the last one is what is typed of it so far, perhaps nothing.
 * @param namesIn the names in the inventory of that flag; asked only where a name is wanted.
 * @param runtimes the containers and units of this host; asked only behind `docker:` and `systemd:`.
 */
export function completeWords(
	program: Command,
	words: readonly string[],
	namesIn: (inventory: string | undefined) => Names,
	runtimes: RuntimeNames = () => [],
): Completion {
	const typed = words.at(-1) ?? '';
	const { place, waiting } = follow(program, words.slice(0, -1));
	const names = () => namesIn([...place.options].find(([{ long }]) => long === '--inventory')?.[1] ?? undefined);
	const ask = (text: string): Asked => ({ typed: text, given: place.given, names, runtimes });
	if (waiting !== null) return completeValue(waiting, ask(typed));
	const [, flag = '', text = ''] = /^(--[^=]+)=(.*)$/.exec(typed) ?? [];
	const assigned = flag === '' || place.isPastOptions ? undefined : optionOf(place.command, flag);
	if (assigned !== undefined) return prefixed(`${flag}=`, completeValue(assigned, ask(text)));
	if (typed.startsWith('-') && !place.isPastOptions) return completeFlag(place, typed);
	const { command, given } = place;
	if (command.commands.length > 0 && given.length === 0) return completeCommand(command, typed);
	const argument = command.registeredArguments[given.length] ?? command.registeredArguments.at(-1);
	if (argument === undefined || (given.length >= command.registeredArguments.length && !argument.variadic)) return none;
	return completeValue(argument, ask(typed));
}

const none: Completion = { kind: 'words', words: [], goesOn: false };

function follow(program: Command, words: readonly string[]): { place: Place; waiting: Option | null } {
	const place: Place = { command: program, given: [], options: new Map(), isPastOptions: false };
	let waiting: Option | null = null;
	for (const word of words) {
		if (waiting !== null) {
			place.options.set(waiting, word);
			waiting = null;
		} else if (word === '--' && !place.isPastOptions) place.isPastOptions = true;
		else if (word.startsWith('-') && word !== '-' && !place.isPastOptions) waiting = takeOption(place, word);
		else takeOperand(place, word);
	}
	return { place, waiting };
}

/** @returns the option when its value is still to come. */
function takeOption(place: Place, word: string): Option | null {
	const [flag = '', value] = word.split(/=(.*)/s);
	const option = optionOf(place.command, flag);
	if (option === undefined) return null;
	place.options.set(option, value ?? null);
	return option.required && value === undefined ? option : null;
}

function takeOperand(place: Place, word: string): void {
	const { command, given } = place;
	const next = given.length === 0 ? command.commands.find((candidate) => candidate.name() === word) : undefined;
	if (next === undefined) given.push(word);
	else place.command = next;
}

function optionOf({ options }: Command, flag: string): Option | undefined {
	return options.find(({ long, short }) => long === flag || short === flag);
}

function completeFlag({ command, options }: Place, typed: string): Completion {
	const flags = command.createHelp().visibleOptions(command);
	const free = flags.filter((option) => !options.has(option));
	return among(
		free.map(({ long, short, description }) => ({ value: long ?? short ?? '', help: description })),
		typed,
	);
}

function completeCommand(program: Command, typed: string): Completion {
	const commands = program.createHelp().visibleCommands(program);
	return among(
		commands.map((command) => ({ value: command.name(), help: command.description() })),
		typed,
	);
}

/** By what the help calls the value: `<file>`, `[safe...]`. */
function completeValue(wanted: Option | Argument, { typed, given, names, runtimes }: Asked): Completion {
	const choices = wanted.argChoices;
	if (choices !== undefined) return amongNames(choices, typed);
	const called = 'flags' in wanted ? (/[<[](.+?)[>\]]/.exec(wanted.flags)?.[1] ?? '') : wanted.name();
	switch (called) {
		case 'file':
			return { kind: 'files' };
		case 'directory':
			return { kind: 'directories' };
		case 'safe':
			return amongNames(
				names().safes.filter((name) => !given.includes(name)),
				typed,
			);
		case 'connector':
			return amongNames(names().connectors, typed);
		case 'command':
			return none;
		case 'fix-id':
			return among(
				fixes.map(({ id, title }) => ({ value: id, help: title })),
				typed,
			);
		case 'check,...': {
			const before = typed.slice(0, typed.lastIndexOf(',') + 1);
			const taken = before.split(',');
			const free = checkIds.filter((id) => !taken.includes(id));
			return goingOn(prefixed(before, amongNames(free, typed.slice(before.length))));
		}
		case 'docker:NAME|systemd:UNIT':
			if (/^(?:docker|systemd):/.test(typed)) return amongNames(runtimes(), typed);
			return goingOn(amongNames(['docker:', 'systemd:'], typed));
		default:
			return none;
	}
}

function among(candidates: readonly Candidate[], typed: string): Completion {
	return { kind: 'words', words: candidates.filter(({ value }) => value.startsWith(typed)), goesOn: false };
}

function amongNames(names: readonly string[], typed: string): Completion {
	return among(
		names.map((value) => ({ value, help: '' })),
		typed,
	);
}

function goingOn(completion: Completion): Completion {
	return completion.kind === 'words' ? { ...completion, goesOn: true } : completion;
}

function prefixed(prefix: string, completion: Completion): Completion {
	if (completion.kind !== 'words') return completion;
	const words = completion.words.map(({ value, help }) => ({ value: prefix + value, help }));
	return { ...completion, words };
}
