import type { Cause } from '../domain/cause.ts';
import type { CheckId } from '../domain/check.ts';

/** What is said of a cause. The wording follows the runbook "My SSH session fails to launch" where it has one. */
export type CauseText = {
	/** The row it belongs to. */
	readonly check: CheckId;
	/** Two to four words for lists. */
	readonly label: string;
	/** One sentence. */
	readonly headline: string;
	/** What it usually means. */
	readonly why: string;
};

export const causeTexts: Readonly<Record<Cause, CauseText>> = {
	'connector-offline': {
		check: 'connector',
		label: 'connector offline',
		headline: 'The connector is offline.',
		why: 'Every session through this connector fails until it is Online again.',
	},
	'connector-degraded': {
		check: 'connector',
		label: 'connector degraded',
		headline: 'The connector is degraded.',
		why: 'At least one of its paths is unhealthy; sessions through it fail or are slow.',
	},
	'connector-needs-recovery': {
		check: 'connector',
		label: 'needs recovery',
		headline: 'The connector needs recovery.',
		why: 'Its durable identity is lost, so it cannot reconnect by itself.',
	},
	'connector-unreachable': {
		check: 'connector',
		label: 'connector host away',
		headline: "The connector's host cannot be reached from here.",
		why: 'Nothing behind this connector can be measured until its host answers.',
	},
	'name-not-resolved': {
		check: 'port',
		label: 'name not resolved',
		headline: "The target's name does not resolve on the connector host.",
		why: 'A name that is mistyped or was removed, or a resolver of the connector host that does not know it.',
	},
	'port-refused': {
		check: 'port',
		label: 'port refused',
		headline: 'The target refuses connections on this port.',
		why: 'No SSH server listens there, the port is another one, or a firewall rejects the connector (also a ban by fail2ban).',
	},
	'port-timeout': {
		check: 'port',
		label: 'port timeout',
		headline: 'The target port does not answer.',
		why: 'A firewall or security group drops packets from the connector, or the target is down.',
	},
	'host-unreachable': {
		check: 'port',
		label: 'host unreachable',
		headline: 'There is no route from the connector to the target.',
		why: 'A missing route, a network that is down, or a firewall that answers "unreachable".',
	},
	'connection-reset': {
		check: 'port',
		label: 'connection reset',
		headline: 'The target ends the connection before SSH is up.',
		why: 'The SSH server is overloaded (MaxStartups), stopping, or filters addresses (TCP wrappers, an intrusion filter); or another service has this port, such as TLS.',
	},
	'handshake-timeout': {
		check: 'port',
		label: 'SSH does not finish',
		headline: 'The target port is open, but the SSH handshake does not finish.',
		why: 'The SSH server hangs, is overloaded or waits for a name server, or something on the way drops larger packets (MTU).',
	},
	'not-ssh': {
		check: 'port',
		label: 'not SSH',
		headline: 'The port is open, but SSH does not answer there.',
		why: 'Another service has this port, or something in between answers for the target.',
	},
	'source-penalised': {
		check: 'port',
		label: 'address penalised',
		headline: "The target refuses the connector's address for a while.",
		why: 'Too many failed logins or unfinished connections came from this address; it ends by itself, within 10 minutes.',
	},
	'no-common-algorithm': {
		check: 'host-key',
		label: 'no common algorithm',
		headline: 'vpmon and the target share no SSH algorithm.',
		why: 'The gap may be ours: vpmon lacks the post-quantum key exchanges. The session itself may work.',
	},
	'username-rejected': {
		check: 'username',
		label: 'wrong username',
		headline: 'The target does not let this username in.',
		why: 'Linux user names are case-sensitive. Common mistakes: root for ubuntu, admin for administrator, a default left over from a template.',
	},
	'user-or-key-rejected': {
		check: 'ssh-key',
		label: 'user or key rejected',
		headline: 'The target rejects this user or this key; SSH does not say which.',
		why: 'An SSH server answers unknown users and unknown keys alike. The log of the target tells them apart.',
	},
	'host-key-mismatch': {
		check: 'host-key',
		label: 'host key changed',
		headline: "The target's host key is not the stored one.",
		why: 'The target was rebuilt, its address belongs to another machine now, or somebody stands in between.',
	},
	'host-key-unrecorded': {
		check: 'host-key',
		label: 'host key not recorded',
		headline: 'No host key is recorded for this Safe yet.',
		why: 'VaultPAM records it on the first connection; our copy has none to compare with.',
	},
	'host-key-type-gone': {
		check: 'host-key',
		label: 'host key type gone',
		headline: 'The target no longer has a host key of the stored type.',
		why: 'The SSH server was rebuilt or its configuration changed; what it offers now was never stored.',
	},
	'key-missing': {
		check: 'ssh-key',
		label: 'key missing',
		headline: 'The Safe has no public key that vpmon can find.',
		why: 'The credential has no key attached, or the inventory points to a file that is not there.',
	},
	'key-unreadable': {
		check: 'ssh-key',
		label: 'key unreadable',
		headline: 'The public key file cannot be read.',
		why: 'The file is there, but this user may not read it.',
	},
	'key-invalid': {
		check: 'ssh-key',
		label: 'key invalid',
		headline: 'What stands as the public key is none.',
		why: 'The text is cut, wrapped or of another kind.',
	},
	'key-is-private': {
		check: 'ssh-key',
		label: 'private key given',
		headline: 'A private key stands where the public key belongs.',
		why: 'vpmon asks with the public key alone and has not kept the private one.',
	},
	'key-is-certificate': {
		check: 'ssh-key',
		label: 'certificate given',
		headline: 'An SSH certificate stands where the public key belongs.',
		why: 'A certificate is signed for one user and a time; the credential and the authorized_keys hold the key itself.',
	},
	'key-too-weak': {
		check: 'ssh-key',
		label: 'key too weak',
		headline: 'The key is too weak for current SSH servers.',
		why: 'DSA keys and RSA keys under 2048 bits are refused by current servers.',
	},
	'key-rejected': {
		check: 'ssh-key',
		label: 'key rejected',
		headline: 'The target does not accept this SSH key for this user.',
		why: "The user exists, but the key is not in its authorized_keys, or that file's owner or mode is wrong.",
	},
	'method-not-offered': {
		check: 'ssh-key',
		label: 'method not offered',
		headline: "The target does not offer the credential's way to log in.",
		why: 'The SSH server is configured without this authentication method for this user.',
	},
};
