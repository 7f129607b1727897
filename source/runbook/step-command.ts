/** What steps are begun with: programs of a shell, on any of the systems that targets and connectors run. */
const programs =
	/^(?:sudo |doas )?(?:ssh|ssh-keygen|ssh-keyscan|sshd|nc|getent|id|grep|cat|ls|ss|netstat|docker|podman|systemctl|journalctl|service|rc-service|curl|openssl|timedatectl|fail2ban-client|dropbearkey|tinysshd-printkey|puttygen|logread|tail|net|nft|ufw|firewall-cmd|iptables|sockstat|tasklist|icacls\.exe|Get-\w+|Start-\w+|Restart-\w+|New-\w+|Test-\w+)(?= |$)/;

/** The command in a step of the runbook, as it can be pasted into a shell, or null where the step is no command. Pure. */
export function commandIn(step: string): string | null {
	// `on db1: `, `from dc1: `, `only then: `: words before a colon; a colon of a command has no blank behind it.
	const starts = [0, ...[...step.matchAll(/: /g)].map(({ index }) => index + 2)];
	const start = starts.find((at) => programs.test(step.slice(at)));
	if (start === undefined) return null;
	const [text = ''] = step.slice(start).split(/, (?:and|or|to|about|in a domain|for a) | \((?:with|without) systemd/);
	const parts = text.split('; ');
	const end = parts.findIndex((part) => !programs.test(part));
	const command = parts.slice(0, end === -1 ? parts.length : end).join('; ');
	// What stands for something that only the person knows cannot be pasted.
	return command === '' || /[<…]/.test(command) ? null : command;
}
