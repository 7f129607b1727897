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

export function makeKey(comment: string): LabKey {
	const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
	const blob = Buffer.from(pair.public.split(' ')[1] ?? '', 'base64');
	return { private: pair.private, public: pair.public, fingerprint: describeHostKey(blob).sha256 };
}
