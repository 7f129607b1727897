import { randomBytes } from 'node:crypto';
import { release, type as systemType } from 'node:os';
import { cleanLine } from '../domain/clean.ts';
import type { BudgetRefusal } from '../domain/evidence.ts';
import type { Connector, Safe } from '../domain/inventory.ts';
import { describeWriter } from '../domain/measurement.ts';
import { version } from '../domain/version.ts';
import type { Host, RunOptions } from '../hosts/host.ts';
import { logSourceOf } from '../logs/choose-source.ts';
import { readTail } from '../logs/tail.ts';
import { probeNetcat } from '../probes/netcat.ts';
import type { ReportData, ReportedLog } from '../report/report-data.ts';
import { refusalSummary } from '../runbook/judgement.ts';
import type { Engine } from './engine.ts';
import { addressesOf } from './session/read.ts';
import { originOf } from './sharing/board.ts';
import { keyOf } from './sharing/measured-parts.ts';

/** Where each part of a report comes from. All of it is asked through the connector's host. */

const logLines = 100; // The runbook's number.
/** A longer line is cut in a report: it would be megabytes that nobody reads. */
const longestLine = 8000; // Characters.

export async function readLogPart(host: Host, connector: Connector, options: RunOptions): Promise<ReportedLog['log']> {
	const source = logSourceOf(connector);
	if ('none' in source) return { ok: false, reason: source.none };
	const tail = await readTail(host, source, logLines, options);
	if (!tail.ok) return { ok: false, reason: `${tail.reason} (${tail.command})` };
	const lines = tail.lines.map(({ time, text }) => {
		const cut = text.length > longestLine ? `${text.slice(0, longestLine)} … cut, ${text.length} characters` : text;
		return time === null ? cut : `${new Date(time).toISOString()} ${cut}`;
	});
	return { ok: true, value: { command: tail.command, lines } };
}

/**
 * nc is one more connection to the target, so it is reserved like any other, and goes to the very address that was reserved. Where
 * the probe budget refuses, its last result stands with its time.
 */
export async function readNetcatPart(
	engine: Engine,
	host: Host,
	safe: Safe,
	options: RunOptions,
): Promise<ReportData['nc']> {
	const ledger = engine.ledgerFor(safe);
	const addresses = await addressesToTry(engine, host, safe, options);
	const [address] = addresses;
	if (address === undefined) return netcatOfName(engine, host, safe, options);
	const reserved = await ledger?.reserve(
		{ source: host.ledgerName ?? host.name, address, port: safe.port, siblings: addresses },
		{ kind: 'unfinished', trigger: 'key' },
	);
	if (reserved !== undefined && 'reason' in reserved) {
		return lastNetcat(engine, host, safe, addresses, reserved);
	}
	const beganAt = Date.now();
	const result = await probeNetcat(host, address, safe.port, options);
	if (ledger !== null && reserved !== undefined) {
		const mayCount = result.ok ? result.reached : result.left;
		await ledger.release(reserved, 'unfinished', mayCount ? 'unfinished' : 'not-reached');
	}
	if (!result.ok) return { ok: false, reason: result.reason };
	const { command, flavour, output } = result;
	const key = keyOf(originOf(host), address, safe.port);
	const writer = engine.sharing.self;
	const times = { beganAt, endedAt: Date.now(), firstAt: beganAt, deadlineMs: options.timeoutMs };
	const evidence = { command, flavour, output };
	const run = randomBytes(6).toString('hex');
	await engine.sharing.put([{ ...times, key, run, writer, part: 'netcat', evidence }], [safe]);
	const measured = { measuredAt: new Date(beganAt).toISOString(), measuredBy: writer.program };
	return { ok: true, value: { ...evidence, ...measured, notRunNow: null } };
}

/** A name that does not resolve: nc says so in its own words, and connects to nothing. */
async function netcatOfName(engine: Engine, host: Host, safe: Safe, options: RunOptions): Promise<ReportData['nc']> {
	const beganAt = Date.now();
	const result = await probeNetcat(host, safe.host, safe.port, options);
	if (!result.ok) return { ok: false, reason: `${safe.host} does not resolve on ${host.name}; ${result.reason}` };
	const { command, flavour, output } = result;
	const measured = {
		measuredAt: new Date(beganAt).toISOString(),
		measuredBy: engine.sharing.self.program,
		notRunNow: null,
	};
	return { ok: true, value: { command, flavour, output, ...measured } };
}

/** The newest result of any program on this host, where the probe budget leaves no connection for another. */
async function lastNetcat(
	engine: Engine,
	host: Host,
	safe: Safe,
	addresses: readonly string[],
	refusal: BudgetRefusal,
): Promise<ReportData['nc']> {
	const origin = originOf(host);
	await engine.sharing.load(origin.source);
	const known = addresses.flatMap(
		(address) => engine.sharing.board.at(keyOf(origin, address, safe.port))?.netcat ?? [],
	);
	const newest = known.toSorted((one, other) => other.beganAt - one.beganAt)[0];
	if (newest === undefined) return { ok: false, reason: refusalSummary(refusal) };
	const measuredBy = describeWriter(newest.writer, process.getuid?.() ?? -1) ?? newest.writer.program;
	const measuredAt = new Date(newest.beganAt).toISOString();
	return { ok: true, value: { ...newest.evidence, measuredAt, measuredBy, notRunNow: whyNotRun(refusal) } };
}

/** The report may be read in another time zone. */
function whyNotRun({ freeAt, detail }: BudgetRefusal): string {
	if (freeAt === null) return detail;
	return `the probe budget is used up, free at ${new Date(freeAt).toISOString().slice(11, 19)} UTC`;
}

async function addressesToTry(engine: Engine, host: Host, safe: Safe, options: RunOptions): Promise<readonly string[]> {
	const known = addressesOf(engine.session, safe);
	if (known.length > 0) return known;
	const resolution = await host.resolve(safe.host, options);
	return resolution.ok ? resolution.addresses.map(({ address }) => address) : [];
}

/** Of vpmon and its machine, of the connector's host and its runtime. What cannot be had is a line that says why. */
export async function readVersions(
	host: Host | null,
	{ runtime }: Connector,
	identification: string | null,
	options: RunOptions,
): Promise<ReportData['versions']> {
	const own = [
		{ of: 'vpmon', version },
		{ of: 'Node', version: process.versions.node },
		{ of: 'system of vpmon', version: `${systemType()} ${release()} ${process.arch}` },
	];
	const target = { of: 'SSH server of the target', version: identification ?? 'not known: it has not said' };
	if (host === null) return { ok: true, value: [...own, target] };
	const first = async (of: string, argv: readonly string[], pick = firstLine) => {
		const { outcome, stdout, stderr } = await host.run(argv, options);
		const said = outcome === 'done' ? pick(stdout) : '';
		const why = outcome === 'failed' ? firstLine(stderr) || 'failed' : outcome;
		return { of, version: said === '' ? `not known (${argv[0]}: ${why})` : said };
	};
	const runtimes = {
		docker: [
			first('container client', ['docker', '--version']),
			first('container engine', ['docker', 'version', '--format', '{{.Server.Version}}']),
		],
		systemd: [first('systemd', ['systemctl', '--version'])],
		none: [],
	};
	const asked = [
		first(`system of ${host.name}`, ['cat', '/etc/os-release'], prettyName),
		first(`kernel of ${host.name}`, ['uname', '-sr']),
		...runtimes[runtime],
	];
	return { ok: true, value: [...own, ...(await Promise.all(asked)), target] };
}

function firstLine(text: string): string {
	return cleanLine(text.trim().split('\n')[0] ?? '').slice(0, 200);
}

/** os-release(5) */
function prettyName(text: string): string {
	return cleanLine(/^PRETTY_NAME=["']?([^"'\n]*)/m.exec(text)?.[1] ?? '').slice(0, 200);
}

/** The times of both machines, their zones, and whether a time server keeps the connector's right. */
export async function readClock(
	host: Host | null,
	timeZone: string,
	options: RunOptions,
): Promise<ReportData['clock']> {
	const own = `vpmon's machine: ${new Date().toISOString()}, time zone ${timeZone}`;
	if (host === null) return { ok: true, value: [own, 'the connector host: not known, it cannot be reached'] };
	const asked = Date.now();
	const [date, timed] = await Promise.all([
		host.run(['date', '-u', '+%Y-%m-%dT%H:%M:%SZ'], options),
		host.run(['timedatectl', 'show', '--property=NTPSynchronized', '--property=Timezone'], options),
	]);
	const theirs = Date.parse(date.stdout.trim());
	const apart = Math.round((theirs - asked) / 1000);
	const clock = Number.isNaN(theirs)
		? `${host.name}: not known (date: ${date.outcome})`
		: `${host.name}: ${new Date(theirs).toISOString()}, ${Math.abs(apart) <= 1 ? 'the same' : `${Math.abs(apart)} s ${apart > 0 ? 'ahead' : 'behind'}`}`;
	const property = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(timed.stdout)?.[1]?.trim();
	const synchronised = property('NTPSynchronized');
	const zone = property('Timezone');
	const why = timed.outcome === 'failed' ? firstLine(timed.stderr) || 'failed' : timed.outcome;
	const ntp =
		synchronised === undefined
			? `set by a time server: not known (timedatectl: ${why})`
			: `set by a time server (NTP): ${synchronised}${zone === undefined ? '' : `, time zone ${cleanLine(zone)}`}`;
	return { ok: true, value: [own, clock, ntp] };
}
