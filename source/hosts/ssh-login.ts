import type { KnownPublicKeys, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import ssh2 from 'ssh2';
import { cleanLine } from '../domain/clean.ts';
import { describeHostKey } from '../domain/host-key.ts';
import { readPlainFile, readPlainTextIfThere } from '../domain/plain-file.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import type { SshDestination } from './ssh-destination.ts';

/** sshd gives up after six tries by default (sshd_config(5), MaxAuthTries). */
const mostKeys = 5;
/** A private RSA key of 16,384 bits has a fifth of it. */
const maxKeyBytes = 64 * 1024;

export type Login = {
	/** For ssh2's `authHandler`. */
	nextMethod(methodsLeft: readonly string[] | null, partialSuccess: boolean | null): unknown;
	/** What became of it, when the server let nobody in. */
	explain(): { reason: string; nextStep: string };
};

type Candidates = {
	readonly agent: ssh2.BaseAgent | null;
	readonly agentKeys: readonly ParsedKey[];
	readonly files: ReadonlyArray<{ readonly file: string; readonly key: ParsedKey }>;
	/** Key files that a passphrase locks. */
	readonly locked: readonly string[];
	readonly notes: readonly string[];
	readonly leftOut: number;
};

/**
 * How the user's ssh would log in without asking anybody: keys of the agent, those of the ssh config first, then key files without a
 * passphrase. Keys stay in memory for as long as the login takes.
 */
export async function prepareLogin(destination: SshDestination): Promise<Login> {
	const found = await findCandidates(destination);
	const { username, alias } = destination;
	const methods = [
		...(found.agent !== null && found.agentKeys.length > 0
			? [{ type: 'agent', username, agent: new LimitedAgent(found.agent, found.agentKeys) }]
			: []),
		...found.files.map(({ key }) => ({ type: 'publickey', username, key })),
	];
	let offered: readonly string[] | null = null;
	let isHalfWay = false;
	let next = 0;
	const where = `${username}@${alias}`;
	return {
		nextMethod(methodsLeft, partialSuccess) {
			offered = methodsLeft ?? offered;
			isHalfWay ||= partialSuccess === true;
			// Further keys are no second factor.
			if (isHalfWay || (methodsLeft !== null && !methodsLeft.includes('publickey'))) return false;
			return methods[next++] ?? false;
		},
		explain() {
			const [locked] = found.locked;
			if (isHalfWay)
				return {
					reason: `${where} wants a second factor besides the key`,
					nextStep: 'use an account that a key alone lets in, or run vpmon on that host',
				};
			if (offered !== null && !offered.includes('publickey'))
				return {
					reason: `${where} takes no keys, only ${offered.map((method) => cleanLine(method)).join(', ')}`,
					nextStep: 'allow PubkeyAuthentication there, or run vpmon on that host',
				};
			const unlock = locked === undefined ? [] : [`unlock ${locked} for vpmon: ssh-add ${locked}`];
			if (methods.length === 0)
				return {
					reason: [`there is no key to log in to ${where} with`, ...found.notes].join('; '),
					nextStep: unlock[0] ?? `start an agent with the key (ssh-add), or name it as IdentityFile for ${alias}`,
				};
			const keys = [
				...found.agentKeys.map((key) => `${fingerprintOf(key)} of the agent`),
				...found.files.map(({ file }) => file),
			];
			return {
				reason: [
					`${where} accepts none of our keys: ${keys.join(', ')}`,
					...(found.leftOut === 0 ? [] : [`${found.leftOut} more were not offered`]),
					...found.notes,
				].join('; '),
				nextStep:
					unlock[0] ??
					(found.leftOut === 0
						? `try ssh ${where}: add the key to its authorized_keys, or correct user or IdentityFile`
						: `name the right key for ${alias} in the ssh config: IdentityFile and IdentitiesOnly yes`),
			};
		},
	};
}

async function findCandidates(destination: SshDestination): Promise<Candidates> {
	const notes: string[] = [];
	const locked: string[] = [];
	const files: Array<{ file: string; key: ParsedKey }> = [];
	const own: string[] = [];
	for (const file of destination.identityFiles) {
		const text = await readKey(file, notes);
		// The public half tells which key of the agent is meant, also where only the agent has the private one.
		const half = parse(await readPlainTextIfThere(`${file}.pub`, maxKeyBytes));
		if (half !== null) own.push(fingerprintOf(half));
		if (text === null) continue;
		const key = parse(text);
		if (key === null) {
			if (/ENCRYPTED|passphrase|encrypted/.test(problemOf(text))) locked.push(file);
			else notes.push(`${file} is not a private key`);
		} else if (key.isPrivateKey()) {
			files.push({ file, key });
			own.push(fingerprintOf(key));
		} else own.push(fingerprintOf(key));
	}
	const agent = destination.agent === null ? null : ssh2.createAgent(destination.agent);
	const inAgent = agent === null ? [] : await identitiesOf(agent, notes);
	const isOwn = (key: ParsedKey) => own.includes(fingerprintOf(key));
	const wanted = [
		...inAgent.filter(isOwn),
		...(destination.identitiesOnly ? [] : inAgent.filter((key) => !isOwn(key))),
	];
	const held = new Set(wanted.map(fingerprintOf));
	const open = files.filter(({ key }) => !held.has(fingerprintOf(key)));
	// A key file is there for this host, or a usual one; room is left for one.
	const agentKeys = wanted.slice(0, open.length === 0 ? mostKeys : mostKeys - 1);
	const kept = open.slice(0, mostKeys - agentKeys.length);
	const stillLocked = [];
	for (const file of locked) {
		const half = parse(await readPlainTextIfThere(`${file}.pub`, maxKeyBytes));
		if (half === null || !held.has(fingerprintOf(half))) stillLocked.push(file);
	}
	if (stillLocked.length > 0) notes.push(`${stillLocked.join(', ')} has a passphrase`);
	const leftOut = wanted.length + open.length - agentKeys.length - kept.length;
	return { agent, agentKeys, files: kept, locked: stillLocked, notes, leftOut };
}

/** Null where it cannot be read; that is noted, unless there is none. */
async function readKey(file: string, notes: string[]): Promise<string | null> {
	try {
		return (await readPlainFile(file, maxKeyBytes)).bytes.toString('utf8');
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (error instanceof UserError) notes.push(error.message.replace(/\.$/, ''));
		else if (code !== 'ENOENT') notes.push(`${file} cannot be read (${code})`);
		return null;
	}
}

const agentMs = 3000;

async function identitiesOf(agent: ssh2.BaseAgent, notes: string[]): Promise<ParsedKey[]> {
	const { promise, resolve } = Promise.withResolvers<ParsedKey[]>();
	const give = (error: unknown, keys: KnownPublicKeys<ParsedKey> | undefined) => {
		if (error) notes.push(`the agent does not answer: ${cleanLine(messageOf(error)).slice(0, 100)}`);
		resolve((keys ?? []).flatMap((key) => parse(key) ?? []));
	};
	const timer = setTimeout(() => give(new Error(`nothing within ${agentMs} ms`), undefined), agentMs);
	agent.getIdentities((error, keys) => give(error, keys as never));
	return promise.finally(() => clearTimeout(timer));
}

function parse(key: unknown): ParsedKey | null {
	if (key === '') return null;
	const parsed = ssh2.utils.parseKey(key as never);
	const [first] = Array.isArray(parsed) ? (parsed as ParsedKey[]) : [parsed];
	return first === undefined || first instanceof Error ? null : first;
}

function problemOf(text: string): string {
	const parsed = ssh2.utils.parseKey(text);
	return parsed instanceof Error ? parsed.message : '';
}

function fingerprintOf(key: ParsedKey): string {
	return describeHostKey(key.getPublicSSH()).sha256;
}

/** Some of an agent's keys, in an order of our own; the agent itself signs. */
class LimitedAgent extends ssh2.BaseAgent {
	readonly #agent: ssh2.BaseAgent;
	readonly #keys: readonly ParsedKey[];

	constructor(agent: ssh2.BaseAgent, keys: readonly ParsedKey[]) {
		super();
		this.#agent = agent;
		this.#keys = keys;
	}

	override getIdentities(callback: Parameters<ssh2.BaseAgent['getIdentities']>[0]): void {
		callback(undefined, [...this.#keys]);
	}

	override sign(
		key: string | Buffer | ParsedKey,
		data: Buffer,
		options: SigningRequestOptions | SignCallback,
		callback?: SignCallback,
	): void {
		if (typeof options === 'function') this.#agent.sign(key, data, options);
		else this.#agent.sign(key, data, options, callback);
	}
}
