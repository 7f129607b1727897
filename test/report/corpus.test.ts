import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportOf } from '../../source/commands/check.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { LogBuffer } from '../../source/logs/log-buffer.ts';
import { describeText } from '../../source/logs/log-line.ts';
import { readableLine } from '../../source/logs/readable.ts';
import { createLineGate } from '../../source/logs/safe-text.ts';
import { createNumbering } from '../../source/redact/names/pseudonym.ts';
import { createSiteMask } from '../../source/redact/names/site-mask.ts';
import { removeSecrets } from '../../source/redact/secrets/secret-lines.ts';
import { decodedView } from '../../source/redact/text/text-view.ts';
import { formatCheckJson } from '../../source/report/check-json.ts';
import {
	identityNeedles,
	identitySafes,
	identityTexts,
	innocentTexts,
	plantedSecrets,
	survivors,
} from '../helpers/corpus.ts';
import { writeReportOf } from '../helpers/report.ts';
import { startScenario } from '../helpers/scenarios.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const inventory = {
	version: 1,
	connectors: [{ name: 'dc1', logFile: '/var/log/vaultpam.log' }],
	safes: identitySafes,
};
const siteMask = () =>
	createSiteMask(parseInventory(JSON.stringify(inventory), '/etc/vpmon/vpmon.yaml'), createNumbering(), {
		hide: 'all',
	});

/** What of the site can be read in a text, also behind escapes, over line ends and in base64. */
function needlesIn(text: string): string[] {
	const tokens = (text.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? []).map((token) =>
		Buffer.from(token, 'base64').toString('utf8'),
	);
	const hex = (text.match(/(?:[0-9a-f]{2}){5,}/gi) ?? []).map((token) => Buffer.from(token, 'hex').toString('utf8'));
	const views = [text, text.replace(/\n\s*/g, ''), decodedView(text)?.text ?? '', ...tokens, ...hex];
	const open = views.join('\n').normalize('NFC').toLowerCase();
	return identityNeedles.filter((needle) => open.includes(needle.toLowerCase()));
}

test('the corpus is as large as it has to be, and what it looks for can be found', () => {
	expect(plantedSecrets.length).toBeGreaterThanOrEqual(60);
	expect(identityTexts.length).toBeGreaterThanOrEqual(40);
	for (const { text, canaries } of plantedSecrets) expect([text, survivors(text, canaries)]).toEqual([text, canaries]);
	// Some spell addresses in ways that needles do not.
	expect(identityTexts.filter((text) => needlesIn(text).length === 0).length).toBeLessThan(6);
});

for (const [index, { text, canaries }] of plantedSecrets.entries()) {
	test(`secret ${index + 1} is neither in the log nor in a text: ${text.split('\n')[0]?.slice(0, 40)}`, () => {
		const gate = createLineGate();
		const lines = text.split('\n').flatMap((line) => gate(line) ?? []);
		expect(survivors(lines.join('\n'), canaries)).toEqual([]);
		expect(survivors(removeSecrets(text), canaries)).toEqual([]);
		const buffer = new LogBuffer();
		for (const line of lines) buffer.add({ ...describeText(line), text: line, position: null });
		const shown = buffer.last(100).map((line) => readableLine(line).text);
		expect(survivors(shown.join('\n'), canaries)).toEqual([]);
	});
}

for (const text of identityTexts) {
	test(`nothing of the site is left of: ${text.slice(0, 50).replaceAll('\n', ' ')}`, () => {
		const mask = siteMask();
		const masked = mask(text);
		expect([masked, needlesIn(masked)]).toEqual([masked, []]);
		expect(mask.leak(masked)).toBeNull();
	});
}

test('innocent text stays as it is', () => {
	const mask = siteMask();
	const gate = createLineGate();
	for (const text of innocentTexts) {
		expect(removeSecrets(text)).toBe(text);
		expect(gate(text)).toBe(text);
		expect(mask(text)).toBe(text);
	}
	expect(mask(innocentTexts.join('\n'))).toBe(innocentTexts.join('\n'));
});

/** At most 100 lines each, as the report has them. */
function chunks(texts: readonly string[]): string[][] {
	const found: string[][] = [[]];
	for (const text of texts) {
		const last = found.at(-1) ?? [];
		if ([...last, text].join('\n').split('\n').length > 95) found.push([text]);
		else last.push(text);
	}
	return found;
}

test('no canary and nothing of the site survives in a report, whatever it stood in', async () => {
	const canaries = plantedSecrets.flatMap((planted) => planted.canaries);
	const texts = [...plantedSecrets.map(({ text }) => text), ...identityTexts];
	for (const chunk of chunks(texts)) {
		const scenario = await startScenario({
			title: '',
			inventory,
			host: {
				names: { 'db1.corp.example': ['10.20.4.17'] },
				ports: { '10.20.4.17:22': { says: `${chunk[0]}\n` } },
				commands: {
					tail: { stdout: `${chunk.join('\n')}\n` },
					'nc -zv': { stderr: chunk.slice(0, 20).join('\n') },
					'nc -h': { stderr: 'OpenBSD netcat' },
					cat: { stdout: `PRETTY_NAME="Debian ${chunk[1]?.split('\n')[0]}"` },
				},
			},
			expect: { exitCode: 1, safes: {} },
			frame: [],
		});
		try {
			const { engine } = scenario;
			await engine.run(null, { trigger: 'command' });
			const { safes } = engine.session.get().inventory;
			const numbering = createNumbering();
			for (const format of ['md', 'json'] as const) {
				const options = { hides: 'all', format, numbering, sessionError: chunk.join('\n') } as const;
				const { text, path } = await writeReportOf(engine, safes, directory, options);
				expect(survivors(text, canaries)).toEqual([]);
				expect(needlesIn(text)).toEqual([]);
				// Its random end may be any three letters.
				expect(needlesIn(basename(path).replace(/[0-9a-f]{8}(?=\.\w+$)/, ''))).toEqual([]);
			}
			// Secrets are removed in any case.
			const { text } = await writeReportOf(engine, safes.slice(0, 1), directory, {
				hides: 'sensitive',
				sessionError: chunk.join('\n'),
			});
			expect(survivors(text, canaries)).toEqual([]);
		} finally {
			await scenario.close();
		}
	}
}, 60_000);

test('no canary survives in the JSON of a check, said by targets in place of SSH', async () => {
	const at = (index: number) => 2000 + index;
	const scenario = await startScenario({
		title: '',
		inventory: {
			version: 1,
			connectors: [{ name: 'dc1' }],
			safes: plantedSecrets.map((_, index) => ({
				name: `s${index}`,
				host: '10.0.0.5',
				port: at(index),
				username: 'x',
			})),
		},
		host: {
			ports: Object.fromEntries(
				plantedSecrets.map(({ text }, index) => [`10.0.0.5:${at(index)}`, { says: `${text}\r\n` }]),
			),
		},
		expect: { exitCode: 1, safes: {} },
		frame: [],
		checkTimeoutMs: 600,
	});
	try {
		const { engine } = scenario;
		await engine.run(null, { trigger: 'command' });
		const [safe] = engine.session.get().inventory.safes;
		if (safe !== undefined)
			engine.session.learn({ kind: 'error reported', safe, text: plantedSecrets.map(({ text }) => text).join('\n') });
		const json = [...formatCheckJson(reportOf(engine), 0)].join('');
		expect(json).toContain('secret removed');
		expect(
			survivors(
				json,
				plantedSecrets.flatMap((planted) => planted.canaries),
			),
		).toEqual([]);
	} finally {
		await scenario.close();
	}
});
