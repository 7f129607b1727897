import { cleanLine } from '../domain/clean.ts';
import type { KnownHostKey, KnownHostsEvidence } from '../domain/evidence.ts';
import { describeHostKey } from '../domain/host-key.ts';
import { defaultSshPort } from '../domain/target.ts';
import { formatCommand, type Host, type RunOptions } from '../hosts/host.ts';

/** Where OpenSSH's client looks: ssh_config(5), UserKnownHostsFile and GlobalKnownHostsFile. Null is the user's own. */
const files = [null, '/etc/ssh/ssh_known_hosts'] as const;
const mostKeys = 16;

/** Asks the connector host's own known_hosts for a target, as `ssh-keygen -F` reads it: also where names are hashed. */
export async function readKnownHosts(
	host: Host,
	name: string,
	port: number,
	options: RunOptions,
): Promise<KnownHostsEvidence> {
	// sshd(8), SSH_KNOWN_HOSTS FILE FORMAT: another port stands beside the name in brackets.
	const wanted = port === defaultSshPort ? name : `[${name}]:${port}`;
	const commandFor = (file: string | null) => ['ssh-keygen', '-F', wanted, ...(file === null ? [] : ['-f', file])];
	const results = await Promise.all(
		files.map(async (file) => ({ file, result: await host.run(commandFor(file), options) })),
	);
	const keys = results.flatMap(({ file, result }) =>
		result.outcome === 'done' ? parseKnownHosts(result.stdout, file ?? '~/.ssh/known_hosts') : [],
	);
	const [{ result }] = results as [(typeof results)[number]];
	// Exit code 1 is what ssh-keygen says when there is no file, or no such host in it.
	const isAnswered = result.outcome === 'done' || result.outcome === 'failed';
	return {
		command: formatCommand(commandFor(null)),
		keys: keys.slice(0, mostKeys),
		error: isAnswered ? null : `ssh-keygen: ${result.outcome}`,
	};
}

/** Pairs of `# Host NAME found: line 3` and the line itself, which may begin with a marker. */
export function parseKnownHosts(text: string, file: string): KnownHostKey[] {
	const keys: KnownHostKey[] = [];
	let line = '';
	for (const row of text.split('\n')) {
		line = /^# Host .* found: line (\d+)/.exec(row)?.[1] ?? line;
		const [, marker, type, blob] = /^(?:(@\S+) )?\S+ (\S+) (AAAA[A-Za-z0-9+/]+={0,2})/.exec(row) ?? [];
		// A certificate authority's key is no host key.
		if (type === undefined || blob === undefined || marker === '@cert-authority') continue;
		const key = describeHostKey(Buffer.from(blob, 'base64'));
		if (key.type === type) keys.push({ ...key, place: cleanLine(`${file}:${line}`), revoked: marker === '@revoked' });
	}
	return keys;
}
