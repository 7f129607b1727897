import { createHash } from 'node:crypto';
import type { SafeResult } from '../domain/check.ts';
import type { Connector, Safe } from '../domain/inventory.ts';
import { UserError } from '../domain/user-error.ts';
import { formatCommand } from '../hosts/host.ts';
import { makeEdit, type PlannedEdit } from '../inventory/edit.ts';
import { readPublicKey } from '../probes/public-key.ts';
import { cleanForeign, removeSecrets } from '../redact/secrets/secret-lines.ts';
import type { FixPlan } from '../runbook/fix-plan.ts';
import { standing } from '../runbook/fix-result.ts';
import { type AuditEntry, appendAudit, newAuditLine } from '../storage/audit.ts';
import { claimFix } from './claim-fix.ts';
import type { Engine } from './engine.ts';
import { measureByOneself, refuseOtherHostKey, resultOf, whyNotSeen } from './fix-evidence.ts';
import { loadInventoryApart, planEditApart } from './inventory-thread.ts';
import { lineDiff } from './line-diff.ts';
import { connectorOf } from './session/read.ts';
import { fromNowOn } from './sharing/freshness.ts';

/** A plan with the edit it makes, checked and not yet made. */
export type ReadyFix = {
	readonly plan: FixPlan;
	readonly safe: Safe;
	readonly connector: Connector;
	readonly edit: PlannedEdit | null;
	/** How many Safes' sessions go through the connector. */
	readonly sessionsOf: number;
	/** What changes in the inventory, line by line. */
	readonly diff: readonly string[];
};

export type FixOutcome = {
	/** What went wrong with a command; null when all ended well. */
	readonly problem: string | null;
	readonly before: SafeResult;
	readonly after: SafeResult;
	/** Why `after` is not what this program measured after the fix; null where it is. */
	readonly notSeen: string | null;
};

export type RunFixOptions = {
	readonly auditFile: string;
	/** Milliseconds. */
	readonly budgetWaitMs: number;
	readonly onProgress: (line: string) => void;
};

/** Milliseconds: a container may take its time to stop (docker stop waits 10 s). */
const commandTimeout = 60_000;
/** The runbook: a connector reconnects within 30 s. */
const connectorTakes = 30_000;
const lookEvery = 2000;

/**
 * Checks what a plan changes in the inventory.
 *
 * @throws UserError when the inventory has no file, or cannot be changed like that.
 */
export async function readyFix(engine: Engine, plan: FixPlan, safe: Safe): Promise<ReadyFix> {
	const connector = connectorOf(engine.session, safe);
	const { file, safes } = engine.session.get().inventory;
	const sessionsOf = safes.filter((each) => each.connector === connector.name).length;
	if (plan.change === null) return { plan, safe, connector, sessionsOf, edit: null, diff: [] };
	if (file === null)
		throw new UserError(
			`${safe.name} stands in no inventory.`,
			'Nothing was changed: give the right value on the command line.',
		);
	await refuseBadKey(plan);
	const edit = await planEditApart(file, [{ kind: 'change-safe', name: safe.name, fields: plan.change }]);
	return { plan, safe, connector, sessionsOf, edit, diff: lineDiff(edit.before ?? '', edit.after) };
}

/** A key is looked at before it is taken: a private one never gets into the inventory. */
async function refuseBadKey({ change }: FixPlan): Promise<void> {
	const key = change?.credential?.publicKey;
	if (key === undefined) return;
	const isText = key.includes(' AAAA');
	const { evidence } = await readPublicKey(isText ? { kind: 'text', text: key } : { kind: 'file', path: key });
	if (!evidence.ok) throw new UserError(`That key is not taken: ${evidence.detail}`, 'Nothing was changed.');
}

/**
 * Does what a fix says, measures the rows it touches again, and leaves a line in the audit file before and after.
 *
 * @throws UserError when the inventory or the audit file cannot be written; nothing was changed then.
 */
export async function runFix(engine: Engine, ready: ReadyFix, options: RunFixOptions): Promise<FixOutcome> {
	const { budgetWaitMs } = options;
	await measureByOneself(engine, ready, budgetWaitMs);
	refuseOtherHostKey(engine, ready);
	const claim = await claimFix(engine, ready);
	try {
		return await makeFix(engine, ready, options);
	} finally {
		await claim?.release();
	}
}

async function makeFix(engine: Engine, ready: ReadyFix, options: RunFixOptions): Promise<FixOutcome> {
	const { plan, safe, edit } = ready;
	const { auditFile, budgetWaitMs, onProgress } = options;
	const before = resultOf(engine, safe.name);
	const entry: AuditEntry = {
		...describe(ready),
		before: standing(before),
		after: null,
		leaves: edit === null ? null : sha256(edit.after),
	};
	const note = (phase: AuditEntry['phase'], more: Partial<AuditEntry> = {}) =>
		appendAudit(auditFile, { ...entry, ...more, phase, at: new Date().toISOString() });
	let backup: string | null = null;
	let problem: string | null = null;
	if (edit !== null) {
		await makeEdit(edit, new Date(), async (kept) => {
			backup = kept;
			await note('changing', { backup });
		});
		onProgress('the inventory was changed');
		await engine.replaceInventory(await loadInventoryApart(edit.file));
	} else {
		await note('changing');
		problem = await runCommands(engine, ready, onProgress);
	}
	const now = engine.session.get().inventory.safes.find(({ name }) => name === safe.name) ?? safe;
	// Our copy says nothing of what VaultPAM has.
	engine.session.learn({ kind: 'fix made', safe: now, rows: edit === null ? null : plan.rerun });
	// Who said yes to the fix wants to know what came of it: the look goes past the soft limit of unfinished connections.
	const measure = () => engine.run([safe.name], { trigger: 'insisted', budgetWaitMs, freshness: fromNowOn(true) });
	const madeAt = Date.now();
	await measure();
	const isDue = () => plan.rerun.includes('connector') && problem === null && isDownStill(engine, safe);
	for (const end = Date.now() + connectorTakes; isDue() && Date.now() < end; ) {
		onProgress('the connector is not Online yet');
		await new Promise((resolve) => setTimeout(resolve, lookEvery));
		await engine.checkConnectors([safe.connector]);
		if (!isDue()) await measure();
	}
	const after = resultOf(engine, safe.name);
	const notSeen = plan.rerun.some((id) => id !== 'connector') ? whyNotSeen(engine, now, madeAt) : null;
	const found = notSeen === null ? standing(after) : null;
	await note(problem !== null ? 'failed' : edit === null ? 'ran' : 'changed', { backup, after: found });
	return { problem, before, after, notSeen };
}

async function runCommands(
	engine: Engine,
	{ plan, connector }: ReadyFix,
	onProgress: (line: string) => void,
): Promise<string | null> {
	const host = engine.hostOf(connector);
	if (host === null) return `the host of ${connector.name} cannot be reached`;
	for (const command of plan.commands) {
		onProgress(`on ${host.name}: ${formatCommand(command)}`);
		const result = await host.run(command, { timeoutMs: commandTimeout, signal: engine.signal });
		if (result.outcome === 'done') continue;
		const said = cleanForeign(result.stderr.trim()).split('\n').at(-1) ?? '';
		if (result.outcome === 'not-found') return `${command[0]} is not installed on ${host.name}`;
		if (result.outcome === 'timeout') return `${result.command} did not end within ${commandTimeout / 1000} s`;
		return `${result.command} failed${said === '' ? '' : `: ${said}`}`;
	}
	return null;
}

function describe({ plan, safe, connector, edit, diff }: ReadyFix): Omit<AuditEntry, 'before' | 'after' | 'leaves'> {
	return {
		...newAuditLine(),
		action: 'fix',
		phase: 'changing',
		fix: plan.fix.id,
		safe: safe.name,
		connector: connector.name,
		commands: plan.commands.map((command) => removeSecrets(formatCommand(command))),
		diff: diff.map((line) => removeSecrets(line)),
		file: edit?.file ?? null,
		backup: null,
		unseen: plan.isUnseen,
	};
}

function isDownStill(engine: Engine, { connector }: Safe): boolean {
	return engine.session.get().connectors.get(connector)?.status !== 'online';
}

export function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
