import { dirname } from 'node:path/posix';
import type { IdentityStorage } from '../domain/connector-evidence.ts';
import type { Host, RunOptions, RunResult } from '../hosts/host.ts';

/** A folder that a file system of its own has from the start. */
const ownOfFileSystem = new Set(['lost+found']);

/**
 * Looks whether the folder behind a mount holds anything, without changing anything: `ls` of its place on the host. What may not be
 * read stays unknown; so does a folder that is not there, unless the folders around it are: then it was taken away, and the engine is
 * not simply on another machine.
 */
export async function lookInto(
	host: Host,
	source: string,
	options: RunOptions,
): Promise<Pick<IdentityStorage, 'content' | 'detail'>> {
	const listing = await host.run(['ls', '-A', '--', source], options);
	if (listing.outcome === 'done') {
		const entries = listing.stdout.split('\n').filter((name) => name !== '' && !ownOfFileSystem.has(name));
		return { content: entries.length === 0 ? 'empty' : 'filled', detail: null };
	}
	if (!/no such file/i.test(listing.stderr)) return { content: 'unknown', detail: reasonOf(listing, source) };
	const around = dirname(dirname(source));
	const isHere = around !== '/' && (await host.run(['ls', '-d', '--', around], options)).outcome === 'done';
	return isHere
		? { content: 'missing', detail: `${source} is gone` }
		: { content: 'unknown', detail: `${source} is not on ${host.name}` };
}

function reasonOf({ outcome, stderr }: RunResult, source: string): string {
	if (/permission denied/i.test(stderr)) return `no permission to look into ${source}`;
	return outcome === 'timeout' ? `${source} did not answer` : `${source} cannot be read`;
}
