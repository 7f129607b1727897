import { rowsOf } from '../domain/check.ts';
import type { Safe } from '../domain/inventory.ts';
import { describeWriter } from '../domain/measurement.ts';
import { UserError } from '../domain/user-error.ts';
import { version } from '../domain/version.ts';
import { createNumbering, type Numbering } from '../redact/names/pseudonym.ts';
import { countRemoved } from '../redact/names/removed-marks.ts';
import { createSiteMask, type SiteMask } from '../redact/names/site-mask.ts';
import { removeRandomTokens, removeSecrets } from '../redact/secrets/secret-lines.ts';
import { removedSecret } from '../redact/secrets/spans.ts';
import { findKnownSecrets } from '../report/known-secrets.ts';
import { leaveOutLines } from '../report/leave-out-lines.ts';
import { mapTexts } from '../report/map-texts.ts';
import type { MaskMode, Part, ReportData, ReportedLog } from '../report/report-data.ts';
import { formatReportMarkdown } from '../report/report-markdown.ts';
import { rowJson } from '../report/row-json.ts';
import { writeReport } from '../report/write-report.ts';
import type { Engine } from './engine.ts';
import { fixesTried } from './fixes-tried.ts';
import { namesHere } from './names-here.ts';
import {
	historyOf,
	identificationOf,
	reportedError,
	reportedGroup,
	reportedSafe,
	representativeOf,
	resultOf,
	seenOf,
	sourcesOf,
	stepsOf,
	summaryOf,
} from './report-content.ts';
import { createParts, type PartState } from './report-parts.ts';
import { readClock, readLogPart, readNetcatPart, readVersions } from './report-sources.ts';
import { connectorOf, connectorResultOf } from './session/read.ts';

export type ReportFormat = 'md' | 'json';

export type ReportOptions = {
	/** `others` masks all but the Safes of the report. Where one of them is sensitive all is masked. */
	readonly hides: MaskMode;
	/** The text of the session banner; null takes what was kept with the Safe. */
	readonly sessionError: string | null;
	readonly format?: ReportFormat;
	/** Makes pseudonyms the same from report to report; without it they hold for this one. */
	readonly numbering?: Numbering;
	/** Measures the Safes first, as a part of its own: for who was started for the report. */
	readonly measure?: () => Promise<void>;
	/** Gives the report up. */
	readonly signal?: AbortSignal;
	/** When its time began, as `performance.now()` counts; now where it is left out. */
	readonly startedAt?: number;
	readonly onProgress?: (states: readonly PartState[]) => void;
};

/** A report that was collected, masked and searched for leaks, and is not written yet. */
export type PreparedReport = {
	readonly text: string;
	readonly format: ReportFormat;
	readonly data: ReportData;
	readonly at: Date;
	/** What has to be said of the pseudonyms, or null. */
	readonly notice: string | null;
};

export type WrittenReport = { readonly path: string; readonly bytes: number };

/** Milliseconds. Two of fifteen are left to write it and to end what hangs, on a busy machine too. */
const wholeMs = 13_000;
const measureMs = 7500;
const netcatMs = 5900;
const partMs = 7500;
/** That a part says so where nothing is left. */
const shortestMs = 300;
const mostLogs = 3;

/** Somebody gave the report up while it was collected. */
export class ReportCancelled extends UserError {
	constructor() {
		super('The report was given up: nothing was written.', 'Ask for it again when you want it.');
	}
}

/**
 * Collects one report about one or several Safes, its parts side by side, each with its own deadline, all within 15 seconds. Nothing
 * is written.
 *
 * @throws UserError when it was given up, or when something that has to be masked would stand in it.
 */
export async function collectReport(
	engine: Engine,
	safes: readonly Safe[],
	options: ReportOptions,
): Promise<PreparedReport> {
	const stop = AbortSignal.any([engine.signal, ...(options.signal === undefined ? [] : [options.signal])]);
	const parts = createParts(stop, options.onProgress ?? (() => {}));
	const names = [...new Set(safes.map(({ connector }) => connector))].slice(0, mostLogs);
	const connectors = names.flatMap(
		(name) => engine.session.get().inventory.connectors.find((connector) => connector.name === name) ?? [],
	);
	const [lead] = safes;
	if (lead === undefined) throw new UserError('A report needs a Safe.', 'Name one.');

	const startedAt = options.startedAt ?? performance.now();
	const leftOf = (ms: number) => Math.max(shortestMs, Math.min(ms, startedAt + wholeMs - performance.now()));
	const measured = parts.run('checks', leftOf(measureMs), async () => {
		await options.measure?.();
		return { ok: true, value: null };
	});
	const hostOf = (safe: Safe) => engine.hostOf(connectorOf(engine.session, safe));
	const away: Part<never> = { ok: false, reason: `the host of ${lead.connector} cannot be reached` };
	const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

	const logs = parts.run<ReportedLog[]>('log', partMs, async (signal) => {
		const read = connectors.map(async (connector): Promise<ReportedLog> => {
			const host = engine.hostOf(connector);
			const runOptions = { timeoutMs: partMs - 500, signal };
			const log = host === null ? away : await readLogPart(host, connector, runOptions);
			return { connector: connector.name, log };
		});
		const all = await Promise.all(read);
		const failed = all.find(({ log }) => !log.ok)?.log;
		return all.length === 1 && failed !== undefined && !failed.ok ? failed : { ok: true, value: all };
	});
	const clock = parts.run('clock', partMs, (signal) =>
		readClock(hostOf(lead), timeZone, { timeoutMs: partMs / 2, signal }),
	);
	// Who is asked for first gets the turn: nc counts against the target as the checks do.
	const checked = await measured;
	const first = representativeOf(engine, safes) ?? lead;
	const connector = connectorOf(engine.session, first);
	const host = hostOf(first);
	const identification = identificationOf(engine, first);
	const lastMs = leftOf(netcatMs);
	const [log, nc, versions, time] = await Promise.all([
		logs,
		parts.run('nc', lastMs, async (signal) => {
			if (host === null) return away;
			const from = await engine.probeOriginOf(connector, host);
			return readNetcatPart(engine, from.host, first, { timeoutMs: lastMs - 200, signal });
		}),
		parts.run('versions', lastMs, (signal) =>
			readVersions(host, connector, identification, { timeoutMs: lastMs / 2, signal }),
		),
		clock,
	]);
	if (stop.aborted) throw new ReportCancelled();

	const at = new Date();
	const group = safes.length > 1 ? reportedGroup(engine, safes) : null;
	const ordered = [first, ...safes.filter((safe) => safe !== first)];
	const result = resultOf(engine, first);
	const notCollected = parts
		.states()
		.flatMap(({ name, state, reason }) => (state === 'failed' && reason !== null ? [{ part: name, reason }] : []));
	const hides = safes.some(({ sensitive }) => sensitive) ? 'all' : options.hides;
	const data: ReportData = {
		schemaVersion: 1,
		kind: 'vpmon-escalation-report',
		writtenAt: at.toISOString(),
		timeZone,
		writtenBy: `vpmon ${version}`,
		measuredFrom: host?.name ?? engine.session.get().measuredFrom,
		masking: { hides, standIns: {}, secretsRemoved: 0, linesLeftOut: 0 },
		summary: summaryOf(engine, first, safes, group),
		connectors: connectors.map((used) => {
			const { name, status, check } = connectorResultOf(engine.session, used);
			const { verdict, summary, measuredAt } = check;
			const measuredBy = describeWriter(check.measuredBy, process.getuid?.() ?? -1);
			return { name, status, verdict, summary, measuredAt, measuredBy };
		}),
		group,
		safes: ordered.map((safe) => reportedSafe(engine, safe)),
		error: reportedError(engine, first, options.sessionError),
		logs: log.ok ? log.value : connectors.slice(0, 1).map(({ name }) => ({ connector: name, log })),
		nc,
		ownSocket: result.checks.port.summary,
		checks: rowsOf(result).map((row) => rowJson(row, process.getuid?.() ?? -1)),
		history: [
			...(checked.ok ? [] : [`The checks were still running when this was written: ${checked.reason}.`]),
			...historyOf(engine, first),
		],
		fixesTried: fixesTried(safes),
		steps: stepsOf(engine, first),
		versions,
		clock: time,
		notCollected,
	};
	const numbering = options.numbering ?? createNumbering();
	return finish(data, options.format ?? 'md', at, maskFor(engine, safes, hides, numbering), numbering);
}

function maskFor(engine: Engine, safes: readonly Safe[], hides: MaskMode, numbering: Numbering): SiteMask {
	const { inventory, measuredFrom, coverage } = engine.session.get();
	const sources = new Set(safes.flatMap((safe) => sourcesOf(engine, safe)));
	const own = new Set(safes);
	return createSiteMask(inventory, numbering, {
		hide: hides,
		own: safes,
		seenOf: (safe) => {
			const seen = seenOf(engine, safe);
			return own.has(safe) && hides !== 'all' ? { ...seen, addresses: [...seen.addresses, ...sources] } : seen;
		},
		elsewhere: coverage?.withoutTarget,
		here: namesHere(engine, measuredFrom),
	});
}

/** Masks, counts, and looks once more at what would be written. */
async function finish(
	data: ReportData,
	format: ReportFormat,
	at: Date,
	mask: SiteMask,
	numbering: Numbering,
): Promise<PreparedReport> {
	const clean = mapTexts(data, removeSecrets);
	let removed = countRemoved(JSON.stringify(clean));
	let masked = mapTexts(clean, mask);
	const known = await findKnownSecrets(formatReportMarkdown(masked));
	if (known.length > 0) {
		const text = formatReportMarkdown(masked);
		const secrets = known.map(({ start, end }) => text.slice(start, end)).sort((a, b) => b.length - a.length);
		const before = countRemoved(JSON.stringify(masked));
		masked = mapTexts(masked, (value) =>
			secrets.reduce((rest, secret) => rest.replaceAll(secret, removedSecret), value),
		);
		removed += countRemoved(JSON.stringify(masked)) - before;
	}
	const left = await leaveOut(masked, mask);
	masked = left.data;
	const masking = { standIns: mask.counts(), secretsRemoved: removed, linesLeftOut: left.lines };
	masked = { ...masked, masking: { ...masked.masking, ...masking } };
	const write = (of: ReportData) =>
		format === 'json' ? `${JSON.stringify(of, null, '\t')}\n` : formatReportMarkdown(of);
	const text = write(masked);
	const leak = mask.leak(text, write(mapTexts(masked, () => '')));
	const [secret] = await findKnownSecrets(text);
	if (leak !== null || secret !== undefined) {
		const line = leak?.line ?? text.slice(0, secret?.start).split('\n').length;
		throw new UserError(
			`The report was not written: ${leak === null ? `a secret (${secret?.rule})` : `a ${leak.kind} name that has to be masked (${leak.as})`} would stand in line ${line}, ${partAt(text, line, format)}.`,
			`Please report this as a bug of vpmon ${version}.`,
		);
	}
	return { text, format, data: masked, at, notice: numbering.notice };
}

/** The last look at foreign lines: traces of names, what secretlint knows, and what only a program can have made up. */
async function leaveOut(data: ReportData, mask: SiteMask): Promise<{ data: ReportData; lines: number }> {
	const text = formatReportMarkdown(data);
	const secrets = (await findKnownSecrets(text)).map(({ start, end }) => text.slice(start, end).split('\n')[0] ?? '');
	const isSecret = (line: string) =>
		removeRandomTokens(line) !== line || secrets.some((each) => each !== '' && line.includes(each));
	return leaveOutLines(data, (line) => isSecret(line) || mask.leak(line) !== null);
}

/** The heading, or the member of the JSON, that a line is below. */
function partAt(text: string, line: number, format: ReportFormat): string {
	const above = text.split('\n').slice(0, line).reverse();
	const heading = above.find((each) => (format === 'md' ? /^##? /.test(each) : /^\t"\w+"/.test(each)));
	return `below ${heading?.replace(/^#+ /, '').replace(/^\t"(\w+)".*/, '"$1"') ?? 'its beginning'}`;
}

/** @throws UserError when the directory or the disk does not take it; nothing is left behind then. */
export async function writePrepared(directory: string, { text, at, format }: PreparedReport): Promise<WrittenReport> {
	return { path: await writeReport(directory, text, at, format), bytes: Buffer.byteLength(text) };
}
