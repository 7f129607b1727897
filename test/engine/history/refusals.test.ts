import { afterEach, expect, test } from 'vitest';
import type { SessionEvent } from '../../../source/domain/event.ts';
import type { BudgetRefusal } from '../../../source/domain/evidence.ts';
import { createLabels } from '../../../source/exporter/labels.ts';
import { safeFamilies } from '../../../source/exporter/safe-families.ts';
import { fingerprint, publicKey } from '../../helpers/keys.ts';
import { safeNamed } from '../../helpers/learn.ts';
import { type StartedScenario, startScenario } from '../../helpers/scenarios.ts';

/** "A refusal is never a change": no event, no history line, no flap, no alert that ends. */

let started: StartedScenario | undefined;
afterEach(async () => {
	await started?.close();
	started = undefined;
});

const rejecting = { ssh: { hostKeys: ['host-a'], users: { deploy: ['user-b'] } } } as const;

/** A Safe whose key the target rejects. */
async function start() {
	const credential = { type: 'ssh-key', publicKey: publicKey('user-a') };
	const safe = { name: 'db', host: '10.0.0.5', username: 'deploy', hostKey: fingerprint('host-a'), credential };
	const inventory = { version: 1, connectors: [{ name: 'dc1' }], safes: [safe] };
	const host = { ports: { '10.0.0.5:22': rejecting } };
	started = await startScenario({ title: '', inventory, host, expect: { exitCode: 0, safes: {} }, frame: [] });
	const { engine } = started;
	const now = () => engine.session.safe('db');
	const run = () => {
		const freshness = { passing: Date.now(), failing: Date.now(), asksAnew: true };
		return engine.run(null, { trigger: 'key', freshness });
	};
	const events = () => engine.session.get().events.filter(({ kind }) => kind === 'safes');
	const causes = async () => {
		const families = safeFamilies(engine.session.get, await createLabels(engine, false));
		const family = families.find(({ name }) => name === 'vpmon_check_cause');
		return [...(family?.samples() ?? [])].map(([{ check, cause }]) => `${check} ${cause}`);
	};
	return { engine, host: started.host, now, run, events, causes };
}

test('a Safe that fails and is refused keeps its verdict, its cause and its alert, and nothing is told', async () => {
	const { engine, host, now, run, events, causes } = await start();
	await run();
	const [before, since] = [now()?.result, now()?.since];
	expect(before).toMatchObject({ verdict: 'fail', cause: 'user-or-key-rejected' });
	const alerts = await causes();
	const opened = host.opened.length;
	for (let index = 0; index < 8; index++) await run();
	const after = now()?.result;
	// The budget had an end.
	expect(host.opened.length - opened).toBeLessThan(8);
	expect(Object.values(after?.checks ?? {}).some(({ summary }) => /free again at|budget/.test(summary))).toBe(true);
	expect(after).toMatchObject({ verdict: 'fail', cause: 'user-or-key-rejected' });
	expect(now()?.since).toBe(since);
	expect(events()).toHaveLength(1);
	expect(await causes()).toEqual(alerts);
	const history = engine.session.facts.safes.get('db')?.history ?? {};
	for (const measured of Object.values(history))
		expect(new Set(measured.map(({ failed }) => failed)).size, JSON.stringify(history)).toBe(1);
});

test('after a restart a refused question changes nothing of what was told before', async () => {
	const { engine, run, events } = await start();
	const failed: SessionEvent = {
		kind: 'safes',
		at: new Date(Date.now() - 3_600_000).toISOString(),
		connector: 'dc1',
		safes: ['db'],
		from: { verdict: 'pass', cause: null },
		to: { verdict: 'fail', cause: 'user-or-key-rejected' },
		rows: [],
		summary: 'rejected',
	};
	engine.session.learn({ kind: 'events recalled', events: [failed] });
	await run();
	const { session } = engine;
	const target = session.facts.safes.get('db')?.target ?? null;
	if (target === null) throw new Error('the target was measured');
	// Another program of this host begins: it measures the target, and may not ask about the key.
	await started?.close();
	const again = await start();
	again.engine.session.learn({ kind: 'events recalled', events: [failed] });
	const freeAt = new Date(Date.now() + 60_000).toISOString();
	const refusal: BudgetRefusal = { reason: 'refused-queries', freeAt, detail: '' };
	again.engine.session.learn({
		kind: 'target measured',
		safe: safeNamed(again.engine.session, 'db'),
		result: { target, auth: null, authRefusal: refusal },
		proof: null,
		about: null,
		writer: again.engine.sharing.self,
		answeredTo: null,
	});
	expect(again.now()?.result.verdict).toBe('unknown');
	await again.run();
	expect(again.now()).toMatchObject({ result: { verdict: 'fail' }, since: Date.parse(failed.at) });
	expect(events()).toEqual([failed]);
	again.engine.session.flush();
	expect(again.events()).toEqual([failed]);
});
