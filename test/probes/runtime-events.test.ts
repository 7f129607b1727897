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
	const [docker, systemd, ...more] = eventSourcesFor(connectors, 'docker');
	expect(more).toEqual([]);
	expect(docker?.argv.join(' ')).toContain(
		'docker events --filter type=container --filter container=agent-a --filter container=agent-b',
	);
	expect(systemd?.argv.slice(-3)).toEqual(['_PID=1', 'UNIT=agent.service', 'UNIT=agent@2.service']);
	expect(eventSourcesFor([connector('e', {})], 'docker')).toEqual([]);
	expect(eventSourcesFor(connectors, 'podman')[0]?.argv.slice(0, 2)).toEqual(['podman', 'events']);
});

test('whom a line is about', () => {
	const [docker, systemd] = eventSourcesFor(connectors, 'docker');
	expect(names(docker?.about('die agent-a'))).toBe('a');
	expect(names(docker?.about('health_status: unhealthy agent-b'))).toBe('b');
	// Docker's own name for a container that was renamed meanwhile.
	expect(names(docker?.about('rename agent-a-old'))).toBe('a b');
	expect(names(docker?.about('exec_create: /bin/check agent-a'))).toBe('');
	expect(names(docker?.about('attach agent-a'))).toBe('');
	expect(names(systemd?.about('{"UNIT":"agent.service","__CURSOR":"s=1"}'))).toBe('c');
	expect(names(systemd?.about('-- No entries --'))).toBe('');
});
