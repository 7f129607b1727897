import type { Engine } from '../engine/engine.ts';
import type { LogLine } from '../logs/log-line.ts';

/** How bad lines say they are; `other` is everything below a warning, and what names no level. */
export const lineLevels = ['error', 'warning', 'other'] as const;

export type LineLevel = (typeof lineLevels)[number];

const levelOf: Readonly<Record<LogLine['kind'], LineLevel | null>> = {
	error: 'error',
	warning: 'warning',
	log: 'other',
	// vpmon's own.
	notice: null,
};

export type LinesHeard = {
	/** A connector that is another one now has another log. */
	connectorsChanged(): void;
	stop(): void;
};

/** Hears every line of every connector's log that was written after a time; lines without one all count. */
export function hearLines(
	{ session, logs }: Pick<Engine, 'session' | 'logs'>,
	since: number,
	onLine: (connector: string, level: LineLevel) => void,
): LinesHeard {
	const heard = new Map<string, { readonly buffer: object; readonly stop: () => void }>();
	const stop = (name: string) => {
		heard.get(name)?.stop();
		heard.delete(name);
	};
	const look = () => {
		const names = new Set(session.get().inventory.connectors.map(({ name }) => name));
		for (const name of [...heard.keys()]) if (!names.has(name)) stop(name);
		for (const name of names) {
			const buffer = logs.buffer(name);
			if (heard.get(name)?.buffer === buffer) continue;
			stop(name);
			const hear = ({ kind, time }: LogLine) => {
				const level = levelOf[kind];
				if (level !== null && (time ?? since) >= since) onLine(name, level);
			};
			heard.set(name, { buffer, stop: buffer.subscribe(hear) });
		}
	};
	look();
	return {
		connectorsChanged: look,
		stop() {
			for (const name of [...heard.keys()]) stop(name);
		},
	};
}
