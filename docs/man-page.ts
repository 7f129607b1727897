import type { Command } from 'commander';
import { version } from '../source/domain/version.ts';
import { createProgram } from '../source/program.ts';
import { causeTexts } from '../source/runbook/causes.ts';
import { checks } from '../source/runbook/checks.ts';
import { keyGroups, placesOf, shownKeys } from '../source/ui/key-binding.ts';
import { keymap } from '../source/ui/keymap.ts';
import { bold, item, line, paragraph, plain, section, subsection, verbatim } from './roff.ts';

const exitCodes = [
	['0', 'nothing fails'],
	['1', 'something fails'],
	['2', 'could not run: flags, files, permissions'],
	['3', 'nothing fails but something is unknown (with --strict: or untested)'],
	['70', 'a bug'],
] as const;

export const environment = [
	['VPMON_INVENTORY', 'the inventory file, where --inventory names none'],
	['VPMON_RUNTIME_DIR', 'where the ledger of probes is, which all vpmon processes of a host share'],
	['VPMON_SITE_DIR', 'where what all vpmon processes of a host know together is kept'],
	['VPMON_AUDIT_FILE', 'where fixes, imports, added targets and reports leave their lines'],
	['VPMON_EXPORTER_TOKEN', 'what Prometheus has to show to vpmon exporter, where no --token-file says it'],
	['VAULTPAM_TOKEN', "a personal access token, to read VaultPAM's own list of Safes; kept nowhere, shown nowhere"],
	['VAULTPAM_BASE_URL', 'the control plane, where the inventory has no controlPlane.url'],
	['VAULTPAM_ORG_ID', 'the organisation, where it is not the active one'],
	['NO_COLOR', 'no colours: every state has a sign and a word besides'],
] as const;

const files = [
	['~/.config/vpmon/vpmon.yaml', 'the inventory'],
	['/etc/vpmon/vpmon.yaml', 'the inventory of a host'],
	['~/.config/vpmon/preferences.json', 'preferences'],
	['~/.local/state/vpmon/', 'reports, what has happened, what fixes did'],
	['/var/log/vpmon/audit.jsonl', 'what fixes did, where the users of a host share that directory'],
	[
		'/run/vpmon/',
		"the ledger of probes; else $XDG_RUNTIME_DIR/vpmon or a folder of one's own below the temporary directory",
	],
] as const;

/** vpmon(1), from the program's own commands and tables. */
export function manPage(): string {
	const program = createProgram();
	const { commands } = program;
	const help = program.createHelp();
	return [
		`.\\" Written by npm run docs.\n.TH VPMON 1 "" "vpmon ${version}" "User Commands"`,
		section('Name', plain(`vpmon - ${lowerFirst(program.description().replace(/\.$/, ''))}`)),
		section('Synopsis', ...[program, ...commands].map((command) => line(help.commandUsage(command)))),
		section(
			'Description',
			paragraph(
				'Without a command: the screen, which shows the connectors of this site, the Safes (SSH targets) behind them, and for each Safe whether an SSH session would open now; when it would not, which cause is to blame, what proves it and what to do. Without a terminal the same as vpmon check.',
			),
			paragraph(
				'It needs no private key and no password: it asks the target whether it would accept a public key. What it asks is booked, so that no target locks its address out.',
			),
		),
		section('Options', ...optionsOf(program)),
		section('Commands', ...commands.map(commandPart)),
		section(
			'Checks',
			...checks.map(({ number, id, question, passesWhen }) =>
				item(`${number} ${bold(id)}`, `${question} Passes when ${passesWhen}.`),
			),
		),
		section(
			'Causes',
			...Object.entries(causeTexts).map(([cause, { check, headline }]) => item(bold(cause), `${check}: ${headline}`)),
		),
		section('Keys', ...keyGroups.map((group) => subsection(group, ...keysOf(group)))),
		section('Exit status', ...exitCodes.map(([code, meaning]) => item(bold(code), meaning))),
		section('Environment', ...environment.map(([name, meaning]) => item(bold(name), meaning))),
		section('Files', ...files.map(([name, meaning]) => item(bold(name), meaning))),
		section('See also', paragraph('ssh(1), ssh-keyscan(1), docker-logs(1), journalctl(1)')),
		'',
	].join('\n');
}

function commandPart(command: Command): string {
	const help = command.createHelp();
	const given = help
		.visibleArguments(command)
		.map((argument) => item(bold(help.argumentTerm(argument)), help.argumentDescription(argument)));
	return subsection(
		`vpmon ${command.name()}`,
		line(help.commandUsage(command)),
		paragraph(sentence(command.description())),
		...given,
		...optionsOf(command).filter((text) => !text.includes('\\-\\-help')),
		...afterHelp(command)
			.split('\n\n')
			.filter((text) => text.trim() !== '')
			.map((text) => verbatim(text.trim())),
	);
}

function optionsOf(command: Command): string[] {
	const help = command.createHelp();
	return help
		.visibleOptions(command)
		.map((option) => item(bold(help.optionTerm(option)), help.optionDescription(option)));
}

/** What `--help` says below the options. */
function afterHelp(command: Command): string {
	let text = '';
	command.configureOutput({ writeOut: (part) => (text += part) });
	command.outputHelp();
	return text.slice(command.helpInformation().length);
}

function keysOf(group: (typeof keyGroups)[number]): string[] {
	return keymap
		.filter((binding) => binding.group === group)
		.map((binding) => {
			const place = placesOf(binding);
			return item(
				bold(shownKeys(binding.keys)),
				`${binding.title}: ${place === null ? '' : `in ${place}: `}${binding.help}`,
			);
		});
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
