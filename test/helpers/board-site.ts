import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startControlPlane } from '../../source/lab/control-plane.ts';
import { createHome } from './cli.ts';
import { publicKey } from './keys.ts';
import { loginUser } from './openssh-release.ts';
import type { TargetServer } from './target-server.ts';

const token = 'f00dfeedf00dfeedf00dfeed';
const connector = 'dc1';
const heartbeatMs = 1500;

export type BoardSafe = {
	readonly name: string;
	readonly target: TargetServer;
	/** In place of the address of the target. */
	readonly host?: string;
	readonly port?: number;
	readonly hostKey: string;
	/** The key that the Safe has; `user-a` unless told. */
	readonly key?: 'user-a' | 'user-b';
};

/** One connector host: an inventory or several, and one place for all that vpmon programs share. */
export type BoardSite = {
	readonly path: string;
	/** For every program of this host. */
	readonly environment: Readonly<Record<string, string>>;
	/** @returns the path of a file beside the inventories. */
	writeFile(name: string, text: string): string;
	/** @returns the path of the inventory file. */
	write(name: string, safes: readonly BoardSafe[], settings?: string): string;
	close(): void;
};

/** The connector is Online, so that a Safe whose rows pass is a Safe that passes. */
export async function startBoardSite(): Promise<BoardSite> {
	const home = createHome();
	const controlPlane = await startControlPlane(token, [connector]);
	const beat = () => controlPlane.heartbeat(connector);
	beat();
	const beating = setInterval(beat, heartbeatMs);
	const writeFile = (name: string, text: string) => {
		const file = join(home.path, name);
		writeFileSync(file, text, { mode: 0o600 });
		return file;
	};
	return {
		path: home.path,
		writeFile,
		environment: { ...home.environment, VPMON_SITE_DIR: join(home.path, 'site'), VAULTPAM_TOKEN: token },
		write(name, safes, settings = 'sweepEvery: 30s') {
			const lines = safes.map(
				(safe) =>
					`  - {name: ${safe.name}, host: ${safe.host ?? safe.target.address}, port: ${safe.port ?? safe.target.port}, username: ${loginUser}, hostKey: '${safe.hostKey}', credential: {type: ssh-key, publicKey: '${publicKey(safe.key ?? 'user-a')}'}}`,
			);
			const text = [
				'version: 1',
				`settings: {${settings}}`,
				`controlPlane: {url: '${controlPlane.url}', healthUrl: '${controlPlane.url}/healthz', connectorsPath: /api/v1/connectors}`,
				`connectors: [{name: ${connector}, runtime: none}]`,
				'safes:',
				...lines,
			];
			return writeFile(`${name}.yaml`, `${text.join('\n')}\n`);
		},
		close() {
			clearInterval(beating);
			controlPlane.close();
			home.remove();
		},
	};
}
