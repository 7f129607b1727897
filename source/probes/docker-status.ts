import * as v from 'valibot';
import { cleanLine } from '../domain/clean.ts';
import type { IdentityStorage, RuntimeEvidence } from '../domain/connector-evidence.ts';
import { parseJson } from '../domain/json.ts';
import type { Host, RunOptions, RunResult } from '../hosts/host.ts';
import { cleanForeign } from '../redact/secrets/secret-lines.ts';
import { lookInto } from './identity-storage.ts';
import { type Sentence, unreadable, whatWentWrong } from './what-went-wrong.ts';

const health = v.optional(v.nullable(v.object({ Status: v.optional(v.string(), '') })));

/** What is read of `docker inspect` (Engine API, ContainerInspect); podman's differs in the name of the health check before 4.0. */
const inspected = v.object({
	State: v.object({
		Status: v.string(),
		ExitCode: v.optional(v.number(), 0),
		OOMKilled: v.optional(v.boolean(), false),
		Restarting: v.optional(v.boolean(), false),
		Pid: v.optional(v.number(), 0),
		StartedAt: v.optional(v.string()),
		FinishedAt: v.optional(v.string()),
		Error: v.optional(v.string(), ''),
		Health: health,
		Healthcheck: health,
	}),
	RestartCount: v.optional(v.number(), 0),
	Mounts: v.optional(
		v.nullable(
			v.array(
				v.object({
					Type: v.string(),
					Destination: v.string(),
					Name: v.optional(v.string()),
					Source: v.optional(v.string()),
				}),
			),
		),
	),
	Config: v.optional(v.object({ Env: v.optional(v.nullable(v.array(v.string()))) })),
	HostConfig: v.optional(v.object({ NetworkMode: v.optional(v.string()) })),
});

type Inspected = v.InferOutput<typeof inspected>;

/** What prints it: both engines print a list, podman also where a format asks for one of it. */
const printed = v.union([
	inspected,
	v.pipe(
		v.tuple([inspected]),
		v.transform(([only]) => only),
	),
]);

/** `docker inspect`, or podman's of the same form. */
export async function probeDocker(host: Host, container: string, options: RunOptions): Promise<RuntimeEvidence> {
	const result = await host.run(['docker', 'inspect', '--type', 'container', '--', container], options);
	if (result.outcome !== 'done') return unreadable(result, dockerRemedy(result, container));
	const parsed = v.safeParse(printed, parseJson(result.stdout));
	if (!parsed.success) {
		return unreadable(result, [
			'docker inspect printed something vpmon does not know',
			'Compare its output with docker 20.10 or later.',
		]);
	}
	const { State: state, RestartCount, HostConfig } = parsed.output;
	const healthStatus = state.Health?.Status || state.Healthcheck?.Status;
	return {
		kind: 'docker',
		command: result.command,
		state: cleanLine(state.Status),
		health: healthStatus ? cleanLine(healthStatus) : null,
		exitCode: state.ExitCode,
		oomKilled: state.OOMKilled,
		restarting: state.Restarting,
		restartCount: RestartCount,
		startedAt: momentOf(state.StartedAt),
		finishedAt: momentOf(state.FinishedAt),
		error: state.Error === '' ? null : cleanForeign(cleanLine(state.Error)).slice(0, 200),
		pid: state.Pid > 0 ? state.Pid : null,
		networkMode: HostConfig?.NetworkMode ? cleanLine(HostConfig.NetworkMode) : null,
		identity: await identityOf(host, parsed.output, options),
	};
}

/** Both write the year 1 for what never happened. */
function momentOf(text: string | undefined): string | null {
	return text === undefined || text.startsWith('0001') ? null : cleanLine(text);
}

/** Docker names a volume that nobody named by 64 hexadecimal digits; a new container gets another one. */
const anonymous = /^[0-9a-f]{64}$/;

/** The connector's durable data directory: `/data` in the image, or PAM_AGENT_DATA_DIR (VaultPAM, "What is a connector"). */
async function identityOf(host: Host, { Mounts, Config }: Inspected, options: RunOptions): Promise<IdentityStorage> {
	const set = Config?.Env?.find((entry) => entry.startsWith('PAM_AGENT_DATA_DIR='));
	const directory = withoutSlashes(set?.slice('PAM_AGENT_DATA_DIR='.length) || '/data') || '/';
	// The nearest mount at or above it is the one that holds it.
	const mount = (Mounts ?? [])
		.filter(({ Destination }) => isWithin(directory, Destination))
		.sort((a, b) => b.Destination.length - a.Destination.length)[0];
	const base = { directory: cleanLine(directory), content: 'unknown', detail: null } as const;
	if (mount === undefined) return { ...base, mount: 'none', source: null };
	const kind = mount.Type === 'volume' && anonymous.test(mount.Name ?? '') ? 'anonymous-volume' : mount.Type;
	if (kind !== 'volume' && kind !== 'bind' && kind !== 'anonymous-volume')
		return { ...base, mount: 'none', source: null };
	const storage = { ...base, mount: kind, source: mount.Source ? cleanLine(mount.Source) : null } as const;
	if (!mount.Source?.startsWith('/')) return storage;
	const below = directory.slice(withoutSlashes(mount.Destination).length);
	return { ...storage, ...(await lookInto(host, mount.Source + below, options)) };
}

function isWithin(directory: string, mountPoint: string): boolean {
	const base = withoutSlashes(mountPoint);
	return directory === base || directory.startsWith(`${base}/`);
}

function dockerRemedy(result: RunResult, container: string): Sentence {
	if (result.outcome === 'not-found')
		return [
			'neither docker nor podman is installed here',
			'Run vpmon on the connector host, or set the runtime of this connector.',
		];
	const said = result.stderr;
	const [program = 'docker'] = result.command.split(' ');
	if (/permission denied/i.test(said)) {
		return [
			`no permission on the ${program} socket`,
			'Add yourself to the group docker (usermod -aG docker USER), or run vpmon with sudo.',
		];
	}
	if (/no such (?:object|container)/i.test(said)) {
		return [
			`there is no container named ${container}`,
			program === 'podman'
				? 'podman ps -a lists the names of this user alone; correct "container" in the inventory, or run vpmon as the user who runs it.'
				: 'docker ps -a lists the names; correct "container" in the inventory.',
		];
	}
	if (/cannot connect|is the docker daemon running|failed to connect|no such file/i.test(said)) {
		return [`the ${program} engine does not answer`, `systemctl status ${program}; then start it.`];
	}
	return [whatWentWrong(result), 'Run the command yourself to see more.'];
}

/** Not by a pattern, which would take the square of a long row of them. */
function withoutSlashes(path: string): string {
	let end = path.length;
	while (path[end - 1] === '/') end--;
	return path.slice(0, end);
}
