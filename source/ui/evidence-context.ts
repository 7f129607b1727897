import type { CheckId } from '../domain/check.ts';
import type { Engine } from '../engine/engine.ts';
import { addressesOf, factsOf, fixContextFor } from '../engine/session/read.ts';
import type { SafeState } from '../engine/session/session.ts';
import { LinesAbout, namesOf } from '../logs/lines-about.ts';
import type { LogBuffer } from '../logs/log-buffer.ts';
import type { LogLine } from '../logs/log-line.ts';
import type { EvidenceContext } from './evidence-lines.ts';
import type { Screen } from './screen.ts';

/** What the evidence of a row says beside the Safe itself, read when it is asked for. */
export function contextOf({ engine }: Screen, state: SafeState, check: CheckId): EvidenceContext {
	const { inventory, events } = engine.session.get();
	const safe = inventory.safes.find(({ name }) => name === state.result.name);
	return {
		fix: safe === undefined ? null : fixContextFor(engine.session, safe),
		events,
		measurements: safe === undefined ? undefined : factsOf(engine.session, safe).history[check],
		named: linesAbout(engine, state, check),
		now: Date.now(),
	};
}

/** What the connector wrote about a Safe from so long before a row was measured on is shown with it. */
const logWindow = 10 * 60_000; // Milliseconds.

/** Of the Safe whose evidence is open: what was read of its log once is not read again with every frame. */
let reading: {
	readonly safe: string;
	readonly names: string;
	readonly buffer: LogBuffer;
	readonly about: LinesAbout;
} | null = null;

function linesAbout(engine: Engine, { result }: SafeState, check: CheckId): readonly LogLine[] {
	const buffer = engine.logs.buffer(result.connector);
	const safe = engine.session.get().inventory.safes.find(({ name }) => name === result.name);
	if (safe === undefined) return [];
	const names = namesOf(safe, addressesOf(engine.session, safe));
	if (reading?.safe !== safe.name || reading.names !== names.source || reading.buffer !== buffer)
		reading = { safe: safe.name, names: names.source, buffer, about: new LinesAbout(names) };
	const measured = Date.parse(result.checks[check].measuredAt ?? '');
	const earliest = Number.isNaN(measured) ? 0 : measured - logWindow;
	return reading.about.in(buffer).filter(({ time }) => time === null || time >= earliest);
}
