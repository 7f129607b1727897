import { type CheckId, checkIds } from '../domain/check.ts';
import { judgeHostKey } from './judge-host-key.ts';
import { judgePort } from './judge-port.ts';
import { judgeSshKey } from './judge-ssh-key.ts';
import { judgeUsername } from './judge-username.ts';
import type { Judged, Judgement, SafeEvidence } from './judgement.ts';

/** One row of the runbook. */
export type CheckOf<Id extends CheckId> = {
	readonly id: Id;
	/** Its place in the runbook, and the key that opens it. */
	readonly number: number;
	readonly title: string;
	readonly question: string;
	/** When it passes, for help and README. */
	readonly passesWhen: string;
	/** Pure. Null for the connector's row, which is judged once for all its Safes. */
	readonly judge: ((evidence: SafeEvidence, judged: Judged) => Judgement<Id>) | null;
};

export type Check = CheckOf<CheckId>;

/** The runbook's five causes, by the id of their row. */
export const checkById: { readonly [Id in CheckId]: CheckOf<Id> } = {
	connector: {
		id: 'connector',
		number: 1,
		title: 'Connector',
		question: "Is the Safe's connector Online?",
		passesWhen:
			'its runtime is up, its identity storage is there, the control plane can be reached from its host and, where it says so, says Online',
		judge: null,
	},
	port: {
		id: 'port',
		number: 2,
		title: 'Port',
		question: 'Can the connector open the target port, and does SSH answer there?',
		passesWhen: 'the name resolves, TCP opens and an SSH identification string arrives',
		judge: judgePort,
	},
	username: {
		id: 'username',
		number: 3,
		title: 'Username',
		question: 'Does the target accept this username?',
		passesWhen: "an accepted key or the target's log proves it",
		judge: judgeUsername,
	},
	'host-key': {
		id: 'host-key',
		number: 4,
		title: 'Host key',
		question: "Is the target's host key the one VaultPAM stored?",
		passesWhen: 'the stored fingerprint equals the one offered for its key type',
		judge: judgeHostKey,
	},
	'ssh-key': {
		id: 'ssh-key',
		number: 5,
		title: 'SSH key',
		question: "Is the Safe's SSH key accepted for that user?",
		passesWhen: 'the server answers that it would accept the public key',
		judge: judgeSshKey,
	},
};

/** The same in the runbook's order. */
export const checks: readonly Check[] = checkIds.map((id) => checkById[id]);

/** The order that dependencies allow: no credential is offered before the host key is verified. */
export const judgingOrder: readonly CheckId[] = ['connector', 'port', 'host-key', 'username', 'ssh-key'];
