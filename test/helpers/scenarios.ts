import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { createEngine, type Engine } from '../../source/engine/engine.ts';
import type { EngineOptions } from '../../source/engine/engine-options.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { openLedger } from '../../source/storage/ledger.ts';
import { fingerprint, keyFile, publicKey, type TestKey } from './keys.ts';
import { createScenarioHost, type Scenario, type ScenarioHost } from './scenario-host.ts';

/** What a fixture file in fixtures/scenarios says. */
export type ScenarioFile = {
	readonly title: string;
	readonly inventory: unknown;
	/** Milliseconds; long unless told, since a busy machine takes its time. */
	readonly checkTimeoutMs?: number;
	readonly host: Scenario;
	readonly expect: {
		readonly exitCode: number;
		readonly connections?: number;
		readonly groups?: readonly string[];
		readonly safes: Readonly<Record<string, { verdict: string; cause: string | null; rows: string }>>;
	};
	readonly frame: readonly string[];
};

const directory = new URL('../../fixtures/scenarios/', import.meta.url).pathname;

export function readScenarios(): ReadonlyArray<readonly [name: string, file: ScenarioFile]> {
	const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));
	return files.map((file) => [
		file.replace('.yaml', ''),
		parse(fillIn(readFileSync(join(directory, file), 'utf8'))) as ScenarioFile,
	]);
}

export function readScenario(name: string): ScenarioFile {
	return parse(fillIn(readFileSync(join(directory, `${name}.yaml`), 'utf8'))) as ScenarioFile;
}

/** `${fingerprint:host-a}`, `${public:user-a}` and `${file:user-a}` stand for the keys in fixtures/keys. */
function fillIn(text: string): string {
	return text.replace(/\$\{(fingerprint|public|file):([\w-]+)\}/g, (_, what: string, key: TestKey) => {
		if (what === 'file') return keyFile(key);
		return what === 'public' ? publicKey(key) : fingerprint(key);
	});
}

export type StartedScenario = { readonly engine: Engine; readonly host: ScenarioHost; close(): Promise<void> };

/** The real engine with the real ledger on a connector host that answers as written. */
export async function startScenario(
	{ inventory, host: scenario, ...file }: ScenarioFile,
	checkTimeoutMs = file.checkTimeoutMs ?? 5000,
	concurrency = 32,
	more: Pick<EngineOptions, 'onMeasured' | 'sharing'> = {},
): Promise<StartedScenario> {
	const runtime = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	const ledger = await openLedger(runtime);
	const host = createScenarioHost(scenario);
	const engine = createEngine({
		...more,
		inventory: parseInventory(stringify(inventory), '/etc/vpmon/vpmon.yaml'),
		hostOf: (connector) => (connector.host === 'local' ? host : { unreachable: 'no way to ssh:// in a scenario' }),
		ledger,
		openLedger: async () => ledger,
		measuredFrom: 'scenario',
		token: undefined,
		checkTimeoutMs,
		safeTimeoutMs: 10 * checkTimeoutMs,
		concurrency,
		unchangedEveryMs: 60_000,
	});
	return {
		engine,
		host,
		async close() {
			await engine.dispose();
			ledger.close();
			rmSync(runtime, { recursive: true, force: true });
		},
	};
}
