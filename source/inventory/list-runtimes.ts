import type { Host, RunOptions, RunResult } from '../hosts/host.ts';

/** A container as `docker ps` names it, or a unit with its suffix. */
export type Listed<Item> = { readonly items: readonly Item[]; readonly answer: RunResult };

/** The containers of a host, those that do not run too. */
export async function listContainers(
	host: Host,
	options: RunOptions,
): Promise<Listed<{ readonly name: string; readonly image: string }>> {
	const answer = await host.run(['docker', 'ps', '--all', '--format', '{{.Names}}\t{{.Image}}'], options);
	if (answer.outcome !== 'done') return { items: [], answer };
	const items = answer.stdout.split('\n').flatMap((line) => {
		const [name = '', image = ''] = line.split('\t');
		return /^[a-zA-Z0-9][\w.-]*$/.test(name) ? [{ name, image }] : [];
	});
	return { items, answer };
}

/** The services of a host, without templates: `vaultpam-connector.service`. */
export async function listUnits(host: Host, options: RunOptions): Promise<Listed<string>> {
	const command = ['systemctl', 'list-unit-files', '--type=service', '--no-legend', '--no-pager', '--plain'];
	const answer = await host.run(command, options);
	if (answer.outcome !== 'done') return { items: [], answer };
	const items = answer.stdout.split('\n').flatMap((line) => {
		const [unit = ''] = line.trim().split(/\s+/);
		return /^[\w@.:\\-]+\.service$/.test(unit) && !unit.endsWith('@.service') ? [unit] : [];
	});
	return { items, answer };
}
