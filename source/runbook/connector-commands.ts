import type { RuntimeEvidence } from '../domain/connector-evidence.ts';
import { type Connector, containerName, unitName } from '../domain/inventory.ts';

export type Commands = ReadonlyArray<readonly string[]>;

/** What starts a connector, by what took it down; none where vpmon does not know how it is run. `docker` is podman where only that is there. */
export function startCommands({ runtime, container, unit }: Connector, found: RuntimeEvidence): Commands {
	if (runtime === 'docker' && isName(container, containerName)) {
		if (found.kind === 'docker' && found.state === 'paused') return [['docker', 'unpause', '--', container]];
		const isUp = found.kind === 'docker' && (found.state === 'running' || found.state === 'restarting');
		return [['docker', isUp ? 'restart' : 'start', '--', container]];
	}
	if (runtime === 'systemd' && isName(unit, unitName)) {
		const isHeldBack = found.kind === 'systemd' && found.result === 'start-limit-hit';
		return [...(isHeldBack ? [['systemctl', 'reset-failed', '--', unit]] : []), ['systemctl', 'start', '--', unit]];
	}
	return [];
}

/** What ends a connector and starts it anew. */
export function restartCommands({ runtime, container, unit }: Connector): Commands {
	if (runtime === 'docker' && isName(container, containerName)) return [['docker', 'restart', '--', container]];
	if (runtime === 'systemd' && isName(unit, unitName)) return [['systemctl', 'restart', '--', unit]];
	return [];
}

/** Nothing is run with a name that a program could take for an option, wherever it came from. */
function isName(name: string | null, pattern: RegExp): name is string {
	return name !== null && pattern.test(name);
}
