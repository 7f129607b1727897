/** The runbook's resolution steps in its order, for what no cause is known of. */
export const resolutionSteps: readonly string[] = [
	'VaultPAM: Connectors; the connector of the Safe must be Online, else runbook "My connector is offline"',
	'from the connector: nc -zv -w 5 <target-host> 22; where it is blocked, open the firewall or security group',
	'VaultPAM: Safes → pick Safe → Edit → Credentials; the username must be the one of the target',
	'with a host key mismatch, once it is explained: Safes → pick Safe → Edit → Connection settings → Reset host key, then retry',
	'with SSH key authentication: a private key is attached, and its public key is in ~/.ssh/authorized_keys on the target',
	'after each change: Launch Session again',
];

/** The runbook's escalation path: what a support ticket needs. `vpmon report` and `x` on the screen collect it. */
export const escalationSteps: readonly string[] = [
	'the exact error message of the session banner',
	'the last 100 lines of the connector log: docker logs -n 100 vaultpam-connector, or journalctl -u vaultpam-connector -n 100',
	'from the connector: nc -zv <target-host> 22, and its output',
	'a support ticket with connector name, target host (masked if sensitive), message, log and nc result: vpmon report <safe> --error <text> writes it',
];
