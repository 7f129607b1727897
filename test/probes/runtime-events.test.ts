import { expect, test } from 'vitest';
import type { Connector } from '../../source/domain/inventory.ts';
import { eventSourcesFor } from '../../source/probes/runtime-events.ts';

const connector = (name: string, part: Partial<Connector>) =>
	({ name, runtime: 'none', container: null, unit: null, ...part }) as Connector;
const connectors = [
	connector('a', { runtime: 'docker', container: 'agent-a' }),
	connector('b', { runtime: 'docker', container: 'agent-b' }),
	connector('c', { runtime: 'systemd', unit: 'agent' }),
	connector('d', { runtime: 'systemd', unit: 'agent@2.service' }),
	connector('e', {}),
];
const names = (found: readonly Connector[] = []) => found.map(({ name }) => name).join(' ');

test('one listener for all containers of a host, one for all its units', () => {
	const [docker, systemd, ...more] = eventSourcesFor(connectors);
	expect(more).toEqual([]);
	expect(docker?.argv.join(' ')).toContain(
		'docker events --filter type=container --filter container=agent-a --filter container=agent-b',
	);
	expect(systemd?.argv.slice(-3)).toEqual(['_PID=1', 'UNIT=agent.service', 'UNIT=agent@2.service']);
	expect(eventSourcesFor([connector('e', {})])).toEqual([]);
});

test('whom a line is about', () => {
	const [docker, systemd] = eventSourcesFor(connectors);
	const said = (Action: string, name: string) =>
		docker?.about(JSON.stringify({ Action, Actor: { Attributes: { name } } }));
	expect(names(said('die', 'agent-a'))).toBe('a');
	expect(names(said('health_status: unhealthy', 'agent-b'))).toBe('b');
	// Docker's own name for a container that was renamed meanwhile.
	expect(names(said('rename', 'agent-a-old'))).toBe('a b');
	expect(names(said('exec_create: /bin/check', 'agent-a'))).toBe('');
	expect(names(said('attach', 'agent-a'))).toBe('');
	// As podman 4.3 says it.
	expect(names(docker?.about('{"Name":"agent-b","Status":"died","Type":"container","Attributes":{}}'))).toBe('b');
	expect(names(docker?.about('Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg.'))).toBe(
		'',
	);
	expect(names(systemd?.about('{"UNIT":"agent.service","__CURSOR":"s=1"}'))).toBe('c');
	expect(names(systemd?.about('-- No entries --'))).toBe('');
});
