import { timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AuthContext, AuthenticationType, Connection, PublicKeyAuthContext } from 'ssh2';
import ssh2 from 'ssh2';

/** How a lab target is set up: the part of sshd_config that the runbook's causes hang on. */
export type LabServerOptions = {
	/** Private host keys in OpenSSH format. */
	readonly hostKeys: readonly string[];
	/** User names and the public keys authorised for them, as in authorized_keys. */
	readonly users: Readonly<Record<string, readonly string[]>>;
	readonly methods: readonly AuthenticationType[];
	/** Takes the lines that sshd would write to its log. */
	readonly log: (line: string) => void;
	/** After `SSH-2.0-`. */
	readonly ident: string;
};

export type LabServer = {
	/** Speaks SSH on a stream that somebody else accepted. */
	accept(stream: Duplex): void;
	/** Listens on loopback; resolves with the port. */
	listen(): Promise<number>;
	close(): void;
};

/** A small but real SSH server. Users can prove a key; there is no shell behind it. */
export function createLabServer(options: LabServerOptions): LabServer {
	const open = new Set<Connection>();
	const server = new ssh2.Server({ hostKeys: [...options.hostKeys], ident: options.ident }, (client, { ip, port }) => {
		open.add(client);
		let user: string | null = null;
		let loggedIn = false;
		const known = (name: string) => Object.hasOwn(options.users, name);
		client.on('authentication', (context) => {
			if (user === null && !known(context.username)) {
				options.log(`Invalid user ${context.username} from ${ip} port ${port}`);
			}
			user = context.username;
			decide(context, options);
		});
		client.on('ready', () => {
			loggedIn = true;
			options.log(`Accepted publickey for ${user} from ${ip} port ${port} ssh2`);
			client.on('session', (_accept, reject) => reject());
		});
		client.on('error', () => {});
		client.on('close', () => {
			open.delete(client);
			if (loggedIn) return;
			const who = user === null ? '' : known(user) ? ` by authenticating user ${user}` : ` by invalid user ${user}`;
			options.log(`Connection closed${who} ${ip} port ${port} [preauth]`);
		});
	});
	return {
		accept: (stream) => server.injectSocket(stream as never),
		listen: () =>
			new Promise((resolve, reject) => {
				server.once('error', reject);
				server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
			}),
		close() {
			for (const client of open) client.end();
			server.close();
		},
	};
}

/** RFC 4252 section 7: a key without a signature is a query, one with it a login. */
function decide(context: AuthContext, { users, methods }: LabServerOptions): void {
	const authorised = Object.hasOwn(users, context.username) ? (users[context.username] ?? []) : [];
	if (context.method === 'publickey' && methods.includes('publickey') && accepts(context, authorised)) context.accept();
	else context.reject([...methods], false);
}

function accepts(context: PublicKeyAuthContext, authorised: readonly string[]): boolean {
	const line = authorised.find((candidate) => isKey(candidate, context.key.data));
	if (line === undefined) return false;
	if (context.signature === undefined || context.blob === undefined) return true;
	const key = ssh2.utils.parseKey(line);
	return !(key instanceof Error) && key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

function isKey(line: string, blob: Buffer): boolean {
	const known = Buffer.from(line.split(/\s+/)[1] ?? '', 'base64');
	return known.length === blob.length && timingSafeEqual(known, blob);
}
