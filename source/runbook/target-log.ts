import { powerShellWord, shellWord } from '../domain/shell-word.ts';
import type { FixContext } from './fix-context.ts';
import { waysOf } from './platform.ts';

const aroundMs = 60_000; // The target's clock may be off a little.

// Since OpenSSH 9.8 the lines about a connection come from sshd-session.
const sshdJournal = 'sudo journalctl -t sshd -t sshd-session';

/** `2026-11-22 19:05:00 UTC`, as journalctl takes it (systemd.time(7)): the target may live in another zone. */
function utc(time: number): string {
	return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/**
 * The command that shows what the target's SSH server wrote about our connection: its time, our address and our port, where they
 * are known. For other lines give what to look for and how many minutes before.
 */
export function targetLog(context: FixContext, words: string | null = null, minutesBefore = 1): string {
	const { platform, connectedAt } = context;
	const time = connectedAt === null ? null : Date.parse(connectedAt);
	const from = time === null ? null : time - Math.max(minutesBefore * 60_000, aroundMs);
	const until = time === null ? null : time + aroundMs;
	const pattern = words ?? ours(context);
	const filter = pattern === null ? '' : ` | grep -i ${shellWord(pattern)}`;
	const about = time === null ? '' : `, about ${utc(time)}`;
	switch (waysOf(platform)) {
		case 'windows':
			return windowsLog(from, until, pattern);
		case 'bsd':
			return `grep sshd /var/log/auth.log${filter}${about}`;
		case 'dropbear':
			return `logread -e dropbear${dropbearFilter(context, words)} (with systemd: journalctl -t dropbear)${about}`;
		case 'tinyssh':
		case 'other': {
			const who = context.sourceAddress === null ? '' : `, for ${context.sourceAddress}`;
			return `the log of ${platform.software}${about}${who}`;
		}
		default: {
			const window =
				from === null || until === null ? ' -n 50' : ` --utc --since '${utc(from)}' --until '${utc(until)}'`;
			return `${sshdJournal}${window}${filter}${waysOf(platform) === 'linux' ? '' : ' (without systemd: /var/log/auth.log or secure)'}`;
		}
	}
}

/** OpenSSH ends its lines with `from ADDRESS port PORT` or `ADDRESS port PORT` (auth.c, packet.c). */
function ours({ sourceAddress, sourcePort }: FixContext): string | null {
	if (sourceAddress === null) return null;
	return sourcePort === null ? sourceAddress : `${sourceAddress} port ${sourcePort}`;
}

/** Dropbear's `Login attempt for nonexistent user` names nobody: it stands after `Child connection from ADDRESS:PORT`. */
function dropbearFilter({ sourceAddress, sourcePort }: FixContext, words: string | null): string {
	if (words !== null) return ` | grep -i ${shellWord(words)}`;
	if (sourceAddress === null) return '';
	return ` | grep -A 3 ${shellWord(sourcePort === null ? sourceAddress : `${sourceAddress}:${sourcePort}`)}`;
}

/** sshd's ETW channel; `[datetime]` reads a time that ends with Z as UTC. */
function windowsLog(from: number | null, until: number | null, pattern: string | null): string {
	const moment = (time: number) => `[datetime]'${new Date(time).toISOString().slice(0, 19)}Z'`;
	const window = from === null || until === null ? '' : `; StartTime=${moment(from)}; EndTime=${moment(until)}`;
	const filter = pattern === null ? '' : ` | Where-Object Message -match ${powerShellWord(pattern)}`;
	return `Get-WinEvent -FilterHashtable @{LogName='OpenSSH/Operational'${window}}${filter} | Format-List TimeCreated, Message`;
}

/** The words in that log which mean that the name is wrong. */
export function unknownUserWords({ platform }: FixContext): string {
	return waysOf(platform) === 'dropbear' ? '"nonexistent user"' : '"Invalid user"';
}
