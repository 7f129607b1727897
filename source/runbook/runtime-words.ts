import type { ConnectorStatus } from '../domain/check.ts';
import type { IdentityStorage, RuntimeEvidence } from '../domain/connector-evidence.ts';
import { formatIsoMoment } from '../domain/time.ts';

/** What one source says: a status, or that it cannot say (`null`). */
export type Saying = {
	readonly status: ConnectorStatus | null;
	readonly words: string;
	/** It is up, but something about it will hurt later. */
	readonly isWarning?: boolean;
};

type Docker = Extract<RuntimeEvidence, { kind: 'docker' }>;
type Systemd = Extract<RuntimeEvidence, { kind: 'systemd' }>;

/** What the runtime says of its connector; null where none is configured. */
export function sayRuntime(runtime: RuntimeEvidence, measuredAt: string): Saying | null {
	switch (runtime.kind) {
		case 'none':
			return null;
		case 'unreadable':
			return { status: null, words: runtime.reason };
		case 'docker':
			return sayDocker(runtime, measuredAt);
		case 'systemd':
			return saySystemd(runtime, measuredAt);
	}
}

/** Docker holds a start for good after 10 s, and a crash loop spends part of its time running (docs.docker.com, restart policies). */
const steadyMs = 10_000;

/** Up again a moment ago, and not for the first time: between two crashes, as far as anybody can tell. */
export function isLooping(restarts: number, startedAt: string | null, measuredAt: string): boolean {
	return restarts >= 2 && startedAt !== null && Date.parse(measuredAt) - Date.parse(startedAt) < steadyMs;
}

export function isDockerLooping({ restarting, state, restartCount, startedAt }: Docker, measuredAt: string): boolean {
	if (restarting || state === 'restarting') return true;
	return state === 'running' && isLooping(restartCount, startedAt, measuredAt);
}

function sayDocker(runtime: Docker, measuredAt: string): Saying {
	const { words, status } = sayContainer(runtime, measuredAt);
	const { identity } = runtime;
	if (identity.content === 'empty' || identity.content === 'missing') {
		return { status: 'needs-recovery', words: `${words}, ${identityWords(identity)}` };
	}
	if (status !== 'online') return { status, words };
	const said = identityWords(identity);
	const isWarning = identity.mount === 'none' || identity.mount === 'anonymous-volume';
	return { status, words: said === null ? words : `${words}, ${said}`, isWarning };
}

function sayContainer(runtime: Docker, measuredAt: string): Saying {
	const restarts = restartWords(runtime.restartCount);
	if (isDockerLooping(runtime, measuredAt)) {
		// While it runs between two crashes there is no exit code; podman never waits before it starts it again.
		const end = runtime.state === 'running' ? '' : `, ${endWords(runtime)}`;
		return { status: 'offline', words: `container restarts in a loop${end}${restarts}` };
	}
	const ended = since(runtime.finishedAt);
	switch (runtime.state) {
		case 'running':
			break;
		case 'exited':
			return { status: 'offline', words: `container exited, ${endWords(runtime)}${ended}` };
		case 'created': {
			const why = runtime.error === null ? '' : `: ${runtime.error}`;
			return { status: 'offline', words: `container was made, but never started${why}` };
		}
		case 'dead':
			return { status: 'offline', words: 'container is dead: the engine could not remove it' };
		default:
			return { status: 'offline', words: `container is ${runtime.state}` };
	}
	if (runtime.health === 'unhealthy')
		return { status: 'degraded', words: `container up, but its health check fails${restarts}` };
	const starting = runtime.health === 'starting' ? ', its health check has not answered yet' : '';
	return { status: 'online', words: `container up${since(runtime.startedAt)}${restarts}${starting}` };
}

/** Exit codes above 128 stand for signals (bash(1), EXIT STATUS); 137 without the OOM killer is somebody's kill -9. */
function endWords({ oomKilled, exitCode }: Docker): string {
	if (oomKilled) return `killed for lack of memory, exit code ${exitCode}`;
	if (exitCode === 137) return 'exit code 137 (killed)';
	return `exit code ${exitCode}`;
}

function identityWords({ mount, directory, content, detail }: IdentityStorage): string | null {
	if (content === 'empty') return `but its identity storage ${directory} is empty: its identity is lost`;
	if (content === 'missing') return `but its identity storage ${directory} is lost: ${detail}`;
	if (mount === 'none') return 'but no identity storage is mounted: a new container needs guided recovery';
	if (mount === 'anonymous-volume')
		return `but its identity storage ${directory} is a volume without a name: a new container starts without it and needs guided recovery`;
	if (content !== 'unknown' || detail === null) return null;
	// The path stands in the evidence: the row has one line.
	return detail.startsWith('no permission') ? 'identity storage: no permission' : `identity storage: ${detail}`;
}

function saySystemd(runtime: Systemd, measuredAt: string): Saying {
	if (runtime.loadState === 'masked') return { status: 'offline', words: 'unit is masked' };
	if (runtime.loadState === 'error' || runtime.loadState === 'bad-setting') {
		const why = runtime.error === null ? '' : `: ${runtime.error}`;
		if (runtime.activeState !== 'active')
			return { status: 'offline', words: `unit file cannot be loaded (${runtime.loadState})${why}` };
	}
	const restarts = restartWords(runtime.restarts);
	const isBetween = runtime.subState === 'auto-restart' || runtime.subState === 'auto-restart-queued';
	const isLoop = isLooping(runtime.restarts, runtime.since, measuredAt);
	if (isBetween || (runtime.activeState === 'active' && isLoop)) {
		return { status: 'offline', words: `unit restarts in a loop, exit code ${runtime.exitStatus}${restarts}` };
	}
	if (runtime.activeState === 'active')
		return { status: 'online', words: `unit ${runtime.subState}${since(runtime.since)}${restarts}` };
	const why = runtime.result === 'success' ? '' : `, ${resultWords(runtime)}`;
	return { status: 'offline', words: `unit is ${runtime.activeState}${why}${since(runtime.since)}${restarts}` };
}

/** The Result property of a service, systemd.exec(5), $SERVICE_RESULT. */
function resultWords({ result, exitStatus }: Systemd): string {
	switch (result) {
		case 'oom-kill':
			return 'killed for lack of memory (oom-kill)';
		case 'start-limit-hit':
			return 'started too often (start-limit-hit)';
		case 'timeout':
			return 'timed out (timeout)';
		case 'watchdog':
			return 'its watchdog was not fed (watchdog)';
		case 'signal':
		case 'core-dump':
			return `${result} ${exitStatus}`;
		default:
			return `${result}, exit code ${exitStatus}`;
	}
}

function restartWords(count: number): string {
	if (count === 0) return '';
	return count === 1 ? ', restarted once' : `, restarted ${count} times`;
}

export function since(text: string | null): string {
	return text === null ? '' : ` since ${formatIsoMoment(text, Date.now())}`;
}
