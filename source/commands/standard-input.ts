import { notice } from '../own-words.ts';

/**
 * Standard input to its end, or as much of it as shows that it is too much: then it has more bytes than `mostBytes`.
 *
 * @param what it is, for a person at a terminal: "the error text".
 */
export async function readStandardInput(what: string, mostBytes: number): Promise<Buffer> {
	if (process.stdin.isTTY) notice(`reading ${what}; end it with ctrl-d on a line of its own`);
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of process.stdin) {
		chunks.push(chunk);
		size += chunk.length;
		if (size > mostBytes) break;
	}
	return Buffer.concat(chunks);
}
