import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicKey, type TestKey } from './keys.ts';

export type Account = { readonly name: string; remove(): void };

/** A user of this machine with a home of its own and no password, for servers that read only the real authorized_keys. Needs root. */
export function createAccount(authorised: TestKey): Account {
	const home = mkdtempSync(join(tmpdir(), 'vpmon-home-'));
	const name = `vpmon-test-${process.pid}`;
	execFileSync('useradd', ['--no-create-home', '--home-dir', home, '--shell', '/bin/sh', name], { stdio: 'pipe' });
	execFileSync('usermod', ['-p', '*', name]);
	mkdirSync(join(home, '.ssh'));
	writeFileSync(join(home, '.ssh', 'authorized_keys'), `${publicKey(authorised)}\n`);
	execFileSync('chown', ['-R', `${name}:`, home]);
	chmodSync(home, 0o755);
	chmodSync(join(home, '.ssh'), 0o700);
	chmodSync(join(home, '.ssh', 'authorized_keys'), 0o600);
	return {
		name,
		remove() {
			// What it was logged in for may still be ending.
			execFileSync('userdel', ['--force', name], { stdio: 'pipe' });
			rmSync(home, { recursive: true, force: true });
		},
	};
}
