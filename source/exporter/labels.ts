import type { Safe } from '../domain/inventory.ts';
import type { Engine } from '../engine/engine.ts';
import { createLiveMask } from '../engine/live-mask.ts';

/** How Safes, and what they share, are called in labels. */
export type Labels = {
	/** Never the same for two Safes: Prometheus takes nothing of an answer that has a series twice. */
	safe(name: string): string;
	text(text: string): string;
};

/**
 * With a mask everything is called by its pseudonym; without one sensitive Safes are all the same, since metrics leave this machine as
 * reports do. Connectors keep their names.
 */
export async function createLabels(engine: Pick<Engine, 'session'>, isMasked: boolean): Promise<Labels> {
	const mask = await createLiveMask(engine, isMasked ? 'all' : 'sensitive');
	let names = new Map<string, string>();
	let texts = new Map<string, string>();
	const prepare = () => {
		if (!mask.isRenewed() && names.size > 0) return;
		names = labelsOf(engine.session.get().inventory.safes, mask);
		texts = new Map();
	};
	return {
		safe(name) {
			prepare();
			return names.get(name) ?? mask(name);
		},
		text(text) {
			prepare();
			const known = texts.get(text) ?? mask(text);
			if (texts.size < mostTexts) texts.set(text, known);
			return known;
		},
	};
}

const mostTexts = 1000;

function labelsOf(safes: readonly Safe[], mask: (text: string) => string): Map<string, string> {
	const taken = new Set<string>();
	const labels = new Map<string, string>();
	for (const { name } of safes) {
		const label = mask(name);
		let free = label;
		// `DB` and `db` are one thing to the mask, and two Safes.
		for (let number = 2; taken.has(free); number++) free = `${label}.${number}`;
		taken.add(free);
		labels.set(name, free);
	}
	return labels;
}
