import { cleanLine } from '../domain/clean.ts';
import type { RuntimeEvidence } from '../domain/connector-evidence.ts';
import type { Host, RunOptions, RunResult } from '../hosts/host.ts';
import { type Sentence, unreadable, whatWentWrong } from './what-went-wrong.ts';

const showProperties = [
	'LoadState',
	'LoadError',
	'ActiveState',
	'SubState',
	'Result',
	'NRestarts',
	'ExecMainStatus',
	'ActiveEnterTimestamp',
	'InactiveEnterTimestamp',
];

/** `systemctl show`: the properties of org.freedesktop.systemd1.Unit and .Service. */
export async function probeSystemd(host: Host, unit: string, options: RunOptions): Promise<RuntimeEvidence> {
	const argv = ['systemctl', 'show', `--property=${showProperties.join(',')}`, '--', unit];
	const result = await host.run(argv, options);
	// systemctl has ended with 0 when it could not read the properties of a unit.
	if (result.outcome !== 'done' || !result.stdout.includes('LoadState=')) {
		return unreadable(result, systemdRemedy(result, unit));
	}
	const properties = new Map(
		result.stdout.split('\n').map((line) => {
			const equals = line.indexOf('=');
			return [line.slice(0, equals), cleanLine(line.slice(equals + 1))] as const;
		}),
	);
	const text = (name: string) => properties.get(name) ?? '';
	if (text('LoadState') === 'not-found') {
		return unreadable(result, [
			`there is no unit ${unit} here`,
			'systemctl list-units --all lists the names; correct "unit" in the inventory.',
		]);
	}
	const active = text('ActiveState') === 'active';
	return {
		kind: 'systemd',
		command: result.command,
		loadState: text('LoadState'),
		activeState: text('ActiveState'),
		subState: text('SubState'),
		result: text('Result'),
		restarts: Number(text('NRestarts')) || 0,
		exitStatus: Number(text('ExecMainStatus')) || 0,
		since: momentOf(text(active ? 'ActiveEnterTimestamp' : 'InactiveEnterTimestamp')),
		error: text('LoadError') === '' ? null : text('LoadError'),
	};
}

/** `Sun 2026-11-22 20:47:12 UTC`, systemd.time(7), as ISO 8601; in another zone it stays as it is. */
function momentOf(text: string): string | null {
	const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(text);
	if (match !== null) return `${match[1]}T${match[2]}Z`;
	return text === '' || text === 'n/a' ? null : text;
}

function systemdRemedy(result: RunResult, unit: string): Sentence {
	if (result.outcome === 'not-found')
		return ['systemd is not installed here', 'Run vpmon on the connector host, or set the runtime of this connector.'];
	const said = result.stderr;
	if (/access denied|permission denied|interactive authentication|not authori[sz]ed|not permitted/i.test(said)) {
		return [
			`no permission to ask systemd about ${unit}`,
			[
				'Run vpmon as root, or look by hand with sudo after these two lines in /etc/sudoers.d/vpmon:',
				`USER ALL=(root) NOPASSWD: /usr/bin/systemctl show ${unit}`,
				'and',
				`USER ALL=(root) NOPASSWD: /usr/bin/journalctl -u ${unit} -n 100`,
			].join(' '),
		];
	}
	if (/not been booted with systemd|failed to connect to (?:system |system scope )?bus|host is down/i.test(said)) {
		return ['systemd does not run here', 'Run vpmon on the connector host, or set the runtime of this connector.'];
	}
	return [whatWentWrong(result), 'Run the command yourself to see more.'];
}
