import { execa } from 'execa';
import { requireProgram } from './system.ts';

/** A refused login ends at once, so that this long a wait only tells of a busy machine. */
const patienceSeconds = 20;

const options = [
	'BatchMode=yes',
	'StrictHostKeyChecking=no',
	'UserKnownHostsFile=/dev/null',
	'LogLevel=ERROR',
	'IdentitiesOnly=yes',
	`ConnectTimeout=${patienceSeconds}`,
].flatMap((option) => ['-o', option]);

export type Login = {
	readonly address: string;
	readonly port: number;
	readonly user: string;
	/** Path of a private key. */
	readonly identity: string;
};

/** Logs in as a person does, with the machine's own ssh, from the address that vpmon probes from. `said` is what ssh printed of a failure. */
export async function logIn({ address, port, user, identity }: Login): Promise<{ isIn: boolean; said: string }> {
	const ssh = requireProgram('ssh', 'openssh-client');
	const command = ['-F', 'none', ...options, '-i', identity, '-p', String(port), `${user}@${address}`, 'echo in'];
	const timeout = 2000 * patienceSeconds;
	const result = await execa(ssh, command, { reject: false, stdin: 'ignore', timeout });
	const { stdout, stderr, timedOut, exitCode } = result;
	const said = timedOut ? `not finished in ${timeout} ms` : `${stderr.trim()} (exit code ${exitCode})`;
	return { isIn: stdout === 'in', said };
}
