import type { ConnectorEvidence } from './connector-evidence.ts';
import type { AuthEvidence, ConnectionEvidence, NameEvidence, NetcatEvidence } from './evidence.ts';
import type { OfferedHostKey } from './host-key.ts';

/** Which of vpmon's programs measured or wrote something. */
export type Program = 'screen' | 'exporter' | 'check' | 'report' | 'fix' | 'demo';

/** Who measured or wrote something on this host. */
export type Writer = {
	readonly program: Program;
	/** Numeric user id; -1 where the system has none. */
	readonly uid: number;
	readonly user: string;
};

/** `exporter` of our own, `exporter of anna` of another user; null where nobody measured. */
export function describeWriter(writer: Writer | null, ownUid: number): string | null {
	if (writer === null) return null;
	return writer.uid === ownUid ? writer.program : `${writer.program} of ${writer.user}`;
}

/** Where a measurement was made from, and of what. Names are not part of it: `db1` and `10.0.0.5` are one target. */
export type MeasurementKey = {
	/** The connector host, as the ledger names it. */
	readonly source: string;
	/** The network that probes left from: `host`, or `container <id>` for the network of a container. */
	readonly origin: string;
	/** Canonical IP address; for `name` the name that was asked, for `connector` its `docker:NAME` or `systemd:UNIT`. */
	readonly address: string;
	/** 0 with `name` and `connector`. */
	readonly port: number;
};

/** One finished part of a measurement. Evidence, not a verdict: every program judges it with its own inventory. */
export type MeasuredPart =
	/** The connections to one address of the newest run, without the answers on them. */
	| { readonly part: 'connections'; readonly evidence: readonly ConnectionEvidence[] }
	/** One host key that was proven there; kept also after the server has another one. */
	| { readonly part: 'host-key'; readonly evidence: OfferedHostKey }
	/** The answer about one user and key, or about a user's methods. The connection has its own answers left out. */
	| {
			readonly part: 'answer';
			readonly evidence: { readonly auth: AuthEvidence; readonly connection: ConnectionEvidence };
	  }
	| { readonly part: 'name'; readonly evidence: NameEvidence }
	/** For the report alone: no verdict hangs on it. */
	| { readonly part: 'netcat'; readonly evidence: NetcatEvidence }
	| { readonly part: 'connector'; readonly evidence: ConnectorEvidence };

/** What another program found of a target from another network: shown as such, never judged as one's own. */
export type SeenElsewhere = {
	/** `host`, or `container NAME`. */
	readonly origin: string;
	readonly connection: ConnectionEvidence;
	readonly writer: Writer;
};

/** Evidence with when it was brought, from where and by whom. Times are milliseconds since 1970. */
export type Measurement = MeasuredPart & {
	readonly key: MeasurementKey;
	/** Parts of one run have the same. */
	readonly run: string;
	/** When its connection (or look) began: what freshness is counted from. */
	readonly beganAt: number;
	readonly endedAt: number;
	/** How long its steps had. */
	readonly deadlineMs: number;
	/** Of a host key: when it was first seen here. Of all others the same as `beganAt`. */
	readonly firstAt: number;
	readonly writer: Writer;
};

/** Evidence of root and of one's own user is as good as one's own; another user's is shown under its name, and nothing is written because of it. */
export function isTrustedWriter({ uid }: Writer, self: Writer): boolean {
	return uid === self.uid || uid === 0;
}
