import { loadPrograms } from '../hosts/local-host.ts';

// These are imported here alone: Node looks a file up again for each module that names it, and after an update it is gone.

/** Reads keys for what is shared before the first measurement does; SSH comes along with it. */
export const loadKeyReader = () => import('../probes/public-key.ts');
/** The thread for many handshakes at once. */
export const loadProbeThread = () => import('./measure/probe-thread.ts');

/** Loads now what the engine otherwise loads when it is first needed. */
export async function loadEngineParts(): Promise<void> {
	await Promise.all([
		loadPrograms(),
		import('../hosts/ssh-connect.ts'),
		import('../hosts/ssh-programs.ts'),
		import('../hosts/ssh-tunnel.ts'),
		import('./measure/measure-target.ts'),
		import('./measure/prepared-question.ts'),
		loadKeyReader(),
		loadProbeThread(),
		import('../inventory/control-plane.ts'),
		import('../inventory/edit.ts'),
		import('../probes/control-plane-health.ts'),
		import('../storage/audit-deeds.ts'),
		import('../storage/site-memory/open-site-memory.ts'),
		import('./audited-edit.ts'),
		import('./inventory-thread.ts'),
		import('./sharing/watch-site.ts'),
	]);
}
