import { defaultConcurrency, type Engine } from '../engine/engine.ts';
import { firstSweepOf } from '../engine/first-sweep.ts';
import { startSchedule } from '../engine/schedule.ts';
import type { Store } from '../engine/store.ts';
import type { openPreferences } from '../settings/preferences.ts';
import type { View } from './view.ts';

/**
 * Begins to measure. Before the first sweep of an inventory with many targets the person is asked, once: their admins will see it.
 * "No" holds for this time; `probe: on-demand` in settings says it for good. Returns its own end.
 */
export function startProbing(
	engine: Engine,
	view: Store<View>,
	loadPreferences: () => Promise<ReturnType<typeof openPreferences>>,
): () => void {
	const { inventory, measuredFrom } = engine.session.get();
	let stopped = false;
	let stop = () => {};
	const start = (isOnDemand: boolean) => {
		if (!stopped) stop = startSchedule(engine, isOnDemand);
	};
	void loadPreferences().then((preferences) => {
		const { logPanel, bell, probe, swept } = preferences.read();
		view.patch({ logPanel, bell });
		if (inventory.settings.probe === 'on-demand' || probe === 'on-demand') return start(true);
		const sweep = firstSweepOf(inventory, measuredFrom, defaultConcurrency);
		if (sweep === null || swept.includes(inventory.file ?? '')) return start(false);
		const answer = (yes: boolean) => {
			view.patch({ question: null, notice: yes ? null : 'r and R measure, nothing else does' });
			if (yes && inventory.file !== null) preferences.agree(inventory.file);
			start(!yes);
		};
		view.patch({ question: { sweep, answer } });
		// Connectors are no targets.
		if (!stopped) void engine.checkConnectors();
	});
	return () => {
		stopped = true;
		stop();
	};
}
