import ssh2 from 'ssh2';
import { describeHostKey } from '../domain/host-key.ts';

/** A key pair of the lab: made when it starts, gone when it ends. */
export type LabKey = {
	/** OpenSSH private key. */
	readonly private: string;
	/** One line, as in authorized_keys. */
	readonly public: string;
	/** `SHA256:…` */
	readonly fingerprint: string;
};

/** ssh2 1.17 drops leading zero bytes of a public key, and cannot read such a pair: about one in 256. */
const mostTries = 20;

export function makeKey(comment: string): LabKey {
	for (let tries = 0; tries < mostTries; tries++) {
		const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
		if (ssh2.utils.parseKey(pair.private) instanceof Error) continue;
		const blob = Buffer.from(pair.public.split(' ')[1] ?? '', 'base64');
		return { private: pair.private, public: pair.public, fingerprint: describeHostKey(blob).sha256 };
	}
	throw new Error('ssh2 made no usable ed25519 key');
}
