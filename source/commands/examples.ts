/** What `--help` and the man page show of each command: a command line, and what it is for. Of vpmon itself under the empty name. */
export const examples: Readonly<Record<string, ReadonlyArray<readonly [line: string, what: string]>>> = {
	'': [
		['vpmon', 'the screen: which Safes fail, why, what to press'],
		['vpmon demo', 'the same on a built-in lab, nothing to set up'],
		['vpmon init', 'write a first inventory from what this host shows'],
		['vpmon check db-primary', 'the five checks of one Safe, as text'],
	],
	check: [
		['vpmon check', 'all Safes of the inventory, as a table'],
		['vpmon check db-primary --json', 'one Safe, for a script'],
		['vpmon check root@10.0.3.7 --key deploy.pub', 'a target that is in no inventory'],
		['vpmon check --new', 'for cron: says nothing unless something began to fail'],
	],
	report: [
		['vpmon report db-primary', 'one file for a ticket'],
		['vpmon report db-primary --mask --out -', 'with pseudonyms, to the terminal'],
		['vpmon report app-01 app-02 --out /tmp/case-4711', 'one report about two Safes'],
	],
	logs: [
		['vpmon logs -n 200', 'the last 200 lines of the only connector'],
		['vpmon logs dc1 --since 2h', 'what one connector said in two hours'],
		['vpmon logs dc1 -f', 'go on with what comes'],
	],
	fix: [
		['vpmon fix db-primary --dry-run', 'see what would be done'],
		['vpmon fix db-primary', 'do it, after a preview and a yes'],
		['vpmon fix db-primary reset-host-key --fingerprint SHA256:…', 'take a host key that was compared'],
		['vpmon fix --undo', 'take the last change back'],
	],
	init: [
		['vpmon init --dry-run', 'see what it would write'],
		['vpmon init -i ./vpmon.yaml', 'write it there'],
	],
	import: [
		['vpmon import safes.csv --dry-run', 'see what would change'],
		['vpmon import safes.csv --connector docker:vaultpam-connector', 'all of them behind this connector'],
	],
	history: [
		['vpmon history --since 24h', 'what changed since yesterday'],
		['vpmon history db-primary', 'what changed at one Safe'],
	],
	memory: [
		['vpmon memory', 'what all programs of this host know together'],
		['vpmon memory --forget db-primary', 'have it measured anew'],
	],
	explain: [
		["vpmon explain 'Permission denied (publickey).'", 'what that text stands for'],
		['ssh db1 2>&1 | vpmon explain -', 'the same of what a program prints'],
	],
	exporter: [
		['vpmon exporter', 'metrics at http://127.0.0.1:9466/metrics'],
		['vpmon exporter --listen :9466 --token-file /etc/vpmon/token', 'for a Prometheus on another host'],
	],
	demo: [
		['vpmon demo', 'the screen on five Safes, each of which fails another way'],
		['vpmon demo | cat', 'the same as text'],
	],
	completion: [
		['source <(vpmon completion bash)', 'bash, for this session'],
		['vpmon completion fish > ~/.config/fish/completions/vpmon.fish', 'fish, for good'],
	],
};

const widest = 78; // Columns of a line of help.

/** The examples of a command as `--help` prints them; the explanation below a line that leaves no room beside it. */
export function formatExamples(command: string): string {
	const known = examples[command] ?? [];
	const width = Math.max(...known.map(([line]) => line.length));
	const fits = known.every(([, what]) => 2 + width + 2 + what.length <= widest);
	const lines = known.map(([line, what]) => (fits ? `  ${line.padEnd(width)}  ${what}` : `  ${line}\n      ${what}`));
	return known.length === 0 ? '' : ['Examples:', ...lines].join('\n');
}
