import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseInventory } from '../../../source/inventory/file.ts';
import { createSiteMask } from '../../../source/redact/names/site-mask.ts';
import { openPseudonyms } from '../../../source/storage/pseudonyms.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const inventory = parseInventory(
	JSON.stringify({
		version: 1,
		connectors: [{ name: 'dc1' }],
		safes: [{ name: 'pay-core-7', host: 'pc7.fin.acmepay.example', username: 'svc_pay' }],
	}),
	'/etc/vpmon/vpmon.yaml',
);

const letters = 'ghijklmnopqrstuvwxyz';
const two = (value: number) => String(value).padStart(2, '0');
/** Always the same for a number, and another for each. */
const nameOf = (value: number) =>
	[7, 11, 13, 17, 19, 23].map((step) => letters[Math.floor(value / step + value) % letters.length]).join('') +
	(value % 9973);
const hexOf = (value: number) => (value * 2654435761).toString(16).padStart(12, '0').slice(0, 12);

/** As dockerd, containerd, journald, logind, sudo, cron and OpenSSH 9.2 write, with another stranger in each. */
const formats: ReadonlyArray<(clock: string, n: number) => string> = [
	(clock, n) =>
		`Nov 22 ${clock} ${nameOf(n)} sshd[${n % 32768}]: Invalid user ${nameOf(n + 1)} from 10.9.${n % 4}.${n % 50} port ${1024 + (n % 60000)}`,
	(clock, n) =>
		`Nov 22 ${clock} srv sshd[${n % 32768}]: Failed password for invalid user ${nameOf(n)} from 10.9.1.${n % 50} port 51422 ssh2`,
	(clock, n) =>
		`Nov 22 ${clock} srv sshd[${n}]: Accepted publickey for ${nameOf(n)} from 10.9.2.7 port 51422 ssh2: ED25519 SHA256:${Buffer.from(hexOf(n).repeat(3)).toString('base64').slice(0, 43)}`,
	(clock, n) => `Nov 22 ${clock} srv systemd-logind[600]: New session ${n} of user ${nameOf(n)}.`,
	(clock, n) =>
		`Nov 22 ${clock} srv sudo:   ${nameOf(n)} : TTY=pts/${n % 9} ; PWD=/home/${nameOf(n)} ; USER=root ; COMMAND=/bin/ls`,
	(clock, n) => `Nov 22 ${clock} srv CRON[${n}]: (${nameOf(n)}) CMD (/usr/local/bin/run-${n})`,
	(clock, n) =>
		`time="2026-11-22T${clock}.120Z" level=info msg="ignoring event" container=${hexOf(n)}${hexOf(n + 1)} module=libcontainerd namespace=moby topic=/tasks/delete type="*events.TaskDelete"`,
	(clock, n) => `2026-11-22T${clock}Z ERROR session ${hexOf(n)} failed: dial tcp: lookup ${nameOf(n)}: no such host`,
	(clock, n) =>
		`{"ts":"2026-11-22T${clock}Z","level":"info","msg":"session opened","user":"${nameOf(n)}","host":"${nameOf(n + 3)}","took":"${n}ms"}`,
	(clock, n) =>
		`Nov 22 ${clock} srv kernel: br-${hexOf(n)}: port ${n % 16}(veth${hexOf(n).slice(0, 7)}) entered blocking state`,
	(clock, n) =>
		`Nov 22 ${clock} srv systemd[1]: run-docker-runtime\\x2drunc-moby-${hexOf(n)}.mount: Deactivated successfully.`,
	(clock, n) =>
		`nc: connect to ${nameOf(n)} port 22 (tcp) failed: Connection refused; Connection to pc7.fin.acmepay.example 22 port [tcp/ssh] succeeded! ${clock}`,
];

/** A million with VPMON_LOG_LINES=1000000: two minutes and a half. */
const lines = Number(process.env.VPMON_LOG_LINES ?? 4000);

test('strangers in a log, another in each line, are masked and let the stored names not grow', {
	timeout: 900_000,
}, async () => {
	const pseudonyms = await openPseudonyms(directory);
	const mask = createSiteMask(inventory, pseudonyms, { hide: 'all' });
	const stored = () => {
		const file = new DatabaseSync(join(directory, 'stand-ins-1.sqlite'), { readOnly: true });
		const rows = file
			.prepare('SELECT scope, name FROM stand_in')
			.all()
			.map(({ scope, name }) => `${scope} ${name}`);
		file.close();
		return rows;
	};
	const run = (from: number, to: number) => {
		for (let n = from; n < to; n++) {
			const clock = `${two(Math.floor(n / 3600) % 24)}:${two(Math.floor(n / 60) % 60)}:${two(n % 60)}`;
			const masked = mask(formats[n % formats.length]?.(clock, n) ?? '');
			if (masked.includes(nameOf(n))) throw new Error(`not masked: ${masked}`);
		}
	};
	run(0, 1800);
	const before = stored();
	run(1800, lines);
	expect(stored()).toEqual(before);
	// Addresses, networks, and the host that the inventory names.
	expect(before.every((row) => /^(?:IP-\d+ 10\.9\.|NET 10\.9\.|HOST (?:pc7\.)?fin\.acmepay\.example$)/.test(row))).toBe(
		true,
	);
	expect(before.length).toBeLessThan(250);
	expect(mask('host=pc7.fin.acmepay.example')).toMatch(/^host=HOST-\d$/);
	pseudonyms.close();
});
