import { expect, test } from 'vitest';
import type { BudgetRefusal, ConnectionEvidence } from '../../../source/domain/evidence.ts';
import type { Writer } from '../../../source/domain/measurement.ts';
import { createSession } from '../../../source/engine/session/create-session.ts';
import { keepSamples } from '../../../source/engine/sharing/keep-samples.ts';
import { readIdentity, safeIdentity } from '../../../source/engine/sharing/safe-identity.ts';
import { createSiteSharing } from '../../../source/engine/sharing/site-sharing.ts';
import { parseInventory } from '../../../source/inventory/file.ts';
import { safeNamed } from '../../helpers/learn.ts';
import { plainConnection } from '../../helpers/plain-evidence.ts';
import { exporter, type OpenedMemory, siteMemories } from '../../helpers/site-memory.ts';

const site = siteMemories();

function open(memory: OpenedMemory, settings = '', more = '') {
	const text = `version: 1\n${settings}connectors: [{name: dc0, runtime: none}]\nsafes:
  - {name: db, host: 10.0.0.5, username: deploy, connector: dc0, credential: {type: password}${more}}\n`;
	const session = createSession(parseInventory(text, '/etc/vpmon/vpmon.yaml'), 'here', { self: memory.self });
	const isShared = () => session.get().inventory.settings.share;
	const sites = Promise.resolve({ shared: memory, own: null });
	const sharing = createSiteSharing({ self: memory.self, sites, isShared });
	const samples = keepSamples(session, sharing);
	const safe = () => safeNamed(session, 'db');
	return {
		session,
		safe,
		learn(startedAt: string, changes: Partial<ConnectionEvidence> = {}, by: Writer = memory.self) {
			const connections = [{ ...plainConnection('10.0.0.5'), startedAt, ...changes }];
			learn(connections, null, by);
		},
		refuse: (refusal: BudgetRefusal) => learn([], refusal, memory.self),
		async end() {
			await sharing.sites;
			session.flush();
			await samples.end();
		},
		kept: () => memory.samplesOf(safeIdentity(session, safe()), 0).recent,
	};

	function learn(connections: readonly ConnectionEvidence[], refusal: BudgetRefusal | null, writer: Writer) {
		const target = {
			...{ host: '10.0.0.5', port: 22, name: null, carriedKeys: [], refusedAddresses: [], knownHosts: null },
			...{ connections, refusal, measuredAt: connections[0]?.startedAt ?? new Date().toISOString(), durationMs: 1 },
		};
		const result = { target, auth: null, authRefusal: null };
		const rest = { proof: null, about: null, writer, answeredTo: null };
		session.learn({ kind: 'target measured', safe: safe(), result, ...rest });
	}
}

const ago = (seconds: number) => new Date(Math.floor(Date.now() / 1000 - seconds) * 1000).toISOString();
const refused = { outcome: 'refused', error: 'connect ECONNREFUSED' } as const;
const fullBudget: BudgetRefusal = { reason: 'unfinished', freeAt: null, detail: '4 unfinished' };

test('each measurement is a sample with what it found; one that the budget refused is none', async () => {
	const memory = await site.open();
	const started = open(memory);
	const at = ago(60);
	started.learn(at, refused);
	started.refuse(fullBudget);
	await started.end();
	expect(started.kept()).toEqual([{ at: Date.parse(at), verdict: 'fail', cause: 'port-refused', ms: null }]);
});

test('what another program measured is kept once, also where that program has no such Safe', async () => {
	const memory = await site.open();
	const other = await site.open(exporter);
	const at = ago(60);
	for (const one of [memory, other]) {
		const started = open(one);
		started.learn(at, refused, exporter);
		await started.end();
	}
	const started = open(memory);
	expect(started.kept().map((sample) => sample.at)).toEqual([Date.parse(at)]);
	started.learn(ago(30), refused, { program: 'check', uid: 5, user: 'ben' });
	await started.end();
	expect(started.kept()).toHaveLength(2);
});

test('nothing is kept where nothing is shared, nor of a look at some rows', async () => {
	const memory = await site.open();
	const unshared = open(memory, 'settings: {share: false}\n');
	unshared.learn(ago(60), refused);
	await unshared.end();
	const some = open(memory);
	some.session.learn({ kind: 'rows chosen', only: new Set(['port']) });
	some.learn(ago(50), refused);
	await some.end();
	const sensitive = open(memory, '', ', sensitive: true');
	sensitive.learn(ago(40), refused);
	await sensitive.end();
	expect(memory.sampledSafes()).toEqual([]);
});

test('a Safe is the same under another name, and another one with another user or host key', async () => {
	const memory = await site.open();
	const [one, same, other] = [open(memory), open(memory), open(memory, '', `, hostKey: "SHA256:${'a'.repeat(43)}"`)];
	const identity = safeIdentity(one.session, one.safe());
	expect(safeIdentity(same.session, same.safe())).toBe(identity);
	expect(safeIdentity(other.session, other.safe())).not.toBe(identity);
	expect(safeIdentity(one.session, { ...one.safe(), username: 'root' })).not.toBe(identity);
	expect(safeIdentity(one.session, { ...one.safe(), name: 'x' })).toBe(identity);
	expect(readIdentity(identity)).toEqual({ source: 'local', host: '10.0.0.5', port: 22, username: 'deploy' });
	for (const text of ['', '{}', '[]', '["local","h","22","u",1,2,3]', '["local","h",22,null,1,2,3]'])
		expect(readIdentity(text)).toBeNull();
	await one.end();
});
