import pLimit from 'p-limit';
import ssh2 from 'ssh2';

/**
 * The least that a program with ssh2 can do: read the host key of each address, so many at a time, believe it unproven, and hang up.
 * Prints how many it has. bench/probes.ts compares vpmon's whole ladder with it.
 *
 *     node bench/host-key-sweep.ts port address…
 */

const [port, ...addresses] = process.argv.slice(2);
const limit = pLimit(32);

function readHostKey(host: string): Promise<boolean> {
	return new Promise((resolve) => {
		let key: Buffer | null = null;
		const client = new ssh2.Client();
		client.on('error', () => {});
		client.on('close', () => resolve(key !== null));
		client.connect({
			host,
			port: Number(port),
			username: 'bench',
			readyTimeout: 20_000,
			hostVerifier: (blob: Buffer) => {
				key = blob;
				return false;
			},
		});
	});
}

const found = await Promise.all(addresses.map((address) => limit(() => readHostKey(address))));
console.log(found.filter(Boolean).length);
