import type { Safe } from '../domain/inventory.ts';
import { readPublicKey } from '../probes/public-key.ts';
import { authorizeCommands } from '../runbook/authorize-command.ts';
import { firewallCommands } from '../runbook/firewall-commands.ts';
import type { FixContext } from '../runbook/fix-context.ts';

const authorizing: ReadonlySet<string> = new Set(['authorize-key', 'tell-user-from-key']);

/** What belongs to the steps of a fix and takes more room than they have: commands to be copied, filled in for this Safe. */
export async function commandsForTarget(
	{ username, credential }: Safe,
	fix: string,
	context: FixContext,
): Promise<readonly string[]> {
	if (fix === 'open-firewall') return firewallCommands(context);
	if (!authorizing.has(fix) || credential.type !== 'ssh-key') return [];
	const { key } = await readPublicKey(credential.publicKey);
	if (key === null) return [];
	return authorizeCommands(
		username,
		`${key.parsed.type} ${key.parsed.getPublicSSH().toString('base64')}`,
		context.platform,
	);
}
