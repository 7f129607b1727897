import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Program, Writer } from '../../source/domain/measurement.ts';
import { createEngine, type Engine } from '../../source/engine/engine.ts';
import { factsOf } from '../../source/engine/session/read.ts';
import type { SafeFacts } from '../../source/engine/session/safe-facts.ts';
import { createSiteSharing } from '../../source/engine/sharing/site-sharing.ts';
import type { Host } from '../../source/hosts/host.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { openLedger } from '../../source/storage/ledger.ts';
import { openSiteMemory } from '../../source/storage/site-memory/open-site-memory.ts';
import type { SiteMemory } from '../../source/storage/site-memory/site-memory.ts';
import { fingerprint, publicKey, type TestKey } from './keys.ts';
import { safeNamed } from './learn.ts';
import { createScenarioHost, type Scenario, type ScenarioHost } from './scenario-host.ts';

/** What `docker inspect` prints of a connector that runs. */
export const runningConnector = '{"State":{"Status":"running"},"Mounts":[{"Type":"volume","Destination":"/data"}]}';
export const runs: NonNullable<Scenario['commands']> = { 'docker inspect': { stdout: runningConnector } };

/** A Safe as an inventory writes it; what is left out is usual. */
export type WrittenSafe = {
	readonly name: string;
	readonly host: string;
	readonly username?: string;
	/** As in the inventory; the ED25519 key of `host-a` unless told. */
	readonly hostKey?: string;
	readonly key?: TestKey;
	readonly sensitive?: boolean;
};

/** Without a probe budget, unless the settings are given. */
export function inventoryOf(
	safes: readonly WrittenSafe[],
	settings: object = { exempt: true },
	more: object = {},
): object {
	return {
		version: 1,
		settings,
		connectors: [{ name: 'dc1', runtime: 'docker', container: 'agent' }],
		safes: safes.map(({ name, host, username = 'deploy', hostKey, key = 'user-a', sensitive = false }) => ({
			name,
			host,
			username,
			hostKey: hostKey ?? `ssh-ed25519 ${fingerprint('host-a')}`,
			sensitive,
			credential: { type: 'ssh-key', publicKey: publicKey(key) },
		})),
		...more,
	};
}

/** A port where `deploy` and `backup` may log in with `user-a`. */
export const sshPort = (...hostKeys: TestKey[]) => ({
	ssh: {
		hostKeys: hostKeys.length === 0 ? (['host-a'] as const) : hostKeys,
		users: { deploy: ['user-a'], backup: ['user-a'] } as const,
	},
});

export const writerOf = (program: Program, uid = 1000, user = uid === 0 ? 'root' : `user${uid}`): Writer => ({
	program,
	uid,
	user,
});

/** One of the programs on a host. */
export type SharingProgram = {
	readonly engine: Engine;
	/** Where it connects from: counts its own connections only. */
	readonly host: ScenarioHost;
	/** Its inventory. */
	readonly file: string;
	readonly shared: SiteMemory;
	readonly own: SiteMemory;
	/** All that it does when nobody presses a key. */
	sweep(): Promise<void>;
	/** `r` on a Safe. */
	press(name: string): Promise<void>;
	/** Connections since this was last asked. */
	connections(): readonly string[];
	facts(safe: string): SafeFacts;
	verdict(safe: string): string | undefined;
};

export type ProgramOptions = {
	readonly self?: Writer;
	/** What this user's commands print. */
	readonly commands?: Scenario['commands'];
	/** Container network that its probes leave from, by name. */
	readonly network?: string;
	readonly checkTimeoutMs?: number;
	readonly confirmsRecovery?: boolean;
};

/** A connector host on which several programs share a ledger and a site memory. They look for news only when a test says so. */
export function createSharedHost(scenario: Scenario) {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	const closing: Array<() => Promise<void>> = [];
	return {
		/** May be changed: what answers from then on. */
		ports: scenario.ports as Record<string, NonNullable<Scenario['ports']>[string]>,
		file: join(directory, 'site', 'site-1.sqlite'),
		directory,
		async start(inventory: object, options: ProgramOptions = {}): Promise<SharingProgram> {
			const { self = writerOf('screen'), commands = runs, network, checkTimeoutMs = 2000 } = options;
			const host = createScenarioHost({ ...scenario, commands });
			const local: Host = network === undefined ? host : { ...host, network };
			const ledger = await openLedger(join(directory, 'run'));
			const files = { pollMs: 1_000_000, now: () => Date.now() };
			const shared = await openSiteMemory(join(directory, 'site'), self, files);
			const own = await openSiteMemory(join(directory, `private-${self.uid}`), self, files);
			const file = join(directory, `vpmon-${closing.length}.yaml`);
			writeFileSync(file, stringify(inventory), { mode: 0o600 });
			const parsed = parseInventory(stringify(inventory), file);
			const engine: Engine = createEngine({
				inventory: parsed,
				hostOf: () => local,
				ledger,
				openLedger: async () => ledger,
				measuredFrom: 'scenario',
				token: undefined,
				checkTimeoutMs,
				safeTimeoutMs: 5 * checkTimeoutMs,
				confirmsRecovery: options.confirmsRecovery ?? false,
				sharing: createSiteSharing({
					self,
					sites: Promise.resolve({ shared, own }),
					isShared: () => engine.session.get().inventory.settings.share,
				}),
			});
			closing.push(async () => {
				await engine.dispose();
				ledger.close();
				shared.close();
				own.close();
			});
			let counted = 0;
			return {
				engine,
				host,
				file,
				shared,
				own,
				sweep: () => engine.run(null, { trigger: 'background' }),
				press: (name) => engine.run([name], { trigger: 'key' }),
				connections() {
					const since = host.opened.slice(counted);
					counted = host.opened.length;
					return since;
				},
				facts: (name) => factsOf(engine.session, safeNamed(engine.session, name)),
				verdict: (name) => engine.session.safe(name)?.result.verdict,
			};
		},
		async close() {
			for (const close of closing) await close();
			rmSync(directory, { recursive: true, force: true });
		},
	};
}
