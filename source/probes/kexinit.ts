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
			// Two words in our own lists are signals, not algorithms (RFC 8308, strict key exchange).
			side[key] = cleanLine(list[3] ?? '')
				.split(',')
				.filter((name) => name !== '' && !/^(?:ext-info-|kex-strict-)/.test(name));
		},
	};
	return reader;
}
