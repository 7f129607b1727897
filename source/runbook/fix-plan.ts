import type { CheckId, SafeResult } from '../domain/check.ts';
import type { OfferedHostKey } from '../domain/host-key.ts';
import { compareHostKey } from './compare-host-key.ts';
import { type Commands, restartCommands, startCommands } from './connector-commands.ts';
import type { FixContext } from './fix-context.ts';
import { type Fix, fixes } from './fixes.ts';
import { likelyUsernames } from './likely-usernames.ts';

/** What a person gives for a fix; each fix takes its own. */
export type FixValues = {
	readonly username?: string | undefined;
	readonly port?: number | undefined;
	readonly credential?: 'ssh-key' | 'password' | undefined;
	/** Path of a public key file, or the key itself. */
	readonly key?: string | undefined;
	/** What `ssh-keygen -lf` printed on the target. */
	readonly fingerprint?: string | undefined;
	/** The Safe's name, typed to take a host key that nobody compared. */
	readonly unseen?: string | undefined;
};

/** Fields of the Safe as the inventory writes them; null takes one away. */
export type SafeChange = {
	readonly username?: string;
	readonly port?: number;
	readonly credential?: { readonly type: 'ssh-key' | 'password'; readonly publicKey?: string };
	readonly hostKey?: string;
};

/** `edits`: our inventory, which can be undone. `disruptive`: sessions that are open may drop. */
export type Risk = 'none' | 'edits' | 'disruptive';

/** What a fix would do, to be shown before it is done. */
export type FixPlan = {
	readonly fix: Fix;
	readonly risk: Risk;
	/** What to do elsewhere: in VaultPAM first, or on the target; to copy. */
	readonly steps: readonly string[];
	/** Run on the connector's host, one after the other. */
	readonly commands: Commands;
	readonly change: SafeChange | null;
	/** What has to be typed for a yes; null where y is enough. */
	readonly typed: string | null;
	/** A host key that nobody compared. */
	readonly isUnseen: boolean;
	readonly rerun: readonly CheckId[];
};

/** Why a fix cannot be planned yet, and what it needs. */
export type FixNeed = { readonly need: string; readonly next: string };

type Situation = { readonly context: FixContext; readonly result: SafeResult | null };

type Action = {
	readonly risk: Risk;
	readonly rerun: readonly CheckId[];
	readonly plan: (
		situation: Situation,
		values: FixValues,
	) => FixNeed | Pick<FixPlan, 'commands' | 'change'> | { readonly change: SafeChange; readonly isUnseen: true };
};

const edit = (change: SafeChange) => ({ commands: [], change });
const behindKey: readonly CheckId[] = ['username', 'ssh-key'];

const run = (commands: Commands) =>
	commands.length > 0
		? { commands, change: null }
		: {
				need: 'vpmon does not know how this connector is run.',
				next: 'Start it on its host the way it was started before.',
			};

/** Host keys that were seen at the Safe's target, as its row 4 has them. */
function offeredOf(result: SafeResult | null): readonly OfferedHostKey[] {
	return result?.checks['host-key'].evidence?.offered ?? [];
}

const takeHostKey: Action['plan'] = ({ context, result }, { fingerprint, unseen }) => {
	const offered = offeredOf(result);
	const [first] = offered;
	if (first === undefined)
		return { need: 'The target offered no host key to compare with.', next: 'Row 2 or 4 of the Safe says why.' };
	const stored = ({ type, sha256 }: OfferedHostKey) => ({ hostKey: `${type} ${sha256}` });
	if (fingerprint !== undefined) {
		const compared = compareHostKey(fingerprint, offered);
		if (compared.outcome === 'same') return edit(stored(compared.key));
		if (compared.outcome === 'none')
			return { need: 'There is no fingerprint in that text.', next: 'Give what ssh-keygen -lf prints on the target.' };
		return {
			need: `It is not the key the target offers: ${offered.map(({ sha256 }) => sha256).join(', ')}, and not ${compared.pasted.join(', ')}.`,
			next: 'Another machine may answer in its place. Nothing was changed.',
		};
	}
	if (unseen !== undefined && unseen === context.safe?.name) return { change: stored(first), isUnseen: true };
	return {
		need: 'An offered host key is taken only after it was compared.',
		next: `On the target run the command of step 1 and give what it prints (--fingerprint), or take it unseen with --unseen ${context.safe?.name ?? '<Safe>'}.`,
	};
};

const actions: Readonly<Record<string, Action>> = {
	'start-connector': {
		risk: 'disruptive',
		rerun: ['connector'],
		plan: ({ context }) => run(startCommands(context.connector, context.connectorState?.runtime ?? { kind: 'none' })),
	},
	'restart-connector': {
		risk: 'disruptive',
		rerun: ['connector'],
		plan: ({ context }) => run(restartCommands(context.connector)),
	},
	'correct-port': {
		risk: 'edits',
		rerun: ['port', 'username', 'host-key', 'ssh-key'],
		plan: (_, { port }) =>
			port === undefined ? { need: 'It needs the port SSH listens on.', next: 'Give it with --port.' } : edit({ port }),
	},
	'correct-username': {
		risk: 'edits',
		rerun: behindKey,
		plan: ({ context }, { username }) => {
			if (username !== undefined) return edit({ username });
			const likely = likelyUsernames(context.safe?.username ?? '', context.platform, context.acceptedUsernames);
			const names = likely.map(({ username: name, why }) => `${JSON.stringify(name)} (${why})`);
			return {
				need: 'It needs the right username.',
				next: `Give it with --username${names.length === 0 ? '.' : `; most likely ${names.join(', ')}.`}`,
			};
		},
	},
	'correct-credential-type': {
		risk: 'edits',
		rerun: behindKey,
		plan: (_, { credential, key }) =>
			credential === undefined
				? { need: 'It needs the type of the credential.', next: 'Give --credential ssh-key or --credential password.' }
				: edit({ credential: { type: credential, ...(key === undefined ? {} : { publicKey: key }) } }),
	},
	'attach-key': {
		risk: 'edits',
		rerun: behindKey,
		plan: (_, { key }) =>
			key === undefined
				? { need: 'It needs the public key.', next: 'Give its file (.pub) or its line with --key.' }
				: edit({ credential: { type: 'ssh-key', publicKey: key } }),
	},
	'reset-host-key': { risk: 'edits', rerun: ['host-key', ...behindKey], plan: takeHostKey },
	'record-host-key': { risk: 'edits', rerun: ['host-key', ...behindKey], plan: takeHostKey },
};

/** What a fix has to be told, and by what words it is asked for. */
export type Asked = {
	readonly value: 'username' | 'port' | 'credential' | 'key' | 'fingerprint';
	readonly words: string;
};

const asked: Readonly<Record<string, Asked>> = {
	'correct-port': { value: 'port', words: 'The port SSH listens on' },
	'correct-username': { value: 'username', words: 'The right username' },
	'correct-credential-type': { value: 'credential', words: 'ssh-key or password' },
	'attach-key': { value: 'key', words: 'File of the public key (.pub), or its line' },
	'reset-host-key': {
		value: 'fingerprint',
		words: 'What ssh-keygen -lf printed',
	},
	'record-host-key': {
		value: 'fingerprint',
		words: 'What ssh-keygen -lf printed',
	},
};

/** Causes whose own fix only tells them apart, or needs what another fix edits. */
const editedBy: Readonly<Record<string, string>> = {
	'replace-certificate': 'attach-key',
	'remove-private-key': 'attach-key',
	'replace-key': 'attach-key',
};

/** What vpmon itself can do for this fix, or null where all of it is done elsewhere. */
export function actionOf(id: string): Action | null {
	return actions[editedBy[id] ?? id] ?? null;
}

/** Null for a fix that needs nothing. */
export function askedBy(id: string): Asked | null {
	return asked[editedBy[id] ?? id] ?? null;
}

/** Which sessions a restart of the connector may end. */
export function sessionsThatDrop(safes: number): string {
	return `open sessions to ${safes === 1 ? 'its one Safe' : `all ${safes} Safes behind it`} may drop`;
}

/** The fix with this id; undefined where there is none. */
export function fixById(id: string): Fix | undefined {
	return fixes.find((fix) => fix.id === id);
}

/** What the fix would do here. Pure. */
export function planFix(fix: Fix, situation: Situation, values: FixValues): FixPlan | FixNeed {
	const action = actionOf(fix.id);
	const steps = fix.steps(situation.context);
	const base = { fix, steps, typed: null, isUnseen: false };
	if (action === null) return { ...base, risk: 'none', commands: [], change: null, rerun: [] };
	const planned = action.plan(situation, values);
	if ('need' in planned) return planned;
	const { risk, rerun } = action;
	const typed = risk === 'disruptive' ? situation.context.connector.name : null;
	return { ...base, commands: [], ...planned, risk, typed, rerun };
}
