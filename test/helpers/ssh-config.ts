import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { keyFile } from './keys.ts';
import { requireProgram } from './system.ts';

export type SshConfig = {
	/** PATH with an ssh of its own in front: the real one, which reads this configuration instead of the user's. */
	readonly environment: Record<string, string>;
	/** Adds a host of the configuration. */
	host(alias: string, port: number, options?: { user?: string; key?: string; extra?: readonly string[] }): void;
	/** Records a host key by hand. */
	know(line: string): void;
	knownHosts(): string;
	forget(): void;
};

/** A user's ssh configuration in a directory of the test: ssh itself reads the home of the account, whatever HOME says. */
export function createSshConfig(directory: string): SshConfig {
	const ssh = requireProgram('ssh', 'openssh-client');
	const config = join(directory, 'ssh_config');
	const knownHosts = join(directory, 'known_hosts');
	for (const name of ['user-a', 'host-b']) {
		copyFileSync(keyFile(name), join(directory, name));
		chmodSync(join(directory, name), 0o600);
	}
	writeFileSync(config, '');
	writeFileSync(join(directory, 'ssh'), `#!/bin/sh\nexec ${ssh} -F ${config} "$@"\n`, { mode: 0o755 });
	return {
		environment: { PATH: `${directory}${delimiter}${process.env.PATH}`, SSH_AUTH_SOCK: '' },
		host(alias, port, { user = 'root', key = 'user-a', extra = [] } = {}) {
			const lines = [
				`Host ${alias}`,
				'HostName 127.0.0.1',
				`Port ${port}`,
				`User ${user}`,
				`IdentityFile ${join(directory, key)}`,
				`UserKnownHostsFile ${knownHosts}`,
				'GlobalKnownHostsFile none',
				...extra,
			];
			writeFileSync(config, `${readFileSync(config, 'utf8')}${lines.join('\n ')}\n`);
		},
		know: (line) => writeFileSync(knownHosts, `${line}\n`, { flag: 'a' }),
		knownHosts: () => (existsSync(knownHosts) ? readFileSync(knownHosts, 'utf8') : ''),
		forget: () => writeFileSync(knownHosts, ''),
	};
}
