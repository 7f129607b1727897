import type { Safe } from '../domain/inventory.ts';
import { readPublicKey } from '../probes/public-key.ts';
import { authorizeCommands } from '../runbook/authorize-command.ts';
import type { Platform } from '../runbook/platform.ts';

const authorizing: ReadonlySet<string> = new Set(['authorize-key', 'tell-user-from-key']);

/** Commands with the Safe's own key in them, to be copied to the target, where they may be run twice. None for other fixes. */
export async function commandsForTarget(
	{ username, credential }: Safe,
	fix: string,
	platform: Platform,
): Promise<readonly string[]> {
	if (!authorizing.has(fix) || credential.type !== 'ssh-key') return [];
	const { key } = await readPublicKey(credential.publicKey);
	if (key === null) return [];
	return authorizeCommands(username, `${key.parsed.type} ${key.parsed.getPublicSSH().toString('base64')}`, platform);
}
