import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { SafeResult } from '../domain/check.ts';
import type { Safe } from '../domain/inventory.ts';
import { UserError } from '../domain/user-error.ts';
import { commandsForTarget } from '../engine/commands-for-target.ts';
import type { Engine } from '../engine/engine.ts';
import { whyNotSeen } from '../engine/fix-evidence.ts';
import { type FixOutcome, type ReadyFix, readyFix, runFix } from '../engine/run-fix.ts';
import { fixContextFor } from '../engine/session/read.ts';
import { readyUndo, undoFix } from '../engine/undo-fix.ts';
import { formatCommand } from '../hosts/host.ts';
import { loadInventory } from '../inventory/file.ts';
import { findInventory } from '../inventory/find.ts';
import { comparedKeys } from '../report/row-details.ts';
import { actionOf, type FixValues, fixById, planFix, sessionsThatDrop } from '../runbook/fix-plan.ts';
import { afterwords, fixForResult, standing } from '../runbook/fix-result.ts';
import { type Fix, fixes } from '../runbook/fixes.ts';
import { auditFile } from '../storage/audit.ts';
import { configDirectory, systemInventory } from '../storage/directories.ts';
import { wholeInventory } from './choose-inventory.ts';
import { type FreshnessFlags, measuringOf } from './freshness-flags.ts';
import { engineMask, inventoryMask, unmasked } from './output-mask.ts';
import { resolvePseudonyms } from './pseudonym-names.ts';
import { refuseReadOnly } from './refuse-read-only.ts';
import { readStandardInput } from './standard-input.ts';
import { startEngine } from './start-engine.ts';
import { type Voice, voiceWith } from './voice.ts';

export type FixFlags = Omit<FixValues, 'port'> &
	FreshnessFlags & {
		inventory?: string;
		list?: boolean;
		dryRun?: boolean;
		yes?: boolean;
		undo?: boolean;
		port?: number;
		readOnly?: boolean;
		/** Undefined: as the inventory says. */
		mask?: boolean;
	};

const maxFingerprintBytes = 64 * 1024;
const nothing = 'Nothing was changed.';
const dryRunShows = '--dry-run shows what the fix would do.';

/** `vpmon fix`: shows what the runbook says to do about a Safe, does it after a yes, and measures again. */
export async function fix(given: string | undefined, id: string | undefined, flags: FixFlags): Promise<void> {
	if (flags.list) return list();
	if (flags.undo) return undo(flags);
	const [name] = await resolvePseudonyms(given === undefined ? [] : [given], flags.inventory);
	if (name === undefined)
		throw new UserError('vpmon fix needs the name of a Safe.', 'vpmon check lists them; vpmon fix --list the fixes.');
	const asked = id === undefined ? null : fixOf(id);
	const inventory = wholeInventory([name], flags.inventory === undefined ? {} : { inventory: flags.inventory });
	const safe = inventory.safes.find((candidate) => candidate.name === name) as Safe;
	const values = await valuesOf(flags);
	const measuring = measuringOf(flags, 'command', true, true);
	await inventoryMask(inventory, flags.mask);
	const { engine, dispose } = await startEngine(inventory, { program: 'fix' });
	try {
		const voice = voiceWith(await engineMask(engine, flags.mask));
		voice.tell(`measuring ${safe.name}`);
		await engine.run([safe.name], measuring);
		const result = resultOf(engine, safe);
		const chosen = asked ?? fixForResult(result);
		const notSeen = whyNotSeen(engine, safe, measuring.freshness.passing);
		if (chosen === null) return tellNothingToFix(voice, safe, result, notSeen);
		await offer(engine, voice, safe, chosen, values, flags);
	} finally {
		await dispose();
	}
}

/** Only what was measured and passes needs no fix: not what another user's program says, and not what passed before the budget was used up. */
function tellNothingToFix({ say, tell }: Voice, { name }: Safe, result: SafeResult, notSeen: string | null): void {
	if (result.verdict !== 'unknown' && notSeen === null)
		return say(`${name}: ${standing(result)}; there is nothing to fix`);
	say(`${name}: ${standing(result)}. ${result.headline}`);
	const why = result.verdict === 'unknown' || notSeen === null ? 'it could not be measured' : notSeen;
	tell(`${why}, so nobody knows whether there is something to fix. ${nothing}`);
	process.exitCode = 3;
}

async function offer(
	engine: Engine,
	voice: Voice,
	safe: Safe,
	chosen: Fix,
	values: FixValues,
	flags: FixFlags,
): Promise<void> {
	const { say, tell } = voice;
	const result = resultOf(engine, safe);
	const situation = { context: fixContextFor(engine.session, safe), result };
	say(`${safe.name} (${standing(result)}) · ${chosen.id}: ${chosen.title}`);
	// What the person has to compare stands with what they are asked about.
	if (chosen.id === 'reset-host-key')
		for (const [label, value] of comparedKeys(result.checks['host-key'])) say(`  ${label.padEnd(8)}${value}`);
	const steps = [...chosen.steps(situation.context), ...(await commandsForTarget(safe, chosen.id, situation.context))];
	for (const [index, step] of steps.entries()) say(`  ${index + 1} ${step}`);
	const plan = planFix(chosen, situation, values);
	if ('need' in plan) throw new UserError(plan.need, plan.next);
	const ready = await readyFix(engine, plan, safe);
	if (plan.commands.length === 0 && ready.edit === null)
		return say('vpmon itself has nothing to run here: these steps are for the target or for VaultPAM');
	preview(voice, ready);
	if (flags.dryRun) return tell(`a dry run. ${nothing}`);
	refuseReadOnly(flags.readOnly, engine.session.get().inventory, dryRunShows);
	await confirm(voice, ready, flags.yes ?? false);
	const outcome = await runFix(engine, ready, {
		auditFile: auditFile(),
		budgetWaitMs: flags.budgetWait * 1000,
		onProgress: tell,
	});
	if (outcome.problem !== null) tell(`it did not work: ${outcome.problem}`);
	conclude(voice, ready, outcome);
	const { verdict } = outcome.after;
	const isUnknown = verdict === 'unknown' || outcome.notSeen !== null;
	process.exitCode = outcome.problem !== null || verdict === 'fail' ? 1 : isUnknown ? 3 : 0;
}

function preview({ say }: Voice, { plan, connector, sessionsOf, edit, diff }: ReadyFix): void {
	if (plan.commands.length > 0) {
		say(`on the host of ${connector.name}; ${sessionsThatDrop(sessionsOf)}:`);
		for (const command of plan.commands) say(`  ${formatCommand(command)}`);
	}
	if (edit !== null) {
		say(`in ${edit.file}, our copy of what VaultPAM has:`);
		for (const line of diff) say(`  ${line}`);
	}
	if (plan.isUnseen) say('  this host key was compared by nobody; the audit file will say so');
}

/** @throws UserError for everything but a yes. */
async function confirm({ mask }: Voice, { plan, edit }: ReadyFix, isGiven: boolean): Promise<void> {
	if (edit !== null && edit.before === edit.after)
		throw new UserError('The inventory has it so already.', 'Where VaultPAM has something else, change it there.');
	if (isGiven) return;
	if (!process.stdin.isTTY || !process.stderr.isTTY)
		throw new UserError(`It needs a yes. ${nothing}`, 'Give --yes when the preview is what you want.');
	const typed = plan.typed === null ? null : mask(plan.typed);
	const answer = await ask(typed === null ? 'Do it? [y/N] ' : `Type ${typed} to go on: `);
	const agrees = typed === null ? /^y(?:es)?$/i.test(answer) : answer === typed || answer === plan.typed;
	if (!agrees) throw new UserError(nothing, 'The answer was no.');
}

async function ask(question: string): Promise<string> {
	const prompt = createInterface({ input: process.stdin, output: process.stderr });
	try {
		return (await prompt.question(question)).trim();
	} catch {
		// Ctrl-D
		return '';
	} finally {
		prompt.close();
	}
}

/** A fix that did not help says so. */
function conclude({ say }: Voice, { edit }: ReadyFix, { before, after, notSeen }: FixOutcome): void {
	say(`before: ${standing(before)}`);
	say(`after:  ${standing(after)} · ${after.headline}`);
	const words = afterwords(before, after, edit !== null, notSeen);
	if (words !== null) say(words);
}

async function undo(flags: FixFlags): Promise<void> {
	const file = resolve(findInventory(flags.inventory, configDirectory, systemInventory));
	const ready = readyUndo(auditFile(), file);
	const { say, tell } = voiceWith(await inventoryMask(loadInventory(file), flags.mask));
	say(
		`takes back ${ready.entry.fix} of ${ready.entry.safe ?? 'a Safe'}, made ${ready.entry.at} by ${ready.entry.user}`,
	);
	for (const line of ready.diff) say(`  ${line}`);
	if (flags.dryRun) return tell(`a dry run. ${nothing}`);
	refuseReadOnly(flags.readOnly, loadInventory(file), dryRunShows);
	if (!flags.yes) {
		if (!process.stdin.isTTY) throw new UserError(`It needs a yes. ${nothing}`, 'Give --yes.');
		if (!/^y(?:es)?$/i.test(await ask('Take it back? [y/N] '))) throw new UserError(nothing, 'The answer was no.');
	}
	await undoFix(auditFile(), file, ready);
	say(`${file} is as it was before`);
}

function list(): void {
	const width = Math.max(...fixes.map(({ id }) => id.length));
	const { say } = voiceWith(unmasked);
	const words = { none: 'shows steps', edits: 'edits the inventory', disruptive: 'runs commands' };
	for (const { id, title } of fixes) say(`${id.padEnd(width)}  ${title} (${words[actionOf(id)?.risk ?? 'none']})`);
}

function fixOf(id: string): Fix {
	const found = fixById(id);
	if (found !== undefined) return found;
	throw new UserError(
		`There is no fix ${JSON.stringify(id)}.`,
		`There are ${fixes.map((each) => each.id).join(', ')}.`,
	);
}

function resultOf(engine: Engine, { name }: Safe): SafeResult {
	const state = engine.session.safe(name);
	if (state === undefined) throw new UserError(`${name} is no longer in the inventory.`, nothing);
	return state.result;
}

async function valuesOf({ username, port, credential, key, fingerprint, unseen }: FixFlags): Promise<FixValues> {
	return {
		username,
		port,
		credential,
		// Paths in the inventory are relative to it, and this one to where the person is.
		key: key === undefined || key.includes(' AAAA') ? key : resolve(key),
		fingerprint: fingerprint === '-' ? await readFingerprint() : fingerprint,
		unseen,
	};
}

/** What ssh-keygen prints of a host, or whole key lines of it. */
async function readFingerprint(): Promise<string> {
	const bytes = await readStandardInput(maxFingerprintBytes, 'the fingerprint');
	if (bytes !== null) return bytes.toString('utf8');
	throw new UserError('Standard input is larger than 64 kB.', 'Expected what ssh-keygen -lf prints of the host key.');
}
