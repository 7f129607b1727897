import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startEngine } from '../../source/commands/start-engine.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { createHome } from '../helpers/cli.ts';
import { requireProgram, until } from '../helpers/system.ts';
import { unit } from '../helpers/systemd-host.ts';

const home = createHome();
afterAll(() => home.remove());

test('a saved journal is read and followed from its files', async () => {
	const remote = requireProgram('systemd-journal-remote', 'systemd-journal-remote');
	requireProgram('journalctl', 'systemd');
	const directory = join(home.path, 'journal');
	mkdirSync(directory);
	const entries = Array.from({ length: 550 }, (_, index) =>
		[
			`__REALTIME_TIMESTAMP=${1_763_800_000_000_000 + index * 1000}`,
			`__MONOTONIC_TIMESTAMP=${1000 + index * 1000}`,
			'_BOOT_ID=0123456789abcdef0123456789abcdef',
			`_SYSTEMD_UNIT=${unit}`,
			`MESSAGE=saved line ${index}${index === 549 ? ' \u001b[31mtoken=abcdef' : ''}`,
			`PRIORITY=${index % 100 === 0 ? 3 : 6}`,
			'',
		].join('\n'),
	);
	const saved = join(home.path, 'saved.export');
	writeFileSync(saved, `${entries.join('\n')}\n`);
	execFileSync(remote, ['-o', join(directory, 'saved.journal'), saved], { stdio: 'ignore' });
	const inventory = parseInventory(
		`version: 1\nconnectors: [{name: dc1, runtime: systemd, unit: ${unit}, journalDirectory: ${directory}}]`,
		'/x.yaml',
	);
	const { engine, dispose } = await startEngine(inventory, { program: 'check' });
	try {
		engine.logs.follow();
		const buffer = engine.logs.buffer('dc1');
		await until('the saved lines', () => buffer.length >= 500);
		expect(buffer.length).toBe(500);
		expect(buffer.last(500)[0]?.text).toBe('saved line 50');
		expect(buffer.last(1)[0]?.text).toBe('saved line 549 token=[secret removed]');
		expect(
			buffer
				.last(500)
				.filter(({ kind }) => kind === 'error')
				.map(({ text }) => text),
		).toEqual(['saved line 100', 'saved line 200', 'saved line 300', 'saved line 400', 'saved line 500']);
		expect(engine.session.get().logs.get('dc1')).toEqual({ phase: 'following' });
	} finally {
		await dispose();
	}
});
