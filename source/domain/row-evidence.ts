import type { ConnectorEvidence } from './connector-evidence.ts';
import type {
	AuthEvidence,
	BudgetRefusal,
	ConnectionEvidence,
	HandshakeEvidence,
	KeyEvidence,
	KnownHostsEvidence,
	LogProof,
	NameEvidence,
	TargetEvidence,
} from './evidence.ts';
import type { OfferedHostKey, StoredHostKey } from './host-key.ts';

/**
 * What each row keeps of what it was concluded from, for the evidence view, the JSON and the report. Foreign text in it is already
 * cleaned. Its fields are part of the JSON contract.
 */
export type RowEvidence = {
	readonly connector: ConnectorRowEvidence;
	readonly port: PortRowEvidence;
	readonly username: UsernameRowEvidence;
	readonly 'host-key': HostKeyRowEvidence;
	readonly 'ssh-key': SshKeyRowEvidence;
};

/** Row 1. */
export type ConnectorRowEvidence = Pick<
	ConnectorEvidence,
	'runtime' | 'health' | 'controlPlane' | 'hostUnreachable'
> & {
	/** Only where something is known to be done about it. */
	readonly hostNextStep?: string;
	/** `host:port` of targets that do not answer, behind a connector that is degraded. */
	readonly silentTargets?: readonly string[];
};

/** Row 2. Before anything of the target was measured there is only the refusal. */
export type PortRowEvidence = {
	/** Why the last run measured nothing. */
	readonly refusal: BudgetRefusal | null;
} & (
	| {
			readonly name: NameEvidence | null;
			readonly connections: readonly ConnectionEvidence[];
			/** The identification string before the one the target has now. */
			readonly identificationBefore: string | null;
			readonly detour?: NonNullable<TargetEvidence['detour']>;
	  }
	| { readonly name?: undefined; readonly connections?: undefined }
);

/** Row 3. */
export type UsernameRowEvidence = {
	readonly username: string;
	readonly proof: LogProof | null;
};

/** Row 4. */
export type HostKeyRowEvidence = {
	readonly stored: StoredHostKey | null;
	/** Keys the server signed with. */
	readonly offered: readonly OfferedHostKey[];
	/** All types it has. */
	readonly offeredTypes: readonly string[];
	/** What else is known of the offered keys, a sentence each. */
	readonly notes: readonly string[];
	readonly knownHosts: KnownHostsEvidence | null;
	/** Both sides' lists, when they share nothing. */
	readonly algorithms: {
		readonly server: HandshakeEvidence['serverAlgorithms'];
		readonly ours: HandshakeEvidence['ourAlgorithms'];
	} | null;
};

/** Row 5. The answer is there only where the question was put. */
export type SshKeyRowEvidence = (AuthEvidence | { readonly asked?: undefined }) & {
	readonly publicKey?: KeyEvidence | null;
	readonly proof?: LogProof | null;
	/** Why the last run did not put the question. */
	readonly refusal?: BudgetRefusal | null;
};
