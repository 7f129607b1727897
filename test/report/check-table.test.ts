import { expect, test } from 'vitest';
import { reportOf, tableOf } from '../../source/commands/check.ts';
import { readScenario, startScenario } from '../helpers/scenarios.ts';

async function table(name: string): Promise<string[]> {
	const { engine, close } = await startScenario(readScenario(name));
	try {
		await engine.run(null, { trigger: 'command' });
		return tableOf(engine, reportOf(engine)).split('\n');
	} finally {
		await close();
	}
}

test('one firewall is explained once, all its Safes are named, and the unrelated failure keeps its own explanation', async () => {
	const lines = await table('one-dead-network');
	expect(lines[0]).toMatch(/: 12 fail, 3 pass · 2 causes explain all 12 failures$/);
	// Every Safe keeps its line.
	expect(lines.filter((line) => /^✖ app-\d+ .*does not answer/.test(line))).toHaveLength(11);
	const at = lines.indexOf('  CAUSES');
	expect(lines[at + 1]).toBe('✖ 11 port timeout  10.20.4.0/24 via dmz  11 of 12 there, 0 of 3 elsewhere');
	expect(lines[at + 2]).toBe('');
	expect(lines.filter((line) => line.startsWith('✖ ') && line.endsWith('(port-timeout)'))).toEqual([
		'✖ app-01 (port-timeout)',
	]);
	expect(lines).toContain('  Also app-02, app-03, app-04, app-05, app-06, app-07, app-08, app-09, … and 2 more');
	expect(lines).toContain('✖ db (host-key-mismatch)');
	expect(lines.join('\n')).toMatch(/Do {2}1 from dmz: nc -zv -w 5 10\.20\.4\.1 22/);
});

test('keys that differ are shown one by one, also where one trouble changed them', async () => {
	const lines = await table('rebuilt-rack');
	expect(lines).toContain('✖ 2 host key changed  10.20.4.0/24 via dc1  2 of 2 there, 0 of 1 elsewhere');
	expect(lines.filter((line) => line.endsWith('(host-key-mismatch)'))).toHaveLength(2);
});

test('a single failure needs no causes', async () => {
	const lines = await table('port-timeout');
	expect(lines).not.toContain('  CAUSES');
	expect(lines[0]).not.toContain('explain');
});
