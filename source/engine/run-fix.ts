import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { SafeResult } from '../domain/check.ts';
import type { Connector, Safe } from '../domain/inventory.ts';
import { ownName } from '../domain/own-name.ts';
import { cleanForeign, removeSecrets } from '../domain/secret-lines.ts';
import { UserError } from '../domain/user-error.ts';
import { formatCommand } from '../hosts/host.ts';
import { makeEdit, type PlannedEdit, planEdit } from '../inventory/edit.ts';
import { loadInventory } from '../inventory/file.ts';
import { readPublicKey } from '../probes/public-key.ts';
import type { FixPlan } from '../runbook/fix-plan.ts';
import { standing } from '../runbook/fix-result.ts';
import { type AuditEntry, appendAudit } from '../settings/audit.ts';
import type { Engine } from './engine.ts';
import { lineDiff } from './line-diff.ts';
import { connectorOf } from './session/read.ts';

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
	const edit = planEdit(file, [{ kind: 'change-safe', name: safe.name, fields: plan.change }]);
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
		await engine.replaceInventory(loadInventory(edit.file));
	} else {
		await note('changing');
		problem = await runCommands(engine, ready, onProgress);
	}
	const now = engine.session.get().inventory.safes.find(({ name }) => name === safe.name) ?? safe;
	// Our copy says nothing of what VaultPAM has.
	engine.session.learn({ kind: 'fix made', safe: now, rows: edit === null ? null : plan.rerun });
	const measure = () => engine.run([safe.name], { trigger: 'command', budgetWaitMs });
	await measure();
	const isDue = () => plan.rerun.includes('connector') && problem === null && isDownStill(engine, safe);
	for (const end = Date.now() + connectorTakes; isDue() && Date.now() < end; ) {
		onProgress('the connector is not Online yet');
		await new Promise((resolve) => setTimeout(resolve, lookEvery));
		await engine.checkConnectors([safe.connector]);
		if (!isDue()) await measure();
	}
	const after = resultOf(engine, safe.name);
	await note(problem !== null ? 'failed' : edit === null ? 'ran' : 'changed', { backup, after: standing(after) });
	return { problem, before, after };
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
		version: 1,
		id: randomBytes(6).toString('hex'),
		at: new Date().toISOString(),
		user: userName(),
		host: hostname(),
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

/** Who asked for it: behind sudo the person, not root. */
function userName(): string {
	return process.env.SUDO_USER ?? ownName() ?? String(process.getuid?.() ?? 'unknown');
}

function isDownStill(engine: Engine, { connector }: Safe): boolean {
	return engine.session.get().connectors.get(connector)?.status !== 'online';
}

function resultOf(engine: Engine, name: string): SafeResult {
	const state = engine.session.safe(name);
	if (state === undefined)
		throw new UserError(`${name} is no longer in the inventory.`, 'Somebody else has changed it meanwhile.');
	return state.result;
}

export function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
