import { cleanLine } from '../domain/clean.ts';

/** ssh2 tells the algorithm lists of both sides (RFC 4253 section 7.1) only as debug lines. */

const sayings: Readonly<Record<string, string>> = {
	'KEX method': 'kex',
	'Host key format': 'host-key',
	'C->S cipher': 'cipher',
	'C->S MAC': 'mac',
};

const listLine = /^Handshake: \((local|remote)\) ([^:]+): (.*)$/;
const noMatchLine = /^Handshake: no matching (.+)$/i;

export type Algorithms = Record<string, readonly string[]>;

export type KexinitReader = {
	readonly server: Algorithms;
	readonly ours: Algorithms;
	/** The list that has no common entry, as ssh2 calls it. */
	noCommon: string | null;
	onDebug(line: string): void;
};

export function createKexinitReader(): KexinitReader {
	const reader: KexinitReader = {
		server: {},
		ours: {},
		noCommon: null,
		onDebug(line) {
			const noMatch = noMatchLine.exec(line);
			if (noMatch?.[1] !== undefined) reader.noCommon = noMatch[1];
			const list = listLine.exec(line);
			const key = sayings[list?.[2] ?? ''];
			if (list === null || key === undefined) return;
			const side = list[1] === 'local' ? reader.ours : reader.server;
			side[key] = namesOf(list[3] ?? '');
		},
	};
	return reader;
}

/** Hundreds of servers say the same few lists: each is kept once. Not without end, as servers may say anything. */
const knownLists = new Map<string, readonly string[]>();
const mostKnownLists = 200;
const longestKnownList = 2000; // Characters.

function namesOf(list: string): readonly string[] {
	const known = knownLists.get(list);
	if (known !== undefined) return known;
	// Two words in our own lists are signals, not algorithms (RFC 8308, strict key exchange).
	const names = cleanLine(list)
		.split(',')
		.filter((name) => name !== '' && !/^(?:ext-info-|kex-strict-)/.test(name));
	if (knownLists.size >= mostKnownLists) knownLists.clear();
	if (list.length <= longestKnownList) knownLists.set(list, names);
	return names;
}
