import type { StoredHostKey } from './host-key.ts';

/** Where in the inventory something stands; line and column count from 1. Null for what was given on the command line. */
export type Place = {
	readonly file: string;
	readonly line: number;
	readonly column: number;
	/** When the file was last changed, in milliseconds since 1970; null when it is not known. */
	readonly changedAt: number | null;
} | null;

/** A host that is reached by SSH; `host` may be an alias of the user's ssh config, which then has what is null here. */
export type RemoteHost = {
	readonly username: string | null;
	readonly host: string;
	readonly port: number | null;
};

/** Where and how a connector runs. */
export type Connector = {
	readonly name: string;
	readonly host: 'local' | RemoteHost;
	readonly runtime: 'docker' | 'systemd' | 'none';
	/** The container, with `docker`. */
	readonly container: string | null;
	/** The unit, with `systemd`. */
	readonly unit: string | null;
	/** Saved journal files to read in place of the live journal. Absolute. */
	readonly journalDirectory: string | null;
	/** A file to follow in place of the runtime's own log. Absolute. */
	readonly logFile: string | null;
	readonly place: Place;
};

/** How a session would authenticate. `unknown` comes from the command line only: no key was given and none is assumed. */
export type Credential =
	| { readonly type: 'password' }
	| { readonly type: 'unknown' }
	| { readonly type: 'ssh-key'; readonly publicKey: PublicKeySource | null };

/** The key itself, or where it is. */
export type PublicKeySource =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'file'; readonly path: string };

export type Safe = {
	readonly name: string;
	/** The id that VaultPAM has for it; null where it is matched by name. */
	readonly id: string | null;
	readonly connector: string;
	readonly host: string;
	readonly port: number;
	readonly username: string;
	readonly credential: Credential;
	/** Our copy of what VaultPAM stores; null when none was recorded yet. */
	readonly hostKey: StoredHostKey | null;
	readonly hostKeyPlace: Place;
	readonly sensitive: boolean;
	/** The target does not count probes (its own servers say so, PerSourcePenaltyExemptList): no probe budget. */
	readonly exempt: boolean;
	readonly place: Place;
};

export type ControlPlane = {
	readonly url: string | null;
	/** Asked from the connector host; whatever answers 2xx is reachable. */
	readonly healthUrl: string | null;
	/** The path that lists connectors with their status; not public, so only asked when set. */
	readonly connectorsPath: string | null;
};

export type Settings = {
	/** `on-demand`: probes leave on a key press or a command only. */
	readonly probe: 'background' | 'on-demand';
	readonly sweepEveryMs: number;
	/** Milliseconds for each row, and for all rows of one Safe. */
	readonly checkTimeoutMs: number;
	readonly safeTimeoutMs: number;
	/** What a Degraded connector does to row 1. */
	readonly degraded: 'fail' | 'warn';
	/** Fixes are shown and not made, and the screen adds no targets. */
	readonly readOnly: boolean;
	/** What is measured is shared with the other vpmon programs of the host. */
	readonly share: boolean;
	/** Names are hidden on the screen, in reports and in what commands print, without being asked for. */
	readonly mask: boolean;
};

export type Inventory = {
	/** Absolute path, or null when it was made on the command line. */
	readonly file: string | null;
	/** When that file was last changed, in milliseconds since 1970; null when it is not known. */
	readonly changedAt: number | null;
	readonly controlPlane: ControlPlane;
	readonly connectors: readonly Connector[];
	readonly safes: readonly Safe[];
	readonly settings: Settings;
};

export const defaultSettings: Settings = {
	probe: 'background',
	sweepEveryMs: 5 * 60_000,
	checkTimeoutMs: 5000,
	safeTimeoutMs: 10_000,
	degraded: 'fail',
	readOnly: false,
	share: true,
	mask: false,
};

export const noControlPlane: ControlPlane = {
	url: null,
	healthUrl: null,
	connectorsPath: null,
};

/** `ssh://ops@dc1.example:2222` */
export function formatRemote({ username, host, port }: RemoteHost): string {
	const name = host.includes(':') ? `[${host}]` : host;
	return `ssh://${username === null ? '' : `${username}@`}${name}${port === null ? '' : `:${port}`}`;
}

/** `vpmon.yaml:41` */
export function formatPlace(place: NonNullable<Place>): string {
	return `${place.file.split(/[\\/]/).at(-1) ?? place.file}:${place.line}`;
}

/** What may name a container (moby, `names.RestrictedNameChars`) or a unit (systemd.unit(5)): it never looks like an option of a program. */
export const containerName = /^[a-zA-Z0-9][\w.-]*$/;
export const unitName = /^[a-zA-Z0-9][\w@.:\\-]*$/;
