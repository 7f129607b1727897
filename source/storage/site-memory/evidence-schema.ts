import * as v from 'valibot';
import { cleanLine, cleanText } from '../../domain/clean.ts';
import type { ConnectorEvidence } from '../../domain/connector-evidence.ts';
import type {
	AuthEvidence,
	ConnectionEvidence,
	HandshakeEvidence,
	NameEvidence,
	NetcatEvidence,
} from '../../domain/evidence.ts';
import type { OfferedHostKey } from '../../domain/host-key.ts';
import { isAlgorithms } from './algorithms.ts';
import { isVerbatim } from './evidence-text.ts';

/**
 * What evidence from the file must be. Other users of the group can write anything there, so text is cut and cleaned as where it first
 * came in, and fields that are not known here are left out. The annotations make the compiler tell when evidence changes.
 */

const line = (maxLength = 1000) =>
	v.pipe(
		v.string(),
		v.transform((text) => cleanLine(text.slice(0, maxLength))),
	);
const text = (maxLength = 4000) =>
	v.pipe(
		v.string(),
		v.transform((whole) => cleanText(whole.slice(0, maxLength))),
	);
const orNull = <Schema extends v.GenericSchema>(schema: Schema) => v.nullable(schema);
const oneOf = <const Values extends readonly string[]>(...values: Values) => v.picklist(values);

const verbatim = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength), v.check(isVerbatim));

const finite = v.pipe(v.number(), v.finite());
const duration = v.pipe(finite, v.minValue(0), v.maxValue(1e9));
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const moment = v.pipe(
	v.string(),
	v.maxLength(40),
	v.check((value) => Number.isFinite(Date.parse(value))),
);
const algorithms = v.custom<HandshakeEvidence['serverAlgorithms']>(isAlgorithms);

export const offeredHostKey: v.GenericSchema<unknown, OfferedHostKey> = v.object({
	type: verbatim(64),
	sha256: v.pipe(v.string(), v.regex(/^SHA256:[A-Za-z0-9+/]{43}$/)),
	md5: v.pipe(v.string(), v.regex(/^MD5:(?:[0-9a-f]{2}:){15}[0-9a-f]{2}$/)),
});

const handshake: v.GenericSchema<unknown, HandshakeEvidence> = v.object({
	identification: orNull(line(300)),
	spoken: orNull(text(400)),
	notSsh: orNull(oneOf('silence', 'http', 'tls', 'text', 'binary', 'ssh-1')),
	serverAlgorithms: algorithms,
	ourAlgorithms: algorithms,
	noCommon: orNull(line()),
	hostKey: orNull(offeredHostKey),
	hostKeyProven: v.boolean(),
	ended: orNull(oneOf('closed', 'reset', 'timeout', 'error')),
	error: orNull(line()),
	durationMs: duration,
});

const authEvidence: v.GenericSchema<unknown, AuthEvidence> = v.object({
	asked: oneOf('public-key', 'methods'),
	username: verbatim(300),
	key: orNull(verbatim(100)),
	answer: oneOf('accepted', 'refused', 'open', 'none'),
	methods: orNull(v.pipe(v.array(line(64)), v.maxLength(30))),
	banner: orNull(text()),
	error: orNull(line()),
	durationMs: duration,
});

const connection: v.GenericSchema<unknown, ConnectionEvidence> = v.object({
	startedAt: moment,
	address: verbatim(300),
	port,
	outcome: oneOf('open', 'refused', 'timeout', 'unreachable', 'reset', 'other'),
	error: orNull(line()),
	connectMs: duration,
	sourceAddress: orNull(line(100)),
	sourcePort: orNull(port),
	way: v.exactOptional(line(200)),
	handshake: orNull(handshake),
	answers: v.pipe(v.array(authEvidence), v.maxLength(50)),
	held: orNull(v.object({ seconds: finite, unfinished: finite })),
});
export const connections: v.GenericSchema<unknown, readonly ConnectionEvidence[]> = v.pipe(
	v.array(connection),
	v.maxLength(50),
);
export const answer: v.GenericSchema<unknown, { auth: AuthEvidence; connection: ConnectionEvidence }> = v.object({
	auth: authEvidence,
	connection,
});

export const nameEvidence: v.GenericSchema<unknown, NameEvidence> = v.object({
	name: verbatim(300),
	addresses: v.pipe(v.array(verbatim(100)), v.maxLength(200)),
	durationMs: duration,
	error: orNull(line()),
});

export const netcatEvidence: v.GenericSchema<unknown, NetcatEvidence> = v.object({
	command: line(),
	flavour: line(100),
	output: text(),
});

const runtime: v.GenericSchema<unknown, ConnectorEvidence['runtime']> = v.variant('kind', [
	v.object({ kind: v.literal('none') }),
	v.object({ kind: v.literal('unreadable'), command: line(), reason: line(), remedy: text() }),
	v.object({
		kind: v.literal('docker'),
		command: line(),
		state: line(100),
		health: orNull(line(100)),
		exitCode: finite,
		oomKilled: v.boolean(),
		restarting: v.boolean(),
		restartCount: finite,
		startedAt: orNull(moment),
		finishedAt: orNull(moment),
		error: orNull(line()),
		pid: orNull(finite),
		networkMode: orNull(line(300)),
		identity: v.object({
			directory: line(),
			mount: oneOf('volume', 'bind', 'anonymous-volume', 'none'),
			source: orNull(line()),
			content: oneOf('filled', 'empty', 'missing', 'unknown'),
			detail: orNull(line()),
		}),
	}),
	v.object({
		kind: v.literal('systemd'),
		command: line(),
		loadState: line(100),
		activeState: line(100),
		subState: line(100),
		result: line(100),
		restarts: finite,
		exitStatus: finite,
		since: orNull(line(60)),
		error: orNull(line()),
	}),
]);

export const connectorEvidence: v.GenericSchema<unknown, ConnectorEvidence> = v.object({
	runtime,
	health: orNull(
		v.object({
			url: line(),
			outcome: oneOf('reachable', 'name', 'tcp', 'proxy', 'tls', 'http', 'status', 'timeout'),
			detail: line(),
			proxy: orNull(line(300)),
			durationMs: duration,
		}),
	),
	controlPlane: orNull(
		v.variant('ok', [
			v.object({ ok: v.literal(true), url: line(), status: line(200), since: orNull(line(60)) }),
			v.object({ ok: v.literal(false), url: line(), reason: line(), isAsked: v.exactOptional(v.literal(false)) }),
		]),
	),
	hostUnreachable: orNull(line()),
	hostNextStep: v.exactOptional(orNull(text())),
	measuredAt: moment,
	durationMs: duration,
});
