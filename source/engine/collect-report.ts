import { release, type as systemType } from 'node:os';
import { cleanText } from '../domain/clean.ts';
import type { Safe } from '../domain/inventory.ts';
import { removeSecrets } from '../domain/secrets.ts';
import { UserError } from '../domain/user-error.ts';
import { version } from '../domain/version.ts';
import type { Host } from '../hosts/host.ts';
import { logSourceOf } from '../logs/choose-source.ts';
import { readTail } from '../logs/tail.ts';
import { probeNetcat } from '../probes/netcat.ts';
import { formatEscalationReport, type Part, type ReportParts } from '../report/escalation-report.ts';
import { createMask } from '../report/mask.ts';
import { writeReport } from '../report/write-report.ts';
import { stepsFor } from '../runbook/fixes.ts';
import { refusalSummary } from '../runbook/judgement.ts';
import type { Ledger } from '../settings/ledger.ts';
import type { Engine } from './engine.ts';

export type ReportOptions = {
	readonly directory: string;
	readonly mask: boolean;
	/** The text of the session banner. */
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
 * Collects the parts side by side, each with its own deadline, and writes the report.
 *
 * @throws UserError when it cannot be written, or when masking would let a name through.
 */
export async function writeEscalationReport(
	engine: Engine,
	safe: Safe,
	options: ReportOptions,
): Promise<WrittenReport> {
	const parts = await collectParts(engine, safe, options.sessionError);
	const masked = options.mask || safe.sensitive;
	const text = removeSecrets(formatEscalationReport(parts, masked));
	if (!masked) return finish(options.directory, text, parts.at, null);
	const mask = createMask(engine.session.get().inventory);
	const hidden = mask(text);
	const leak = mask.leak(hidden);
	if (leak !== null) {
		throw new UserError(
			'The report was not written: a name of the inventory would have stood in it unmasked.',
			`Please report this as a bug of vpmon ${version}.`,
		);
	}
	return finish(options.directory, hidden, parts.at, mask.counts());
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
		host === null ? away : collectNetcat(host, engine.ledgerFor(safe), safe, engine.knowledge.addressOf(safe)),
		host === null ? away : collectSystem(host, engine, safe),
	]);
	const { result } = engine.session.safe(safe.name) as NonNullable<ReturnType<typeof engine.session.safe>>;
	return {
		safe,
		result,
		connector: engine.knowledge.connectorResult(connector),
		sessionError: sessionError === null ? null : cleanText(sessionError).trim(),
		probeError: result.checks.find(({ verdict }) => verdict === 'fail')?.summary ?? null,
		log,
		netcat,
		system,
		steps:
			result.cause === null
				? []
				: stepsFor(result.cause, { connector, safe, sourceAddress: engine.knowledge.sourceAddressOf(safe) }),
		measuredFrom: host?.name ?? engine.session.get().measuredFrom,
		at: new Date(),
		timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
	};
}

async function collectLog(host: Host, engine: Engine, safe: Safe): Promise<ReportParts['log']> {
	const source = logSourceOf(engine.knowledge.connectorOf(safe));
	if ('none' in source) return { ok: false, reason: source.none };
	const tail = await readTail(host, source, logLines, { timeoutMs: partMs });
	return tail.ok
		? { ok: true, value: { command: tail.command, lines: tail.lines } }
		: { ok: false, reason: tail.reason };
}

/** nc is one more connection to the target, so it is booked like any other. */
async function collectNetcat(
	host: Host,
	ledger: Ledger | null,
	safe: Safe,
	address: string,
): Promise<ReportParts['netcat']> {
	const booked = await ledger?.book({ source: host.name, address, port: safe.port }, 'unfinished', 'key');
	if (booked !== undefined && 'reason' in booked) return { ok: false, reason: refusalSummary(booked) };
	const result = await probeNetcat(host, safe, { timeoutMs: partMs });
	if (ledger !== null && booked !== undefined) {
		await ledger.settle(booked, 'unfinished', result.ok && result.reached ? 'unfinished' : 'not-reached');
	}
	return result.ok ? { ok: true, value: result } : result;
}

async function collectSystem(host: Host, engine: Engine, safe: Safe): Promise<ReportParts['system']> {
	const { runtime } = engine.knowledge.connectorOf(safe);
	const argv = { docker: ['docker', '--version'], systemd: ['systemctl', '--version'], none: null }[runtime];
	const own = [`vpmon ${version}`, `Node ${process.versions.node}`, `${systemType()} ${release()}`];
	if (argv === null) return { ok: true, value: own };
	const result = await host.run(argv, { timeoutMs: partMs });
	const said = cleanText(result.stdout).split('\n')[0] ?? '';
	return { ok: true, value: [...own, result.outcome === 'done' ? said : `${argv[0]}: ${result.outcome}`] };
}
