import { Argument, Command, CommanderError, Option } from 'commander';
import { shells } from './commands/completion-scripts.ts';
import { formatExamples } from './commands/examples.ts';
import { checkIds } from './domain/check.ts';
import { defaultListen, parseListen } from './domain/listen-address.ts';
import { takeTokens } from './domain/own-tokens.ts';
import { UserError } from './domain/user-error.ts';
import { version } from './domain/version.ts';
import { exitCodes, leaveRemovedDirectory, reportError, watchProcess } from './ending.ts';
import { checkList, count, duration, lineCount, listenAddress, port, seconds, since, timeout } from './flag-values.ts';
import { printable } from './own-words.ts';

const inventoryOption = () =>
	new Option('-i, --inventory <file>', 'inventory file (default: VPMON_INVENTORY, your configuration, /etc/vpmon)');
const connectorOption = (help = 'connector of a target given as user@host:port') =>
	new Option('--connector <docker:NAME|systemd:UNIT>', help);
const targetOptions = (command: Command) =>
	command
		.addOption(inventoryOption())
		.addOption(connectorOption())
		.option('--key <file>', 'public key to ask for, of a target given as user@host:port')
		.option('--host-key <fingerprint>', 'stored host key of a target given as user@host:port');

/** How old what is known may be, and how far a new measurement may go. */
const freshnessOptions = (command: Command, budgetWait: number) =>
	command
		.option('--max-age <time>', 'take what any vpmon of this host measured within that time: 10s, 5m', duration)
		.option('--again', 'measure anew, also past four unfinished connections: r twice of the screen')
		.option('--budget-wait <s>', 'how long to wait for a turn in the probe budget', seconds, budgetWait);

/**
 * The commands and their flags. Every command is loaded when it runs, so that none pays for the others.
 *
 * @param onWords what vpmon itself does with words that are no command; left out, commander refuses them and names the nearest command.
 */
export function createProgram(onWords?: (words: readonly string[]) => Promise<void>): Command {
	const program = new Command('vpmon')
		.description("Why a VaultPAM SSH session fails to launch: connectors, Safes and the runbook's five checks, live.")
		.version(version, '-v, --version')
		.addOption(new Option('-V').hideHelp())
		.on('option:V', () => {
			process.stdout.write(`${version}\n`);
			throw new CommanderError(0, 'commander.version', version);
		})
		// Long flags leave less than commander's 40 columns for their description on a terminal of 80: wrap it all the same.
		.configureHelp({ minWidthToWrap: 24 })
		.configureOutput({ writeErr: (text) => process.stderr.write(printable(text)) })
		.addOption(inventoryOption())
		.option('--ascii', 'draw with ASCII characters only')
		.option('--mask', 'hide names, addresses, users and host keys on the screen from its first frame on')
		.option('--no-mask', 'show them, although settings of the inventory say mask: true')
		.option('--read-only', 'change nothing: no fixes, no added targets, no init, no import')
		.showHelpAfterError('Run vpmon --help for all commands and flags.')
		.enablePositionalOptions()
		.exitOverride();
	if (onWords !== undefined)
		program
			.allowExcessArguments()
			.action(async (options, { args }) =>
				args.length > 0 ? onWords(args) : (await import('./commands/monitor.ts')).monitor(options),
			);

	freshnessOptions(
		targetOptions(
			program.command('check').argument('[safe...]', 'names of Safes, or one user@host:port without an inventory'),
		),
		60,
	)
		.description('one sweep, printed as a table or as JSON')
		.option('--json', 'print JSON alone to stdout')
		.option('--only <check,...>', `measure these rows only: ${checkIds.join(', ')}`, checkList)
		.option(
			'--timeout <s>',
			'for each row, twice that for all of a Safe (default: rowTimeout of the inventory, 5)',
			timeout,
		)
		.option('--concurrency <n>', 'targets measured side by side', count, 32)
		.option('--new', 'say nothing and exit with 0 unless a Safe began to fail since the last run with --new')
		.option('--strict', 'exit with 3 also when something is untested')
		.option('--mask', 'print pseudonyms in place of names')
		.option('--no-mask', 'print names, although settings of the inventory say mask: true')
		.addHelpText(
			'after',
			'\nExit codes: 0 nothing fails, 1 something fails, 2 could not run,\n3 nothing fails but something is unknown.',
		)
		.action(async (safes, options, command) =>
			(await import('./commands/check.ts')).check(safes, withGlobals(options, command)),
		);

	freshnessOptions(
		targetOptions(
			program.command('report').argument('<safe...>', 'names of Safes, or one user@host:port without an inventory'),
		),
		5,
	)
		.description('measure Safes and write one escalation report about them')
		.option(
			'--out <directory>',
			'where to write it, made if missing; - prints it (default: reports/ in the state directory)',
		)
		.option('--mask', 'mask the Safes themselves too')
		.option('--no-mask', 'mask sensitive Safes alone; asks first, and never goes with a sensitive Safe')
		.option('--yes', 'the answer to what --no-mask asks')
		.option('--error <text>', 'the exact error message of the session banner')
		.addOption(new Option('--format <format>', 'how to write it').choices(['md', 'json']).default('md'))
		.addHelpText(
			'after',
			"\nWithout --mask and --no-mask the Safes of the report are named, as support needs\nthem, and all others that the log speaks of are masked. A sensitive Safe's\nreport is masked whole. Secrets are removed in any case. Exit codes: 0 written,\n2 not written.",
		)
		.action(async (safes, options, command) =>
			(await import('./commands/report.ts')).report(safes, withGlobals(options, command)),
		);

	program
		.command('logs')
		.argument('[connector]', 'name of a connector; not needed where there is one')
		.addOption(inventoryOption())
		.addOption(connectorOption('read the log of this one, without an inventory'))
		.description("a connector's log, the same source as the screen's")
		.option('-n, --lines <n>', 'so many of the last lines (default: 100; with --since all)', lineCount)
		.option('-f, --follow', 'go on with what comes, also after the connector was restarted')
		.option('--since <time>', 'from then on: 10m, 2h, 3d or an ISO time', since)
		.option('--mask', 'print pseudonyms in place of names')
		.option('--no-mask', 'print names, although settings of the inventory say mask: true')
		.addHelpText(
			'after',
			'\nLines go to stdout with their time, without secrets and control sequences; what\nvpmon has to say goes to stderr. Exit codes: 0 read, 2 cannot be read.',
		)
		.action(async (connector, options, command) =>
			(await import('./commands/logs.ts')).logs(connector, withGlobals(options, command)),
		);

	freshnessOptions(
		program
			.command('fix')
			.argument('[safe]', 'name of a Safe')
			.argument('[fix-id]', 'which fix (default: the one for what fails)')
			.addOption(inventoryOption()),
		60,
	)
		.description('what the runbook says to do about a Safe: previewed, confirmed, measured again')
		.option('--list', 'list all fixes and what each of them does')
		.option('--dry-run', 'show what would be done, and do nothing')
		.option('--yes', 'the answer to what it asks')
		.option('--undo', 'take back the last change that a fix made in the inventory')
		.option('--username <name>', 'for correct-username')
		.option('--port <n>', 'for correct-port', port)
		.addOption(
			new Option('--credential <type>', 'for correct-credential-type').choices(['ssh-key', 'password'] as const),
		)
		.option('--key <file>', 'public key file or line, for attach-key')
		.option('--fingerprint <text>', 'what ssh-keygen -lf printed on the target, for reset-host-key; - reads it')
		.option('--unseen <safe>', 'take a host key that nobody compared; the name of the Safe, typed again')
		.addHelpText(
			'after',
			'\nNothing changes without a preview and a yes. Changes are made in the inventory,\nwhich is our copy: what stands in VaultPAM is changed there first, as step by\nstep shown. Commands run on the connector host. Each fix leaves a line in the\naudit file (VPMON_AUDIT_FILE). Exit codes: 0 it passes now, or there was nothing\nto do; 1 it still fails; 2 nothing was changed; 3 the rest is unknown.',
		)
		.action(async (safe, id, options, command) =>
			(await import('./commands/fix.ts')).fix(safe, id, withGlobals(options, command)),
		);

	program
		.command('init')
		.addOption(inventoryOption())
		.option('--dry-run', 'print it, and write nothing')
		.option('--yes', 'write it without a question')
		.description('write a first inventory from what this host shows')
		.addHelpText(
			'after',
			'\nLooks at containers and units named like the connector, ~/.ssh/config and\nknown_hosts; connects to nothing and overwrites nothing. Without a terminal it\nasks nothing.',
		)
		.action(async (options, command) => (await import('./commands/init.ts')).init(withGlobals(options, command)));

	program
		.command('import')
		.argument('<file>', 'CSV file with a header line, or - for standard input')
		.addOption(inventoryOption())
		.option(
			'--connector <connector>',
			'of Safes whose line names none: one of the inventory, or a new docker:NAME|systemd:UNIT',
		)
		.option('--map <cell=column,...>', 'which column a cell of the first line is: Rechner=host,Benutzer=username')
		.option('--dry-run', 'say what would change, and write nothing')
		.description('take Safes from a CSV file into the inventory; deletes nothing')
		.addHelpText(
			'after',
			'\nColumns: name, host, username; and, where there are: port, connector, credential\n(ssh-key or password), public key, host key, id, sensitive, exempt. Their usual\nother names are known too. An empty cell changes nothing. Exit codes: 0 all\nlines taken, 1 some are bad and were left out, 2 nothing could be read or\nwritten.',
		)
		.action(async (file, options, command) =>
			(await import('./commands/import.ts')).importSafes(file, withGlobals(options, command)),
		);

	program
		.command('history')
		.argument('[safe]', 'name of a Safe; left out: of all')
		.addOption(inventoryOption())
		.description('what changed in the last 30 days, as the screen or the exporter saw it')
		.option('--since <time>', 'from then on: 10m, 2h, 3d or an ISO time', since)
		.option('--json', 'print JSON alone to stdout')
		.addHelpText('after', '\nMeasures nothing. Exit codes: 0 told, 2 nothing is kept or no such Safe.')
		.action(async (safe, options, command) =>
			(await import('./commands/history.ts')).history(safe, withGlobals(options, command)),
		);

	program
		.command('memory')
		.addOption(inventoryOption())
		.option('--forget <safe>', 'remove all that is kept of this Safe and its target')
		.option('--json', 'print JSON alone to stdout')
		.description('what the vpmon programs of this host know together: where, by whom, since when')
		.addHelpText(
			'after',
			'\nMeasures nothing. What --forget removes is measured again with the next sweep;\nanother Safe of the same target loses nothing but that measurement. Exit codes:\n0 told or forgotten, 2 no such Safe, or the file cannot be written.',
		)
		.action(async (options, command) => (await import('./commands/memory.ts')).memory(withGlobals(options, command)));

	program
		.command('explain')
		.argument('[text...]', 'the error text of a session, or - for standard input')
		.description('what an error text stands for: its row of the runbook, likely causes, what to do')
		.option('--json', 'print JSON alone to stdout')
		.addHelpText(
			'after',
			"\nKnows the runbook's messages and what OpenSSH (client and server log), Go, ssh2\nand PuTTY say. Exit codes: 0 known, 2 no text, 3 not one of the runbook's\nmessages.",
		)
		.action(async (text, options, command) =>
			(await import('./commands/explain.ts')).explain(text, withGlobals(options, command)),
		);

	program
		.command('exporter')
		.addOption(inventoryOption())
		.addOption(
			new Option('--listen <host:port>', 'where Prometheus asks; :9466 is all addresses')
				.argParser(listenAddress)
				.default(parseListen(defaultListen), defaultListen),
		)
		.option('--mask', 'call Safes and what they share by pseudonyms')
		.option('--token-file <file>', 'bearer token that who asks has to have (or in VPMON_EXPORTER_TOKEN)')
		.option('--tls-cert <file>', 'certificate (PEM), with --tls-key; read again when it is renewed')
		.option('--tls-key <file>', 'its key (PEM)')
		.description('metrics for Prometheus: /metrics and /healthz')
		.addHelpText(
			'after',
			'\nMeasures in the background as the screen does, within the same probe budget; to\nbe asked costs no probe. docs/prometheus holds rules for alerts, a dashboard and\na unit for systemd. SIGTERM ends it. Exit codes: 0 ended by a signal, 2 could\nnot run.',
		)
		.action(async (options, command) =>
			(await import('./commands/exporter.ts')).exporter(withGlobals(options, command)),
		);

	program
		.command('demo')
		.description('the built-in lab: real SSH servers on loopback, one for each cause')
		.option('--ascii', 'draw with ASCII characters only')
		.option('--mask', 'hide names and addresses on the screen from its first frame on')
		.action(async (options, command) => (await import('./commands/demo.ts')).demo(withGlobals(options, command)));

	program
		.command('completion')
		.addArgument(new Argument('<shell>', 'of which shell').choices(shells))
		.argument('[words...]', 'typed so far, after a --: prints what the last of them may become')
		.description('print what a shell loads to complete commands, flags and names')
		.addHelpText(
			'after',
			'\nbash: source <(vpmon completion bash)\nzsh:  source <(vpmon completion zsh), after compinit\nfish: vpmon completion fish | source\nNames of Safes and connectors come from the inventory file; nothing is measured.',
		)
		.action(async (shell, words) => (await import('./commands/completion.ts')).completion(shell, words, program));

	program
		.command('help')
		.argument('[command]', 'of which command')
		.description('this, or the help of one command')
		.action(async (name?: string) => {
			const asked = name === undefined ? program : program.commands.find((command) => command.name() === name);
			if (asked === undefined) await refuseWords([name ?? '']);
			else asked.help();
		});

	for (const command of [program, ...program.commands]) {
		command.exitOverride();
		const text = formatExamples(command === program ? '' : command.name());
		if (text !== '') command.addHelpText('after', `\n${text}`);
	}
	return program;
}

function withGlobals<Options extends object>(options: Options, command: Command): Options {
	return { ...command.optsWithGlobals(), ...options };
}

/** Commander has an answer to an unknown command only where vpmon without a command does nothing. */
async function refuseWords([first = '']: readonly string[]): Promise<void> {
	if (first.includes('@'))
		throw new UserError(`vpmon itself takes no target.`, `Its five checks: vpmon check ${first}`);
	await createProgram().parseAsync([first], { from: 'user' });
}

/** Runs the command line; the only catch. */
export async function main(argv: readonly string[]): Promise<void> {
	watchProcess();
	takeTokens();
	leaveRemovedDirectory();
	try {
		await createProgram(refuseWords).parseAsync(argv);
	} catch (error) {
		if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.couldNotRun;
		else reportError(error);
	}
}
