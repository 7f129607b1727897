import { notice } from '../own-words.ts';

/**
 * What stands on standard input, to its end.
 *
 * @param maxBytes more is not read.
 * @param what is expected there, told where it is typed.
 * @returns null where there is more.
 */
export async function readStandardInput(maxBytes: number, what: string): Promise<Buffer | null> {
	if (process.stdin.isTTY) notice(`reading ${what}; end it with ctrl-d on a line of its own`);
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of process.stdin) {
		chunks.push(chunk);
		size += chunk.length;
		if (size > maxBytes) return null;
	}
	return Buffer.concat(chunks);
}
