import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The lab's own container engine: one container, which a person can start. */
export type LabEngine = {
	/** For the front of PATH. */
	readonly path: string;
	isRunning(): boolean;
};

/**
 * Lays out a program named docker that knows one container, exited at first, so that the fix for a connector that is offline can be
 * tried without an engine. Null where programs of the temporary directory may not be run (a file system mounted noexec), or its
 * path has unusual signs.
 */
export function layOutEngine(directory: string, container: string): LabEngine | null {
	// They go into a script and into JSON as they are.
	if (!/^[\w./ +@~-]+$/.test(directory)) return null;
	const path = join(directory, 'bin');
	const state = join(directory, 'container-state');
	const identity = join(directory, 'identity');
	const program = join(path, 'docker');
	mkdirSync(path, { mode: 0o700 });
	mkdirSync(identity, { mode: 0o700 });
	writeFileSync(join(identity, 'client.crt'), '');
	writeFileSync(state, `exited ${new Date().toISOString()}\n`);
	writeFileSync(program, script(container, state, identity), { mode: 0o700 });
	try {
		accessSync(program, constants.X_OK);
	} catch {
		return null;
	}
	return { path, isRunning: () => readFileSync(state, 'utf8').startsWith('running') };
}

/** What of docker the lab answers: inspect, start, restart, events. The paths have no quotes. */
function script(container: string, state: string, identity: string): string {
	return `#!/bin/sh
# Written by vpmon demo: it knows the container ${container} of the lab, and nothing else of docker.
PATH=$PATH:/usr/bin:/bin
for last; do :; done
case "$1" in
	events)
		before=$(cat '${state}')
		while sleep 0.2 && now=$(cat '${state}' 2>/dev/null); do
			[ "$now" = "$before" ] || echo '{"Action":"start","Actor":{"Attributes":{"name":"${container}"}}}'
			before=$now
		done
		exit 0 ;;
	inspect | start | restart) ;;
	*)
		echo "docker of the lab: it knows inspect, start and restart" >&2
		exit 1 ;;
esac
if [ "$last" != '${container}' ]; then
	echo "Error: No such container: $last" >&2
	exit 1
fi
if [ "$1" != inspect ]; then
	echo "running $(date -u +%Y-%m-%dT%H:%M:%S.000Z)" > '${state}'
	echo '${container}'
	exit 0
fi
read -r status since < '${state}'
code=0
[ "$status" = running ] || code=255
cat << END
[{"State": {"Status": "$status", "ExitCode": $code, "StartedAt": "$since", "FinishedAt": "$since"},
"Mounts": [{"Type": "bind", "Source": "${identity}", "Destination": "/data"}], "HostConfig": {"NetworkMode": "host"}}]
END
`;
}
