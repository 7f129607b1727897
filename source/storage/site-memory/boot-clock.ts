import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A clock that all processes of a host share and that nobody can set, with the name of the boot that it counts from. */
export type BootClock = { readonly boot: string; readonly now: () => number };

/**
 * Linux counts CLOCK_MONOTONIC from the boot, for all processes alike. Elsewhere Node's monotonic clock may be each process's own:
 * there leases are told by the time of day, and one that lasts longer than it could is not believed.
 */
export function bootClock(): BootClock {
	try {
		const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
		return { boot, now: () => Math.floor(Number(process.hrtime.bigint() / 1000n) / 1000) };
	} catch {
		return { boot: `wall ${hostname()}`, now: () => Date.now() };
	}
}
