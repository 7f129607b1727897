import type { Connector, Inventory } from '../domain/inventory.ts';
import { UserError } from '../domain/user-error.ts';
import type { Host } from '../hosts/host.ts';
import { logSourceOf } from '../logs/choose-source.ts';
import { followLog } from '../logs/follow.ts';
import { LogBuffer } from '../logs/log-buffer.ts';
import type { LogLine } from '../logs/log-line.ts';
import { type LineCount, type LogSource, sinceTime } from '../logs/log-source.ts';
import { readLog } from '../logs/read-log.ts';
import { notice } from '../own-words.ts';
import { removeRandomTokens } from '../redact/secrets/secret-lines.ts';
import { chooseHosts } from './choose-hosts.ts';
import { chooseInventory } from './choose-inventory.ts';
import { inventoryMask, type OutputMask, unmasked } from './output-mask.ts';
import { singleConnector } from './single-target.ts';

export type LogsFlags = {
	inventory?: string;
	connector?: string;
	lines?: number;
	follow?: boolean;
	/** Milliseconds since 1970. */
	since?: number;
	/** Undefined: as the inventory says. */
	mask?: boolean;
};

const usualLines = 100; // The runbook's number.
const slowMs = 3000;

/** `vpmon logs`: a connector's log to stdout, the same source as the screen's; whatever vpmon itself has to say goes to stderr. */
export async function logs(name: string | undefined, flags: LogsFlags): Promise<void> {
	const { connector, inventory } = chooseConnector(name, flags);
	const found = logSourceOf(connector);
	if ('none' in found)
		throw new UserError(`${found.none}.`, 'Or name what to read: --connector docker:NAME|systemd:UNIT.');
	const { since = null } = flags;
	const source = since === null ? found : sinceTime(found, since);
	const lines = flags.lines ?? (since === null ? usualLines : 'all');
	const hosts = chooseHosts();
	const host = hosts.of(connector);
	try {
		const mask = inventory === null ? unmasked : await inventoryMask(inventory, flags.mask);
		await reach(host);
		const print = createPrinter(since, mask);
		// What cannot be read at all is said at once, also where following would go on trying.
		const isFollowed = flags.follow ?? false;
		await readOnce(host, source, isFollowed ? 1 : lines, isFollowed ? () => {} : print, connector, isFollowed);
		if (isFollowed) await follow(host, source, lines, print);
	} finally {
		await hosts.dispose();
	}
}

/** A host that is away at first is an error; one that goes away later is waited for. */
async function reach({ name, link }: Host): Promise<void> {
	const state = await link?.settled();
	if (state?.phase === 'waiting')
		throw new UserError(`${name} cannot be reached: ${state.problem.reason}.`, `Next step: ${state.problem.nextStep}`);
}

function chooseConnector(
	name: string | undefined,
	{ inventory: file, connector: flag }: LogsFlags,
): { connector: Connector; inventory: Inventory | null } {
	if (flag !== undefined) {
		if (name === undefined) return { connector: singleConnector(flag), inventory: null };
		throw new UserError('--connector names a connector that is not in the inventory.', `Give it or ${name}, not both.`);
	}
	const inventory = chooseInventory([], file === undefined ? {} : { inventory: file });
	const { connectors, file: path } = inventory;
	const names = `${connectors
		.slice(0, 10)
		.map((connector) => connector.name)
		.join(', ')}${connectors.length > 10 ? ', …' : ''}`;
	const found = connectors.find((connector) => connector.name === name);
	if (found !== undefined) return { connector: found, inventory };
	const [only] = connectors;
	if (name === undefined && only !== undefined && connectors.length === 1) return { connector: only, inventory };
	throw new UserError(
		name === undefined
			? `Which connector's log? ${path} has ${connectors.length}.`
			: `There is no connector named ${JSON.stringify(name)} in ${path}.`,
		connectors.length === 0 ? 'It has none.' : `It has ${names}.`,
	);
}

type Print = (line: Pick<LogLine, 'time' | 'text'>) => void;

async function readOnce(
	host: Host,
	source: LogSource,
	lines: LineCount,
	print: Print,
	connector: Connector,
	isFollowed: boolean,
): Promise<void> {
	const silence = source.patience;
	const tell = (program: string) => {
		if (isFollowed) notice(`${program} has not answered for ${slowMs / 1000} s, waiting for it`);
		else if (silence > slowMs)
			notice(`${program} has not answered for ${slowMs / 1000} s, waiting until ${silence / 1000} s`);
	};
	const options = { silence, slow: { after: slowMs, tell } };
	const { command, problem, read, isSilent } = await readLog(host, source, lines, print, options);
	if (problem === null || (isSilent && isFollowed)) return;
	if (read === 0)
		throw new UserError(
			`The log of ${connector.name} cannot be read: ${problem}.`,
			`It was asked for with: ${command}`,
		);
	notice(problem);
}

/** Ends with the process: on a signal, or when nobody reads on. */
function follow(host: Host, source: LogSource, lines: LineCount, print: Print): Promise<never> {
	const buffer = new LogBuffer();
	buffer.subscribe((line) => {
		if (line.kind === 'notice') notice(line.text);
		else print(line);
	});
	let said = '';
	followLog(
		host,
		source,
		buffer,
		(state) => {
			const reason = state.phase === 'waiting' ? state.reason : '';
			if (reason !== '' && reason !== said) notice(reason);
			said = reason;
		},
		{ firstLines: lines },
	);
	return new Promise(() => {});
}

/** Lines with their time, many in one piece. What is older than `since` is left out; a line without time goes with the one before. */
function createPrinter(since: number | null, mask: OutputMask): Print {
	let pending: string[] = [];
	let isRecent = since === null;
	const flush = () => {
		const piece = pending.join('');
		pending = [];
		process.stdout.write(piece);
	};
	return ({ time, text }) => {
		if (since !== null && time !== null) isRecent = time >= since;
		if (!isRecent) return;
		const shown = mask(removeRandomTokens(text));
		pending.push(time === null ? `${shown}\n` : `${new Date(time).toISOString()} ${shown}\n`);
		if (pending.length === 1) setImmediate(flush);
	};
}
