import { isIP } from 'node:net';
import { release, type as systemType } from 'node:os';
import type { SafeResult, SessionWordsResult } from '../domain/check.ts';
import { cleanText } from '../domain/clean.ts';
import type { Safe } from '../domain/inventory.ts';
import { removeSecrets } from '../domain/secret-lines.ts';
import { UserError } from '../domain/user-error.ts';
import { version } from '../domain/version.ts';
import type { Host } from '../hosts/host.ts';
import { logSourceOf } from '../logs/choose-source.ts';
import { readTail } from '../logs/tail.ts';
import { probeNetcat } from '../probes/netcat.ts';
import { formatEscalationReport, type Part, type ReportParts } from '../report/escalation-report.ts';
import { createMask, type Identity } from '../report/mask.ts';
import { writeReport } from '../report/write-report.ts';
import { tidyWords } from '../runbook/find-message.ts';
import { stepsFor } from '../runbook/fixes.ts';
import { refusalSummary } from '../runbook/judgement.ts';
import { spellingsOf } from '../runbook/likely-usernames.ts';
import { reconcile } from '../runbook/session-words.ts';
import type { Engine } from './engine.ts';

export type ReportOptions = {
	readonly directory: string;
	readonly mask: boolean;
	/** The text of the session banner; null takes what was kept with the Safe. */
	readonly sessionError: string | null;
};

export type WrittenReport = {
	readonly path: string;
	readonly bytes: number;
	readonly masked: Readonly<Record<string, number>> | null;
};

const logLines = 100; // The runbook's number.
const partMs = 8000;

/**
 * Collects the parts side by side, each with its own deadline, and writes the report. The report of a Safe that is not sensitive
 * still hides the sensitive ones, whose lines stand in the same log.
 *
 * @throws UserError when it cannot be written, when masking would let a name through, or when the engine ended meanwhile.
 */
export async function writeEscalationReport(
	engine: Engine,
	safe: Safe,
	options: ReportOptions,
): Promise<WrittenReport> {
	const parts = await collectParts(engine, safe, options.sessionError);
	if (engine.signal.aborted) throw new UserError('The report was given up: vpmon ended meanwhile.', 'Write it again.');
	const isMasked = options.mask || safe.sensitive;
	const { safes, connectors } = engine.session.get().inventory;
	const hidden = isMasked ? safes : safes.filter(({ sensitive }) => sensitive);
	const identities = hidden.flatMap((other) => identitiesOf(engine, other, isMasked));
	// The address of a Safe that was never measured is nobody's that we know of, so every one is hidden but this Safe's own.
	const isUnknown = hidden.some((other) => isIP(other.host) === 0 && engine.knowledge.addressesOf(other).length === 0);
	const own = isMasked ? [] : [safe.host, ...engine.knowledge.addressesOf(safe)];
	const mask = createMask(
		identities,
		[...connectors.map(({ name }) => name), ...own],
		isMasked ? 'all' : isUnknown ? 'addresses' : 'none',
	);
	const text = formatEscalationReport(parts, isMasked, (value) => mask(removeSecrets(value)));
	const masked = mask(removeSecrets(text));
	if (mask.leak(masked) !== null) {
		throw new UserError(
			'The report was not written: a name that has to be masked would have stood in it.',
			`Please report this as a bug of vpmon ${version}.`,
		);
	}
	return finish(options.directory, masked, parts.at, isMasked ? mask.counts() : null);
}

/** What must not stand in a masked report. Elsewhere a user name stays: others of the same name are not sensitive. */
function identitiesOf(engine: Engine, { name, host, username, ...safe }: Safe, withUser: boolean): Identity[] {
	const addresses = engine.knowledge.addressesOf({ name, host, username, ...safe });
	return [
		{ kind: isIP(host) === 0 ? 'HOST' : 'IP', name: host },
		{ kind: 'SAFE', name },
		...addresses.map((address) => ({ kind: 'IP', name: address }) as const),
		...(withUser ? [{ kind: 'USER', name: username, spellings: spellingsOf(username) } as const] : []),
	];
}

async function finish(
	directory: string,
	text: string,
	at: Date,
	masked: WrittenReport['masked'],
): Promise<WrittenReport> {
	return { path: await writeReport(directory, text, at), bytes: Buffer.byteLength(text), masked };
}

async function collectParts(engine: Engine, safe: Safe, sessionError: string | null): Promise<ReportParts> {
	const connector = engine.knowledge.connectorOf(safe);
	const host = engine.hostOf(connector);
	const away: Part<never> = { ok: false, reason: `the host of ${connector.name} cannot be reached` };
	const [log, netcat, system] = await Promise.all([
		host === null ? away : collectLog(host, engine, safe),
		host === null ? away : engine.vantageOf(connector, host).then((from) => collectNetcat(engine, from.host, safe)),
		host === null ? away : collectSystem(host, engine, safe),
	]);
	const { result } = engine.session.safe(safe.name) as NonNullable<ReturnType<typeof engine.session.safe>>;
	return {
		safe,
		result,
		connector: engine.knowledge.connectorResult(connector),
		sessionWords: wordsOf(safe, result, sessionError),
		probeError: result.checks.find(({ verdict }) => verdict === 'fail')?.summary ?? null,
		log,
		netcat,
		system,
		steps: result.cause === null ? [] : stepsFor(result.cause, engine.knowledge.fixContextOf(safe)),
		measuredFrom: host?.name ?? engine.session.get().measuredFrom,
		at: new Date(),
		timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
	};
}

/** What was given with the report goes before what was kept with the Safe. */
function wordsOf(safe: Safe, result: SafeResult, given: string | null): SessionWordsResult | null {
	const text = given === null ? '' : tidyWords(given);
	return text === '' ? (result.sessionWords ?? null) : reconcile({ text, at: Date.now() }, safe, result.checks);
}

async function collectLog(host: Host, engine: Engine, safe: Safe): Promise<ReportParts['log']> {
	const source = logSourceOf(engine.knowledge.connectorOf(safe));
	if ('none' in source) return { ok: false, reason: source.none };
	const tail = await readTail(host, source, logLines, { timeoutMs: partMs, signal: engine.signal });
	if (!tail.ok) return { ok: false, reason: tail.reason };
	const lines = tail.lines.map(({ time, text }) => (time === null ? text : `${new Date(time).toISOString()} ${text}`));
	return { ok: true, value: { command: tail.command, lines } };
}

/** nc is one more connection to the target, so it is booked like any other, and goes to the very address that was booked. */
async function collectNetcat(engine: Engine, host: Host, safe: Safe): Promise<ReportParts['netcat']> {
	const ledger = engine.ledgerFor(safe);
	const addresses = await addressesOf(engine, host, safe);
	const [address] = addresses;
	if (address === undefined) return { ok: false, reason: `${safe.host} does not resolve on ${host.name}` };
	const booked = await ledger?.book(
		{ source: host.ledgerName ?? host.name, address, port: safe.port, siblings: addresses },
		'unfinished',
		'key',
	);
	if (booked !== undefined && 'reason' in booked) return { ok: false, reason: refusalSummary(booked) };
	const result = await probeNetcat(host, address, safe.port, { timeoutMs: partMs, signal: engine.signal });
	if (ledger !== null && booked !== undefined) {
		const mayCount = result.ok ? result.reached : result.left;
		await ledger.settle(booked, 'unfinished', mayCount ? 'unfinished' : 'not-reached');
	}
	return result.ok ? { ok: true, value: result } : result;
}

async function addressesOf(engine: Engine, host: Host, safe: Safe): Promise<readonly string[]> {
	const known = engine.knowledge.addressesOf(safe);
	if (known.length > 0) return known;
	const resolution = await host.resolve(safe.host, { timeoutMs: partMs, signal: engine.signal });
	return resolution.ok ? resolution.addresses.map(({ address }) => address) : [];
}

async function collectSystem(host: Host, engine: Engine, safe: Safe): Promise<ReportParts['system']> {
	const { runtime } = engine.knowledge.connectorOf(safe);
	const argv = { docker: ['docker', '--version'], systemd: ['systemctl', '--version'], none: null }[runtime];
	const own = [`vpmon ${version}`, `Node ${process.versions.node}`, `${systemType()} ${release()}`];
	if (argv === null) return { ok: true, value: own };
	const result = await host.run(argv, { timeoutMs: partMs, signal: engine.signal });
	const said = cleanText(result.stdout).split('\n')[0] ?? '';
	return { ok: true, value: [...own, result.outcome === 'done' ? said : `${argv[0]}: ${result.outcome}`] };
}
