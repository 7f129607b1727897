import type { Cause } from '../domain/cause.ts';
import { formatRemote } from '../domain/inventory.ts';
import { shellWord } from '../domain/shell-word.ts';
import { restartCommands } from './connector-commands.ts';
import { degradedSteps, offlineSteps, recoverySteps } from './connector-steps.ts';
import type { FixContext } from './fix-context.ts';
import { formatLikely, likelyUsernames } from './likely-usernames.ts';
import {
	allowedMethods,
	allowSource,
	authorizeKey,
	checkUser,
	exemptAddress,
	isSshdOnUnix,
	letUserIn,
	listensWhere,
	printHostKey,
	serverStatus,
} from './target-commands.ts';
import { targetLog, unknownUserWords } from './target-log.ts';

/** What the runbook says to do about a cause. */
export type Fix = {
	readonly id: string;
	readonly title: string;
	readonly causes: readonly Cause[];
	/** One line each; the first is the one to begin with. */
	readonly steps: (context: FixContext) => readonly string[];
};

const onTarget = ({ safe }: FixContext) => `on ${safe?.host ?? 'the target'}`;
const inVaultPam = ({ safe }: FixContext, path: string) =>
	`VaultPAM: Safes → ${safe?.name ?? 'pick Safe'} → Edit → ${path}`;
const portOf = ({ safe }: FixContext) => safe?.port ?? 22;
const source = ({ sourceAddress, connector }: FixContext) => sourceAddress ?? `the address of ${connector.name}`;

/** What the right name may be; nothing where nothing speaks for one. */
function likelyNames({ safe, platform, acceptedUsernames }: FixContext): readonly string[] {
	const words = safe === null ? null : formatLikely(likelyUsernames(safe.username, platform, acceptedUsernames));
	return words === null ? [] : [words];
}

/** Without a Safe at hand there is no row that shows what is offered. */
const compared = ({ safe }: FixContext) =>
	safe === null ? 'and compare with what the Safe has stored under Connection settings' : 'and compare with "offered"';

const hostWord = ({ safe }: FixContext) => (safe === null ? '<target-host>' : shellWord(safe.host));

const netcat = (context: FixContext) => `nc -zv -w 5 ${hostWord(context)} ${portOf(context)}`;

const openFirewall: Fix['steps'] = (context) => [
	`from ${context.connector.name}: ${netcat(context)}`,
	`allow TCP ${portOf(context)} from ${source(context)} to the target: firewall and security group on the way, and on the target`,
	...allowSource(context),
	`another port? ${inVaultPam(context, 'Connection settings → Port')}`,
];

const resetHostKey: Fix['steps'] = (context) => [
	`${onTarget(context)}: ${printHostKey(context)}, ${compared(context)}`,
	`only if it matches: ${inVaultPam(context, 'Connection settings → Reset host key')}`,
	'then put the new fingerprint into the inventory, which is our copy',
];

const editPublicKey = (context: FixContext) =>
	`inventory: set credential.publicKey of ${context.safe?.name ?? 'the Safe'} to the .pub file or its line`;

/** Which fix stands for which causes. A cause without its own steps would leave people alone with it: a test holds them complete. */
export const fixes: readonly Fix[] = [
	{
		id: 'start-connector',
		title: 'Bring the connector back Online',
		causes: ['connector-offline'],
		steps: offlineSteps,
	},
	{
		id: 'restart-connector',
		title: 'Restart the connector',
		// Never the first thing to do: for whoever asks for it.
		causes: [],
		steps: ({ connector }) => [
			...restartCommands(connector).map((command) => command.map(shellWord).join(' ')),
			'sessions that go through it may drop; it reconnects within 30 s',
		],
	},
	{
		id: 'restore-outbound-443',
		title: "Restore the connector's way to the control plane",
		causes: ['connector-degraded'],
		steps: degradedSteps,
	},
	{
		id: 're-pair-connector',
		title: 'Pair the connector again',
		causes: ['connector-needs-recovery'],
		steps: recoverySteps,
	},
	{
		id: 'reach-connector-host',
		title: "Reach the connector's host",
		causes: ['connector-unreachable'],
		steps: ({ connector, connectorState }) => [
			...(connectorState?.hostNextStep ? [connectorState.hostNextStep] : []),
			connector.host === 'local'
				? `run vpmon on the host of ${connector.name}`
				: `or run vpmon on the host of ${connector.name}: ssh ${shellWord(formatRemote(connector.host))}`,
		],
	},
	{
		id: 'correct-name',
		title: "Correct the target's name",
		causes: ['name-not-resolved'],
		steps: (context) => [
			`from ${context.connector.name}: getent hosts ${hostWord(context)}`,
			`correct it: ${inVaultPam(context, 'Connection settings')}, or the resolver of the connector host`,
		],
	},
	{
		id: 'open-firewall',
		title: 'Open the port',
		causes: ['port-timeout', 'host-unreachable'],
		steps: openFirewall,
	},
	{
		id: 'correct-port',
		title: 'Find the port SSH listens on',
		causes: ['port-refused', 'not-ssh'],
		steps: (context) => [
			`${onTarget(context)}: ${listensWhere(context)}`,
			`another port? ${inVaultPam(context, 'Connection settings → Port')}`,
			`allow TCP ${portOf(context)} from ${source(context)} in ${isSshdOnUnix(context) ? 'firewall and fail2ban (fail2ban-client status sshd)' : 'the firewall'}`,
			...allowSource(context),
		],
	},
	{
		id: 'look-at-target',
		title: "Look at the target's SSH server",
		causes: ['connection-reset', 'handshake-timeout'],
		steps: (context) => [
			`${onTarget(context)}: ${serverStatus(context)}; ${targetLog(context)}`,
			'MaxStartups, TCP wrappers (hosts.deny) and intrusion filters end connections like this',
		],
	},
	{
		id: 'wait-for-penalty',
		title: 'Wait until the target accepts this address again',
		causes: ['source-penalised'],
		steps: (context) => [
			`${onTarget(context)}: ${isSshdOnUnix(context) ? `${targetLog(context, 'penalty', 10)}; fail2ban-client status sshd` : targetLog(context, null, 10)}`,
			exemptAddress(context, source(context)),
			'then set exempt: true on the Safe',
		],
	},
	{
		id: 'compare-algorithms',
		title: 'Compare the algorithm lists',
		causes: ['no-common-algorithm'],
		steps: (context) => [
			`from ${context.connector.name}: ssh -v -p ${portOf(context)} ${context.safe === null ? '<username>@<target-host>' : shellWord(`${context.safe.username}@${context.safe.host}`)}`,
			'both lists are in the evidence of row 4',
		],
	},
	{
		id: 'correct-username',
		title: 'Correct the username',
		causes: ['username-rejected'],
		steps: (context) => [
			`${onTarget(context)}: ${checkUser(context)}`,
			...likelyNames(context),
			`correct it: ${inVaultPam(context, 'Credentials')}; then username of ${context.safe?.name ?? 'the Safe'} in the inventory`,
			`or let the user in ${onTarget(context)}: ${letUserIn(context)}`,
		],
	},
	{
		id: 'tell-user-from-key',
		title: 'Find out whether it is the user or the key',
		causes: ['user-or-key-rejected'],
		steps: (context) => [
			`${onTarget(context)}: ${targetLog(context)}; ${unknownUserWords(context)} means the name`,
			...likelyNames(context),
			`the name: ${checkUser(context)}; ${inVaultPam(context, 'Credentials')}`,
			`the key ${onTarget(context)}: ${authorizeKey(context).join('; ')}`,
		],
	},
	{
		id: 'reset-host-key',
		title: 'Reset the stored host key',
		causes: ['host-key-mismatch', 'host-key-type-gone'],
		steps: resetHostKey,
	},
	{
		id: 'record-host-key',
		title: 'Record the host key',
		causes: ['host-key-unrecorded'],
		steps: (context) => [
			`${onTarget(context)}: ${printHostKey(context)}, ${compared(context)}`,
			`if it matches, put it into the inventory as hostKey of ${context.safe?.name ?? 'the Safe'}`,
		],
	},
	{
		id: 'attach-key',
		title: "Attach the Safe's public key",
		causes: ['key-missing', 'key-unreadable', 'key-invalid'],
		steps: (context) => [
			editPublicKey(context),
			`a key attached? ${inVaultPam(context, 'Credentials')} must say SSH Key`,
		],
	},
	{
		id: 'replace-certificate',
		title: 'Give the public key of the certificate',
		causes: ['key-is-certificate'],
		steps: (context) => [
			`the key beside it: the file without "-cert" in its name; ${editPublicKey(context)}`,
			'to see what it was made for: ssh-keygen -L -f <certificate>',
		],
	},
	{
		id: 'remove-private-key',
		title: 'Take the private key out of the inventory',
		causes: ['key-is-private'],
		steps: (context) => [
			`the public one: ssh-keygen -y -f <private key>, for a .ppk puttygen -L <file>; ${editPublicKey(context)}`,
			'where the inventory held the private key itself, replace that key pair',
		],
	},
	{
		id: 'replace-key',
		title: 'Make a new key',
		causes: ['key-too-weak'],
		steps: (context) => [
			'ssh-keygen -t ed25519',
			`upload the private key: ${inVaultPam(context, 'Credentials')}; authorise the public one on the target`,
		],
	},
	{
		id: 'authorize-key',
		title: 'Authorise the key on the target',
		causes: ['key-rejected'],
		steps: (context) => [
			...authorizeKey(context).map((step, index) => (index === 0 ? `${onTarget(context)}: ${step}` : step)),
			`the right private key attached? ${inVaultPam(context, 'Credentials')}`,
		],
	},
	{
		id: 'correct-credential-type',
		title: 'Use a way to log in that the target offers',
		causes: ['method-not-offered'],
		steps: (context) => [
			`change the credential: ${inVaultPam(context, 'Credentials')}`,
			`or ${onTarget(context)}: ${allowedMethods(context)}`,
		],
	},
];

/** The fix for a cause. */
export function fixFor(cause: Cause): Fix | undefined {
	return fixes.find(({ causes }) => causes.includes(cause));
}

export function stepsFor(cause: Cause, context: FixContext): readonly string[] {
	return fixFor(cause)?.steps(context) ?? [];
}
