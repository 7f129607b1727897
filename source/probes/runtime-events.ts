import * as v from 'valibot';
import type { Connector } from '../domain/inventory.ts';
import { parseJson } from '../domain/json.ts';

/** A program that keeps silent until something happens to connectors of one runtime on one host. */
export type EventSource = {
	readonly connectors: readonly Connector[];
	readonly argv: readonly string[];
	/** Whom a line it prints is about: connectors to look at again. */
	readonly about: (line: string) => readonly Connector[];
};

/** Both that can tell are asked once each, whatever the number of connectors. */
export function eventSourcesFor(connectors: readonly Connector[]): EventSource[] {
	const containers = connectors.filter(({ runtime, container }) => runtime === 'docker' && container !== null);
	// Saved journal files are not what is happening now.
	const units = connectors.filter(({ runtime, unit }) => runtime === 'systemd' && unit !== null);
	return [
		...(containers.length === 0 ? [] : [containerEvents(containers)]),
		...(units.length === 0 ? [] : [unitEvents(units)]),
	];
}

/** Events after which a container may have another status. Health checks make some of their own, `exec_…`, which tell nothing. */
const telling =
	/^(?:create|start|restart|die|died|stop|kill|oom|pause|unpause|rename|destroy|remove|update|health_status)\b/;

/** `docker events`: the filter by name holds for a container that is made anew under that name. */
function containerEvents(connectors: readonly Connector[]): EventSource {
	return {
		connectors,
		argv: [
			'docker',
			'events',
			...['--filter', 'type=container'],
			...connectors.flatMap(({ container }) => ['--filter', `container=${container}`]),
			...['--format', '{{json .}}'],
		],
		about(line) {
			const { action, name } = readEvent(line);
			if (!telling.test(action)) return [];
			const named = connectors.filter(({ container }) => container === name);
			// A renamed one, or one that the inventory names by its id.
			return named.length > 0 ? named : connectors;
		},
	};
}

const event = v.object({
	// Docker's (Engine API, SystemEvents), then podman's.
	Action: v.optional(v.string()),
	Actor: v.optional(v.object({ Attributes: v.optional(v.object({ name: v.optional(v.string()) })) })),
	Status: v.optional(v.string()),
	Name: v.optional(v.string()),
});

function readEvent(line: string): { action: string; name: string | undefined } {
	const parsed = v.safeParse(event, parseJson(line));
	if (!parsed.success) return { action: '', name: undefined };
	const { Action, Actor, Status, Name } = parsed.output;
	return { action: Action ?? Status ?? '', name: Actor?.Attributes?.name ?? Name };
}

/**
 * What systemd itself writes into the journal about a unit: the field UNIT of messages of PID 1 (systemd.journal-fields(7)). The
 * unit's own lines do not wake it.
 */
function unitEvents(connectors: readonly Connector[]): EventSource {
	const nameOf = ({ unit }: Connector) => (/\.[a-z]+$/.test(unit ?? '') ? `${unit}` : `${unit}.service`);
	return {
		connectors,
		argv: [
			...['journalctl', '--follow', '--lines', '0', '--output', 'json', '--output-fields', 'UNIT'],
			'_PID=1',
			...connectors.map((connector) => `UNIT=${nameOf(connector)}`),
		],
		about(line) {
			const entry = parseJson(line) as { UNIT?: unknown } | null | undefined;
			return connectors.filter((connector) => nameOf(connector) === entry?.UNIT);
		},
	};
}
