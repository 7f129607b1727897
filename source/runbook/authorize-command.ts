import { powerShellWord, shellWord } from '../domain/shell-word.ts';
import { withoutDomain } from './likely-usernames.ts';
import { type Platform, waysOf } from './platform.ts';

/** sshd(8), AUTHORIZED_KEYS FILE FORMAT: the directory 700, the file 600, both the user's own. A line without an end gets one first. */
const onUnix = [
	'h=$(getent passwd "$1" | cut -d: -f6) && d=$h/.ssh && f=$d/authorized_keys',
	'install -d -m 700 -o "$1" -g "$(id -gn "$1")" "$d"',
	'{ grep -qxF -- "$2" "$f" 2>/dev/null || { [ -s "$f" ] && [ -n "$(tail -c 1 "$f")" ] && echo >>"$f"; echo "$2" >>"$f"; }; }',
	'chown "$1:" "$f" && chmod 600 "$f"',
].join(' && ');

/**
 * Commands for the target that let a public key in, each of which may be run again without harm; none where the server has its own
 * way. Windows: Microsoft's "Key-based authentication in OpenSSH for Windows", where administrators have one file together.
 *
 * @param key `ssh-ed25519 AAAA…`
 */
export function authorizeCommands(username: string, key: string, platform: Platform): string[] {
	switch (waysOf(platform)) {
		case 'linux':
		case 'openssh':
		case 'unknown':
			return [`as root: sh -c ${shellWord(onUnix)} sh ${shellWord(username)} ${shellWord(key)}`];
		case 'windows': {
			const own = ['C:', 'Users', withoutDomain(username), '.ssh', 'authorized_keys'].join('\\');
			const administrators = String.raw`C:\ProgramData\ssh\administrators_authorized_keys`;
			return [
				`in PowerShell: ${addLine(own, key)}`,
				`for a member of Administrators instead: ${addLine(administrators, key)}; icacls.exe ${administrators} /inheritance:r /grant Administrators:F /grant SYSTEM:F`,
			];
		}
		default:
			return [];
	}
}

function addLine(file: string, key: string): string {
	const [path, line] = [powerShellWord(file), powerShellWord(key)];
	return `New-Item -ItemType Directory -Force (Split-Path ${path}) | Out-Null; if (-not (Select-String -Quiet -SimpleMatch -Path ${path} -Pattern ${line} -ErrorAction SilentlyContinue)) { Add-Content -Encoding ascii -Path ${path} -Value ${line} }`;
}
