import type { ReportData, ReportedLog } from './report-data.ts';

/** In place of a text that is one line and nothing else. */
const leftOut = '[line left out]';

/**
 * A report without the foreign lines that tell something: of logs, nc, error texts, evidence, versions, clocks and history. What
 * vpmon says itself stays, whatever it is.
 *
 * @param tells whether a text must not be written.
 * @returns how many lines were left out, too.
 */
export function leaveOutLines(data: ReportData, tells: (text: string) => boolean): { data: ReportData; lines: number } {
	let count = 0;
	const keep = (lines: readonly string[]): string[] => {
		const bad = lines.map(tells);
		// What a line end breaks in two is in both lines.
		for (let at = 1; at < lines.length; at++)
			if (!bad[at - 1] && !bad[at] && tells(`${lines[at - 1]}\n${lines[at]}`)) bad[at - 1] = bad[at] = true;
		count += bad.filter(Boolean).length;
		return lines.filter((_, at) => !bad[at]);
	};
	const text = (value: string): string => {
		const kept = keep(value.split('\n'));
		return kept.length === 0 ? leftOut : kept.join('\n');
	};
	const log = ({ connector, log: part }: ReportedLog): ReportedLog =>
		part.ok
			? { connector, log: { ok: true, value: { ...part.value, lines: keep(part.value.lines) } } }
			: { connector, log: { ok: false, reason: text(part.reason) } };
	const { error, nc, versions, clock } = data;
	return {
		data: {
			...data,
			error: error.text === null ? error : { ...error, text: text(error.text) },
			logs: data.logs.map(log),
			nc: nc.ok
				? { ok: true, value: { ...nc.value, output: text(nc.value.output) } }
				: { ok: false, reason: text(nc.reason) },
			checks: data.checks.map((row) => ({ ...row, evidence: inEvidence(row.evidence, text) })),
			history: keep(data.history),
			versions: versions.ok
				? { ok: true, value: versions.value.map((each) => ({ ...each, version: text(each.version) })) }
				: versions,
			clock: clock.ok ? { ok: true, value: keep(clock.value) } : clock,
		},
		lines: count,
	};
}

/** The same evidence with each text in it changed. */
function inEvidence<Value>(value: Value, change: (text: string) => string): Value {
	const map = (inner: unknown): unknown => {
		if (typeof inner === 'string') return change(inner);
		if (Array.isArray(inner)) return inner.map(map);
		if (typeof inner !== 'object' || inner === null) return inner;
		return Object.fromEntries(Object.entries(inner).map(([name, part]) => [name, map(part)]));
	};
	return map(value) as Value;
}
