import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { SafeResult } from '../../source/domain/check.ts';
import type { ConnectorEvidence, RuntimeEvidence } from '../../source/domain/connector-evidence.ts';
import { type Connector, defaultSettings } from '../../source/domain/inventory.ts';
import { askedFor } from '../../source/report/asked.ts';
import { emptyFixContext } from '../../source/runbook/fix-context.ts';
import { stepsFor } from '../../source/runbook/fixes.ts';
import { concludeConnector } from '../../source/runbook/judge-safe.ts';
import { nameSilentTargets } from '../../source/runbook/silent-targets.ts';

type Docker = Extract<RuntimeEvidence, { kind: 'docker' }>;
type Systemd = Extract<RuntimeEvidence, { kind: 'systemd' }>;

const measuredAt = '2026-11-22T12:00:00.000Z';
// Times of the same day are shown without it.
beforeAll(() => vi.setSystemTime(measuredAt));
afterAll(() => vi.useRealTimers());
const identity = {
	directory: '/data',
	mount: 'volume',
	source: '/volumes/id',
	content: 'filled',
	detail: null,
} as const;
const docker = (part: Partial<Docker> = {}): Docker => ({
	kind: 'docker',
	command: 'docker inspect agent',
	state: 'running',
	health: null,
	exitCode: 0,
	oomKilled: false,
	restarting: false,
	restartCount: 0,
	startedAt: '2026-11-22T02:00:00Z',
	finishedAt: null,
	error: null,
	pid: 4711,
	networkMode: 'host',
	identity,
	...part,
});
const systemd = (part: Partial<Systemd> = {}): Systemd => ({
	kind: 'systemd',
	command: 'systemctl show agent',
	loadState: 'loaded',
	activeState: 'active',
	subState: 'running',
	result: 'success',
	restarts: 0,
	exitStatus: 0,
	since: '2026-11-22T02:00:00Z',
	error: null,
	...part,
});
const connectorFor = ({ kind }: RuntimeEvidence): Connector => ({
	name: 'dc1',
	host: 'local',
	runtime: kind === 'systemd' ? 'systemd' : 'docker',
	container: 'agent',
	unit: 'agent.service',
	journalDirectory: null,
	logFile: null,
	place: null,
});

function judge(runtime: RuntimeEvidence, part: Partial<ConnectorEvidence> = {}) {
	const evidence = {
		runtime,
		health: null,
		controlPlane: null,
		hostUnreachable: null,
		measuredAt,
		durationMs: 1,
		...part,
	};
	const connector = connectorFor(runtime);
	const result = concludeConnector(connector, evidence, defaultSettings, 'dc1.example');
	const { cause } = result.check;
	const context = { ...emptyFixContext(connector), connectorState: evidence };
	return { ...result, steps: cause === null ? '' : stepsFor(cause, context).join('\n') };
}

test('a control plane that offers no status of connectors changes nothing, and is named among what was asked', () => {
	const part = {
		controlPlane: { ok: false, url: 'https://v.example', reason: 'not offered by the control plane', isAsked: false },
	} as const;
	const { status, check } = judge(docker(), part);
	expect([status, check.verdict, check.summary]).toEqual(['online', 'pass', judge(docker()).check.summary]);
	expect(askedFor(check, 0)).toContain(
		'not https://v.example: the status of a connector is not offered by the control plane (no connectorsPath is set)',
	);
});

const said = (status: string) => ({ controlPlane: { ok: true, url: 'https://v/', status, since: null } as const });
const health = (outcome: 'name' | 'tls' | 'proxy' | 'tcp', detail: string) => ({
	health: { url: 'https://vault.example/healthz', outcome, detail, proxy: null, durationMs: 1 },
});
const lost = { ...identity, content: 'empty' } as const;

test.each<[string, RuntimeEvidence, string, RegExp, RegExp]>([
	['up', docker(), 'online', /container up since 02:00:00$/, /^$/],
	['starting', docker({ health: 'starting' }), 'online', /health check has not answered yet/, /^$/],
	['unhealthy', docker({ health: 'unhealthy' }), 'degraded', /health check fails/, /^docker inspect --format .*Health/],
	[
		'exited',
		docker({ state: 'exited', exitCode: 3, pid: null }),
		'offline',
		/exited, exit code 3/,
		/docker start agent/,
	],
	['OOM', docker({ state: 'exited', exitCode: 137, oomKilled: true }), 'offline', /lack of memory/, /more memory/],
	[
		'never started',
		docker({ state: 'created', startedAt: null, error: 'no such file: agent' }),
		'offline',
		/never started: no such file/,
		/Regenerate token/,
	],
	['paused', docker({ state: 'paused' }), 'offline', /is paused/, /docker unpause agent/],
	[
		'restarting',
		docker({ state: 'restarting', exitCode: 4, restartCount: 9 }),
		'offline',
		/in a loop, exit code 4, restarted 9 times/,
		/mend what its last lines say/,
	],
	[
		'between two crashes',
		docker({ restartCount: 2, startedAt: '2026-11-22T11:59:58Z' }),
		'offline',
		/restarts in a loop/,
		/mend/,
	],
	['steady again', docker({ restartCount: 2, startedAt: '2026-11-22T11:59:48Z' }), 'online', /restarted 2 times/, /^$/],
	[
		'identity lost',
		docker({ identity: lost }),
		'needs-recovery',
		/identity storage \/data is empty/,
		/a backup of \/volumes\/id\?[\s\S]*Regenerate token/,
	],
	[
		'lost and down',
		docker({ state: 'exited', identity: lost }),
		'needs-recovery',
		/exited.*\/data is empty/,
		/Regenerate/,
	],
	[
		'podman',
		docker({ command: 'podman inspect agent', state: 'exited' }),
		'offline',
		/exited/,
		/podman logs --tail 100 agent/,
	],
	['unit up', systemd(), 'online', /unit running since 02:00:00$/, /^$/],
	[
		'masked',
		systemd({ loadState: 'masked', activeState: 'inactive' }),
		'offline',
		/unit is masked/,
		/systemctl unmask agent.service/,
	],
	[
		'bad file',
		systemd({ loadState: 'bad-setting', activeState: 'inactive', error: 'no ExecStart' }),
		'offline',
		/cannot be loaded \(bad-setting\): no ExecStart/,
		/systemd-analyze verify/,
	],
	[
		'start limit',
		systemd({ activeState: 'failed', result: 'start-limit-hit' }),
		'offline',
		/started too often/,
		/reset-failed/,
	],
	['killed', systemd({ activeState: 'failed', result: 'oom-kill' }), 'offline', /lack of memory/, /systemctl status/],
	[
		'auto-restart',
		systemd({ activeState: 'activating', subState: 'auto-restart', restarts: 5, exitStatus: 7 }),
		'offline',
		/in a loop, exit code 7, restarted 5 times/,
		/journalctl/,
	],
])('%s', (_, runtime, status, words, steps) => {
	const found = judge(runtime);
	expect([found.status, found.check.summary]).toEqual([status, expect.stringMatching(words)]);
	expect(found.steps).toMatch(steps);
});

test('identity storage that will not last is a warning; what could not be looked into is said', () => {
	const none = judge(docker({ identity: { ...identity, mount: 'none', content: 'unknown' } })).check;
	expect([none.verdict, none.summary]).toEqual(['warn', expect.stringContaining('needs guided recovery')]);
	const unnamed = judge(docker({ identity: { ...identity, mount: 'anonymous-volume' } })).check;
	expect([unnamed.verdict, unnamed.summary]).toEqual(['warn', expect.stringContaining('without a name')]);
	const closed = judge(
		docker({ identity: { ...identity, content: 'unknown', detail: 'no permission to look into /v' } }),
	);
	expect([closed.check.verdict, closed.check.summary]).toEqual([
		'pass',
		expect.stringMatching(/identity storage: no permission$/),
	]);
});

test('where the runtime and the control plane differ both are shown, and the steps go the way out', () => {
	const { status, check, steps } = judge(docker(), said('Offline'));
	expect(status).toBe('offline');
	expect(check.summary).toBe('Offline: control plane says Offline; container up since 02:00:00');
	expect(steps).toMatch(/it runs, so look at its way out first[\s\S]*outbound TCP 443/);
	expect(judge(docker(), said('needs_recovery')).steps).toContain('Regenerate token');
});

test.each([
	['name', 'no such name', 'getent hosts vault.example'],
	['tls', 'the certificate is self-signed', 'shows the certificate'],
	['proxy', 'proxy.example:3128 needs authentication (HTTP 407)', 'HTTPS_PROXY and NO_PROXY'],
	['tcp', 'connect ECONNREFUSED', 'outbound TCP 443 must be open'],
] as const)('/healthz ends at %s: degraded, with the step for it', (outcome, detail, step) => {
	const { status, check, steps } = judge(docker(), health(outcome, detail));
	expect([status, check.verdict]).toEqual(['degraded', 'fail']);
	expect(check.summary).toContain(`(${outcome}: ${detail})`);
	expect(steps).toContain(step);
});

test('a degraded connector names the targets behind it that do not answer, and those alone', () => {
	const safe = (index: number, part: object): SafeResult =>
		({
			connector: 'dc1',
			target: `10.0.0.${index}:22`,
			checks: { port: { cause: 'port-timeout' } },
			...part,
		}) as unknown as SafeResult;
	const safes = [
		safe(1, {}),
		safe(1, {}),
		safe(2, { connector: 'dc2' }),
		safe(3, { checks: { port: { cause: 'connection-reset' } } }),
		...[4, 5, 6].map((index) => safe(index, {})),
	];
	const degraded = judge(docker(), said('Degraded'));
	expect(nameSilentTargets(degraded, safes).check).toMatchObject({
		summary: `${degraded.check.summary}; 10.0.0.1:22, 10.0.0.4:22, 10.0.0.5:22 and 1 more do not answer`,
		evidence: { silentTargets: ['10.0.0.1:22', '10.0.0.4:22', '10.0.0.5:22', '10.0.0.6:22'] },
	});
	expect(nameSilentTargets(degraded, safes.slice(2, 4))).toBe(degraded);
	const online = judge(docker());
	expect(nameSilentTargets(online, safes)).toBe(online);
});
