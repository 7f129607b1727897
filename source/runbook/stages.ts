import type { Stage } from './messages.ts';

/** What is known once a session ended at this stage, and what is not. One sentence each, without a full stop. */
export const stages: Readonly<Record<Stage, { readonly proves: string; readonly leavesOpen: string }>> = {
	connector: {
		proves: 'The session did not leave the connector',
		leavesOpen: 'whether the target would let it in: it was not tried',
	},
	dial: {
		proves: 'No TCP connection to the target came about',
		leavesOpen: 'whether user, host key and key are right: the session did not get that far',
	},
	start: {
		proves: 'Something answered at the target port, but SSH did not begin',
		leavesOpen: 'whether user, host key and key are right: the session did not get that far',
	},
	cut: {
		proves: 'Something answered from the target, and the connection ended',
		leavesOpen: 'how far SSH had come: it may have ended before, during or after the login',
	},
	algorithms: {
		proves: 'The target port is open and SSH answers there, but the two sides have no algorithm in common',
		leavesOpen: 'whether user, host key and key are right: they were not tried',
	},
	'host-key': {
		proves: 'The target port is open and SSH answers there; its host key was not accepted',
		leavesOpen: 'whether the target was rebuilt or somebody stands in between; user and key were not tried',
	},
	credential: {
		proves: 'The session was given a key that it cannot use',
		leavesOpen: 'whether the target would accept the right one: none was offered',
	},
	login: {
		proves: 'The target was reached and its host key accepted; the login was turned away',
		leavesOpen: 'whether it is the user or the key: SSH answers both alike',
	},
	after: {
		proves: 'The target was reached and the login accepted; the session ended after it',
		leavesOpen: 'what else the target would have done with the session',
	},
	'target-log': {
		proves: "The target's own SSH server says so",
		leavesOpen: 'whether it was this session: compare user, address and time',
	},
	symptom: {
		proves: 'Nothing but that no session came about: each of the five causes looks like this',
		leavesOpen: 'which of the five it is: work through them in the order of the runbook',
	},
};
