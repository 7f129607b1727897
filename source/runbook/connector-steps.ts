import type { HealthEvidence, RuntimeEvidence } from '../domain/connector-evidence.ts';
import type { Connector } from '../domain/inventory.ts';
import { shellWord } from '../domain/shell-word.ts';
import type { FixContext } from './fix-context.ts';
import { normaliseStatus } from './judge-connector.ts';

/** The steps of the runbooks "My connector is offline" and "Connector health is red" that fit what was found. */

const offlineRunbook = 'runbook "My connector is offline"; it reconnects within 30 s';
const redRunbook = 'runbook "Connector health is red"';

const runtimeOf = ({ connectorState }: FixContext): RuntimeEvidence => connectorState?.runtime ?? { kind: 'none' };

/** podman answered where there is no docker. */
function programOf(runtime: RuntimeEvidence): string {
	return 'command' in runtime && runtime.command.startsWith('podman ') ? 'podman' : 'docker';
}

function look(context: FixContext): string {
	const { connector } = context;
	const container = shellWord(connector.container ?? '');
	const unit = shellWord(connector.unit ?? '');
	const program = programOf(runtimeOf(context));
	if (connector.runtime === 'docker')
		// The runbook's -n is another flag of podman.
		return `${program} ps -a --filter name=${container}; ${program} logs ${program === 'podman' ? '--tail' : '-n'} 100 ${container}`;
	if (connector.runtime === 'systemd') return `systemctl status ${unit}; journalctl -u ${unit} -n 100`;
	return `look at the process and the log of ${connector.name} on its host`;
}

/** What brings it up, by what took it down. */
function start(context: FixContext): readonly string[] {
	const { connector } = context;
	const runtime = runtimeOf(context);
	if (connector.runtime === 'docker') {
		const isSaidOffline = isSaid(context.connectorState?.controlPlane, 'offline');
		return startContainer(shellWord(connector.container ?? ''), runtime, isSaidOffline);
	}
	if (connector.runtime === 'systemd') return startUnit(shellWord(connector.unit ?? ''), runtime);
	return [`start ${connector.name} again the way it is run on its host`];
}

function startContainer(container: string, runtime: RuntimeEvidence, isSaidOffline: boolean): readonly string[] {
	const program = programOf(runtime);
	if (runtime.kind !== 'docker') return [`${program} start ${container}`];
	if (runtime.state === 'running' && isSaidOffline) {
		return [`it runs, so look at its way out first; then ${program} restart ${container}`];
	}
	if (runtime.state === 'paused') return [`${program} unpause ${container}`];
	if (runtime.oomKilled)
		return [`it needs more memory: ${program} update --memory … ${container}; then ${program} start ${container}`];
	if (runtime.restarting || runtime.state === 'restarting' || runtime.state === 'running')
		return [`mend what its last lines say; the engine starts it again by itself, or ${program} restart ${container}`];
	return [`${program} start ${container}`];
}

function startUnit(unit: string, runtime: RuntimeEvidence): readonly string[] {
	if (runtime.kind !== 'systemd') return [`sudo systemctl restart ${unit}`];
	if (runtime.loadState === 'masked') return [`sudo systemctl unmask ${unit}; sudo systemctl start ${unit}`];
	if (runtime.loadState === 'error' || runtime.loadState === 'bad-setting')
		return [
			`mend its file: systemd-analyze verify ${unit}; sudo systemctl daemon-reload; sudo systemctl start ${unit}`,
		];
	if (runtime.result === 'start-limit-hit')
		return [`mend what its last lines say; sudo systemctl reset-failed ${unit}; sudo systemctl start ${unit}`];
	return [`sudo systemctl restart ${unit}`];
}

export function offlineSteps(context: FixContext): readonly string[] {
	const { connector, connectorState } = context;
	const runtime = runtimeOf(context);
	const isFirstBoot = runtime.kind === 'docker' && runtime.state === 'created';
	return [
		look(context),
		...start(context),
		...(isRunning(runtime) && isSaid(connectorState?.controlPlane, 'offline')
			? wayOut(connector, connectorState?.health ?? null)
			: []),
		...(isFirstBoot || runtime.kind === 'none' ? [`a first start needs a token. ${regenerate(connector)}`] : []),
		offlineRunbook,
	];
}

export function degradedSteps(context: FixContext): readonly string[] {
	const { connector, connectorState } = context;
	const runtime = runtimeOf(context);
	const health = connectorState?.health ?? null;
	const isUnhealthy = runtime.kind === 'docker' && runtime.health === 'unhealthy';
	const isSaidDegraded = isSaid(connectorState?.controlPlane, 'degraded');
	const isWayBlocked = health !== null && health.outcome !== 'reachable';
	const container = shellWord(connector.container ?? '');
	return [
		...(isUnhealthy
			? [`${programOf(runtime)} inspect --format '{{json .State.Health}}' ${container}: what its health check says`]
			: []),
		look(context),
		...(isWayBlocked || !(isUnhealthy || isSaidDegraded) ? wayOut(connector, health) : []),
		...(isSaidDegraded ? ['bring the targets that do not answer back: row 2 of their Safes says why'] : []),
		...(isSaidDegraded
			? ["compare the connector's version with what the control plane expects: VaultPAM: Connectors"]
			: []),
		redRunbook,
	];
}

export function recoverySteps(context: FixContext): readonly string[] {
	const { connector } = context;
	const runtime = runtimeOf(context);
	const identity = runtime.kind === 'docker' ? runtime.identity : null;
	const directory = identity?.directory ?? '/data';
	const isMounted = identity !== null && identity.mount !== 'none';
	return [
		...(isMounted && identity.source !== null
			? [`a backup of ${identity.source}? put it back, then restart; without one pair it again:`]
			: []),
		`${regenerate(connector)}; the old one is not tried again`,
		isMounted
			? `keep the mount at ${directory}: a named volume or a bind mount outlives the container`
			: `mount durable storage at ${directory} (PAM_AGENT_DATA_DIR) before it starts again`,
		'start the connector with the new token; its organisation and networks are kept in the control plane',
	];
}

const regenerate = ({ name }: Connector) =>
	`VaultPAM: Connectors → ${name} → Regenerate token; it is valid for 4 hours, once`;

function isRunning(runtime: RuntimeEvidence): boolean {
	if (runtime.kind === 'docker') return runtime.state === 'running';
	return runtime.kind === 'systemd' && runtime.activeState === 'active';
}

function isSaid(said: { ok: boolean; status?: string } | null | undefined, status: 'offline' | 'degraded'): boolean {
	return said?.ok === true && normaliseStatus(said.status ?? '') === status;
}

/** Cause 1 of "Connector health is red": its way to the control plane, by the step at which it ended. */
function wayOut({ name }: Connector, health: HealthEvidence | null): readonly string[] {
	const url = health?.url ?? '<control plane>/healthz';
	const open = `from ${name}: curl -v ${url}; outbound TCP 443 must be open`;
	switch (health?.outcome) {
		case 'name':
			return [`from ${name}: getent hosts ${hostOf(url)}; its name server must know the name`];
		case 'proxy':
			return [`from ${name}: curl -v ${url}; HTTPS_PROXY and NO_PROXY must name a proxy that lets it through`];
		case 'tls':
			return [`from ${name}: curl -v ${url} shows the certificate; renew it, or let the firewall not open TLS`];
		case 'status':
		case 'http':
			return [`from ${name}: curl -v ${url}; the way is open, so the control plane itself is to be asked`];
		default:
			return [open];
	}
}

function hostOf(url: string): string {
	return URL.canParse(url) ? new URL(url).hostname : url;
}
