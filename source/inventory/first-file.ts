import type { Discovery } from './discover.ts';
import { blockEntries, type Entry } from './edit-text.ts';

/** The text of a first inventory: what was found, and what else may be said. It can be used as it is. Pure. */
export function writeFirstFile({ connectors, safes, known }: Discovery, hostName: string): string {
	const found = connectors.length > 0;
	const listed = found ? connectors : [{ name: hostName, host: 'local', runtime: 'none' } as const];
	const [first] = listed;
	return `# The inventory of vpmon: the VaultPAM connectors of this site, and the Safes behind them.
# vpmon takes changes of this file in while it runs. docs/inventory.md has all that may stand here.
version: 1

defaults:
  connector: ${blockValue(first?.name ?? hostName)}
  port: 22
  credential: {type: password}    # or {type: ssh-key, publicKey: ./keys/safe.pub}; private keys are never needed

# controlPlane:                   # a token in VAULTPAM_TOKEN lets vpmon name the Safes that are missing here
#   url: https://api.vaultpam.com

${found ? '' : '# No container or unit named like the connector was found here: say what it is, so that its status and log are seen.\n#   runtime: docker, container: vaultpam-connector   or   runtime: systemd, unit: vaultpam-connector\n'}connectors:
${blockEntries(listed as unknown as readonly Entry[], '  ')}
# A Safe has the name, host and username that VaultPAM shows. Hundreds come at once with: vpmon import safes.csv
${safes.length === 0 ? 'safes: []\n' : `# These are the hosts of ~/.ssh/config; take out what is no Safe.\nsafes:\n${blockEntries(safes as unknown as readonly Entry[], '  ')}`}${knownText(known, safes.length === 0)}`;
}

function blockValue(name: string): string {
	return blockEntries([{ name }], '').replace('- name: ', '').trimEnd();
}

/** As comments: without a username they are no Safes yet. */
function knownText(known: Discovery['known'], isFirst: boolean): string {
	if (known.length === 0) return '';
	const entries = known.map(({ host, port, hostKey }) => ({
		name: host,
		host,
		...(port === 22 ? {} : { port }),
		username: '?',
		hostKey,
	}));
	const lines = blockEntries(entries as unknown as readonly Entry[], '  ')
		.trimEnd()
		.split('\n');
	const how = isFirst ? ' in place of the [] above' : '';
	return `\n# Hosts of ~/.ssh/known_hosts. Where one is a Safe, give its username and take the # away${how}.\n${lines.map((line) => `# ${line}`).join('\n')}\n`;
}
