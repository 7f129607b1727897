import * as v from 'valibot';
import { cleanLine } from '../domain/clean.ts';
import type { RuntimeEvidence } from '../domain/evidence.ts';
import type { Connector } from '../domain/inventory.ts';
import { parseJson } from '../domain/json.ts';
import type { Host, RunOptions, RunResult } from '../hosts/host.ts';

/** Asks the runtime of a connector how it is: `docker inspect` or `systemctl show`, on the connector's host. */
export async function probeRuntime(host: Host, connector: Connector, options: RunOptions): Promise<RuntimeEvidence> {
	if (connector.runtime === 'docker') return probeDocker(host, connector.container ?? '', options);
	if (connector.runtime === 'systemd') return probeSystemd(host, connector.unit ?? '', options);
	return { kind: 'none' };
}

const inspected = v.object({
	State: v.object({
		Status: v.string(),
		ExitCode: v.optional(v.number(), 0),
		OOMKilled: v.optional(v.boolean(), false),
		Restarting: v.optional(v.boolean(), false),
		StartedAt: v.optional(v.string()),
		Health: v.optional(v.nullable(v.object({ Status: v.string() }))),
	}),
	RestartCount: v.optional(v.number(), 0),
	Mounts: v.optional(
		v.nullable(
			v.array(
				v.object({
					Type: v.string(),
					Destination: v.string(),
					Source: v.optional(v.string()),
				}),
			),
		),
	),
	Config: v.optional(v.object({ Env: v.optional(v.nullable(v.array(v.string()))) })),
});

async function probeDocker(host: Host, container: string, options: RunOptions): Promise<RuntimeEvidence> {
	const result = await host.run(
		['docker', 'inspect', '--type', 'container', '--format', '{{json .}}', '--', container],
		options,
	);
	if (result.outcome !== 'done') return unreadable(result, dockerRemedy(result, container));
	const parsed = v.safeParse(inspected, parseJson(result.stdout));
	if (!parsed.success) {
		return unreadable(result, [
			'docker inspect printed something vpmon does not know',
			'Compare its output with docker 20.10 or later.',
		]);
	}
	const { State: state, RestartCount, Mounts, Config } = parsed.output;
	const identityAt = identityDirectory(Config?.Env ?? []);
	const mount = (Mounts ?? []).find(({ Destination }) => Destination === identityAt);
	return {
		kind: 'docker',
		command: result.command,
		state: cleanLine(state.Status),
		health: state.Health?.Status ?? null,
		exitCode: state.ExitCode,
		oomKilled: state.OOMKilled,
		restarting: state.Restarting,
		restartCount: RestartCount,
		// Docker writes the year 1 for a container that never started.
		startedAt: state.StartedAt?.startsWith('0001') ? null : (state.StartedAt ?? null),
		identityMount: mount === undefined ? null : cleanLine(`${mount.Type} on ${identityAt}`),
	};
}

/** The connector's durable data directory (VaultPAM: PAM_AGENT_DATA_DIR, /data in the image). */
function identityDirectory(environment: readonly string[]): string {
	const set = environment.find((entry) => entry.startsWith('PAM_AGENT_DATA_DIR='));
	return set?.slice('PAM_AGENT_DATA_DIR='.length) || '/data';
}

type Sentence = readonly [reason: string, remedy: string];

function dockerRemedy(result: RunResult, container: string): Sentence {
	if (result.outcome === 'not-found')
		return ['docker is not installed here', 'Run vpmon on the connector host, or set the runtime of this connector.'];
	const said = result.stderr;
	if (/permission denied/i.test(said)) {
		return [
			'no permission on the docker socket',
			'Add yourself to the group docker (usermod -aG docker USER), or run vpmon with sudo.',
		];
	}
	if (/no such (?:object|container)/i.test(said)) {
		return [
			`there is no container named ${container}`,
			'docker ps -a lists the names; correct "container" in the inventory.',
		];
	}
	if (/cannot connect|is the docker daemon running|failed to connect|no such file/i.test(said)) {
		return ['the docker engine does not answer', 'systemctl status docker; then start it.'];
	}
	return [whatWentWrong(result), 'Run the command yourself to see more.'];
}

const showProperties = [
	'LoadState',
	'ActiveState',
	'SubState',
	'Result',
	'NRestarts',
	'ExecMainStatus',
	'ActiveEnterTimestamp',
	'InactiveEnterTimestamp',
];

async function probeSystemd(host: Host, unit: string, options: RunOptions): Promise<RuntimeEvidence> {
	const argv = ['systemctl', 'show', `--property=${showProperties.join(',')}`, '--', unit];
	const result = await host.run(argv, options);
	if (result.outcome !== 'done') return unreadable(result, systemdRemedy(result));
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
		since: text(active ? 'ActiveEnterTimestamp' : 'InactiveEnterTimestamp') || null,
	};
}

function systemdRemedy(result: RunResult): Sentence {
	if (result.outcome === 'not-found')
		return ['systemd is not installed here', 'Run vpmon on the connector host, or set the runtime of this connector.'];
	if (/not been booted with systemd|failed to connect to (?:system )?bus/i.test(result.stderr)) {
		return ['systemd does not run here', 'Run vpmon on the connector host, or set the runtime of this connector.'];
	}
	return [whatWentWrong(result), 'Run the command yourself to see more.'];
}

function whatWentWrong(result: RunResult): string {
	const [program = 'the command'] = result.command.split(' ');
	if (result.outcome === 'timeout') return `${program} did not answer within ${Math.round(result.durationMs)} ms`;
	if (result.outcome === 'cancelled') return `${program} was interrupted`;
	const lastLine = cleanLine(result.stderr.trim().split('\n').at(-1) ?? '').slice(0, 200);
	return lastLine === '' ? `${program} ended with exit code ${result.exitCode ?? 'none'}` : lastLine;
}

function unreadable(result: RunResult, [reason, remedy]: Sentence): RuntimeEvidence {
	return { kind: 'unreadable', command: result.command, reason, remedy };
}
