import { setTimeout } from 'node:timers/promises';
import { formatClock } from '../domain/time.ts';
import { defaultConcurrency, type Engine } from '../engine/engine.ts';
import { type FirstSweep, firstSweepOf } from '../engine/first-sweep.ts';
import type { InventoryChanges } from '../engine/inventory-changes.ts';
import { startSchedule } from '../engine/schedule.ts';
import { afterChange } from '../engine/sharing/freshness.ts';
import type { Store } from '../engine/store.ts';
import type { openPreferences } from '../storage/preferences.ts';
import { sayNews } from './notice.ts';
import type { View } from './view.ts';

export type Probing = {
	/** The inventory is another one by now: what is new in it is measured, or asked about, as the whole was. */
	inventoryChanged(changes: Pick<InventoryChanges, 'toMeasure' | 'connectors' | 'settings' | 'keysChangedAt'>): void;
	stop(): void;
};

const budgetWaitMs = 10_000;
/** Milliseconds for the file that programs share. */
const patienceMs = 1000;

/**
 * Begins to measure. Before the first sweep of an inventory with many targets people are asked, once on a host: the targets' admins will see it.
 * "No" holds for this time; `probe: on-demand` in settings says it for good.
 */
export function startProbing(
	engine: Engine,
	view: Store<View>,
	loadPreferences: () => Promise<ReturnType<typeof openPreferences>>,
): Probing {
	let preferences: ReturnType<typeof openPreferences> | null = null;
	let stopped = false;
	let answered: 'yes' | 'no' | null = null;
	let whenAgreed = () => {};
	let stopWatching = () => {};
	let schedule: { readonly isOnDemand: boolean; readonly stop: () => void } | null = null;

	const start = (isOnDemand: boolean) => {
		schedule?.stop();
		schedule = stopped ? null : { isOnDemand, stop: startSchedule(engine, isOnDemand) };
	};
	/** Who agreed on this host to the first sweep of this inventory. */
	const agreedBy = () => {
		const { file } = engine.session.get().inventory;
		return file === null ? null : (engine.sharing.siteOf({ sensitive: false })?.agreement(file) ?? null);
	};
	const decide = (known: ReturnType<typeof openPreferences>): 'background' | 'on-demand' | FirstSweep => {
		const { inventory, measuredFrom } = engine.session.get();
		const { probe, swept } = known.read();
		if (inventory.settings.probe === 'on-demand' || probe === 'on-demand' || answered === 'no') return 'on-demand';
		if (answered === 'yes' || swept.includes(inventory.file ?? '') || agreedBy() !== null) return 'background';
		return firstSweepOf(inventory, measuredFrom, defaultConcurrency) ?? 'background';
	};
	const ask = (sweep: FirstSweep, known: ReturnType<typeof openPreferences>) => {
		schedule?.stop();
		schedule = null;
		const answer = (yes: boolean) => {
			const { inventory, safes, sweep: last } = engine.session.get();
			answered = yes ? 'yes' : 'no';
			view.patch({ question: null, notice: yes ? null : 'r and R measure, nothing else does' });
			if (yes && inventory.file !== null) {
				known.agree(inventory.file);
				engine.sharing.siteOf({ sensitive: false })?.agree(inventory.file);
			}
			start(!yes);
			// After a first sweep the schedule does not come to them so soon.
			const left = [...safes.values()].filter(({ since }) => since === null).map(({ result }) => result.name);
			if (yes && last.finishedAt !== null) void engine.run(left, { trigger: 'background', budgetWaitMs });
		};
		view.patch({ question: { sweep, answer } });
		whenAgreed = () => {
			const agreement = view.get().question?.answer === answer ? agreedBy() : null;
			if (agreement === null) return;
			answer(true);
			engine.session.learn({ kind: 'account seen', user: agreement.by.user });
			const at = formatClock(agreement.at).slice(0, 5);
			sayNews(view, `the first sweep begins: ${agreement.by.user} agreed to it at ${at}`);
		};
		// Connectors are no targets.
		if (!stopped) void engine.checkConnectors();
	};

	void engine.sharing.sites.then(({ shared }) => {
		const unwatch = shared?.watch(({ isOther }) => {
			if (isOther) whenAgreed();
		});
		if (stopped) return unwatch?.();
		if (unwatch !== undefined) stopWatching = unwatch;
		whenAgreed();
	});
	// What was agreed to elsewhere is waited for, and not for long.
	const opened = Promise.race([engine.sharing.sites, setTimeout(patienceMs, null, { ref: false })]);
	void Promise.all([loadPreferences(), opened]).then(([known]) => {
		preferences = known;
		const { logPanel, bell } = known.read();
		view.patch({ logPanel, bell });
		if (known.notice !== null) sayNews(view, known.notice);
		const decision = decide(known);
		if (typeof decision === 'object') ask(decision, known);
		else start(decision === 'on-demand');
	});
	return {
		inventoryChanged({ toMeasure, connectors, settings, keysChangedAt }) {
			// What begins later begins with the inventory of then.
			if (stopped || preferences === null) return;
			const decision = decide(preferences);
			if (typeof decision === 'object') return ask(decision, preferences);
			const isOnDemand = decision === 'on-demand';
			view.patch({ question: null });
			if (schedule?.isOnDemand !== isOnDemand || connectors || settings) start(isOnDemand);
			if (isOnDemand || toMeasure.length === 0) return;
			void engine.run(toMeasure, { trigger: 'background', budgetWaitMs, ...afterChange(keysChangedAt) });
		},
		stop() {
			stopped = true;
			stopWatching();
			schedule?.stop();
		},
	};
}
