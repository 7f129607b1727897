/** What was asked about a connector and what came back. */
export type ConnectorEvidence = {
	readonly runtime: RuntimeEvidence;
	readonly health: HealthEvidence | null;
	readonly controlPlane: ControlPlaneEvidence | null;
	/** Why nothing could be asked at all: its host is out of reach. */
	readonly hostUnreachable: string | null;
	/** What to do about that, where it is known. */
	readonly hostNextStep?: string | null;
	/** ISO 8601. */
	readonly measuredAt: string;
	readonly durationMs: number;
};

export type RuntimeEvidence =
	| { readonly kind: 'none' }
	| {
			readonly kind: 'unreadable';
			readonly command: string;
			readonly reason: string;
			readonly remedy: string;
			/** This user may not ask, or is shown only its own containers; another user's program may know. */
			readonly isForbidden?: true;
	  }
	| {
			readonly kind: 'docker';
			readonly command: string;
			readonly state: string;
			readonly health: string | null;
			readonly exitCode: number;
			readonly oomKilled: boolean;
			readonly restarting: boolean;
			readonly restartCount: number;
			/** ISO 8601, as `finishedAt`; null for what never happened. */
			readonly startedAt: string | null;
			readonly finishedAt: string | null;
			/** Why the engine could not start it. */
			readonly error: string | null;
			/** Of its first process, as the host counts; null while it does not run. */
			readonly pid: number | null;
			/** `host`, `bridge`, the name of a network; null where the engine does not say. */
			readonly networkMode: string | null;
			readonly identity: IdentityStorage;
	  }
	| {
			readonly kind: 'systemd';
			readonly command: string;
			readonly loadState: string;
			readonly activeState: string;
			readonly subState: string;
			readonly result: string;
			readonly restarts: number;
			readonly exitStatus: number;
			readonly since: string | null;
			/** Why systemd could not load the unit's file. */
			readonly error: string | null;
	  };

/** Where a connector in a container keeps its identity. */
export type IdentityStorage = {
	/** `/data`, or what PAM_AGENT_DATA_DIR says. */
	readonly directory: string;
	/** Only a named volume or a bind mount outlives the container. */
	readonly mount: 'volume' | 'bind' | 'anonymous-volume' | 'none';
	/** The mount's place on the host. */
	readonly source: string | null;
	/** `missing`: the place on the host was taken away. */
	readonly content: 'filled' | 'empty' | 'missing' | 'unknown';
	/** Why it is unknown or missing, where that was found out. */
	readonly detail: string | null;
};

export type HealthEvidence = {
	/** Without its query, which may hold a token. */
	readonly url: string;
	/** At which step it ended. */
	readonly outcome: 'reachable' | 'name' | 'tcp' | 'proxy' | 'tls' | 'http' | 'status' | 'timeout';
	readonly detail: string;
	/** `proxy.example:3128`, never with its credentials; null for a direct way. */
	readonly proxy: string | null;
	readonly durationMs: number;
};

export type ControlPlaneEvidence =
	| {
			readonly ok: true;
			readonly url: string;
			readonly status: string;
			readonly since: string | null;
	  }
	| {
			readonly ok: false;
			readonly url: string;
			readonly reason: string;
			/** False where nothing was sent: no path is set by which it could be asked. */
			readonly isAsked?: false;
	  };
