import { isIP } from 'node:net';
import type { RemoteHost } from '../domain/inventory.ts';
import { awayReason } from './away-reason.ts';
import { withPodman } from './docker-or-podman.ts';
import { formatCommand, type Host, type HostLink, type RunResult } from './host.ts';
import { resolveName } from './resolve-name.ts';
import { SessionGate } from './session-gate.ts';
import type { SshSession } from './ssh-connect.ts';
import { findRoute } from './ssh-destination.ts';
import { SshLink } from './ssh-link.ts';
import type { Tunnel } from './ssh-tunnel.ts';

/** Loaded with the first attempt to connect: the screen's first frame does not wait for SSH. */
const loadPrograms = () => import('./ssh-programs.ts');

type Use = { readonly session: SshSession; readonly gate: SessionGate; tunnel: Promise<Tunnel> | null };

export type SshHost = Host & { readonly link: HostLink };

/** A machine that is reached by SSH: one connection carries its programs and its connections to targets. */
export function createSshHost(remote: RemoteHost, local: Host): SshHost {
	const name = remote.host;
	let ownName: string | null = null;
	let environment: Record<string, string> = {};
	let use: Use | null = null;
	const disposed = new AbortController();
	const link = new SshLink({
		name,
		local,
		findRoute: () => findRoute(local, remote),
		connect: async (hops, signal) => (await import('./ssh-connect.ts')).connectRoute(local, hops, signal),
		onConnected: (session) => {
			use = { session, gate: new SessionGate(), tunnel: null };
			void greet();
		},
	});
	/** What stands now; waits for the first connection, or for one that is just being made. */
	const reach = async (timeoutMs: number, signal?: AbortSignal): Promise<Use | string> => {
		link.want();
		if (link.state().phase === 'connecting') await within(link.settled(), timeoutMs, signal);
		return link.session !== null && use !== null ? use : awayReason(name, link.state());
	};

	const run: Host['run'] = async (argv, options) => {
		const started = performance.now();
		const reached = await reach(options.timeoutMs, options.signal);
		if (typeof reached === 'string') return lost(argv, reached, started);
		const { runRemote } = await loadPrograms();
		const signals = options.signal === undefined ? [disposed.signal] : [disposed.signal, options.signal];
		const { session, gate } = reached;
		return runRemote(session, gate, argv, { ...options, signal: AbortSignal.any(signals) }, started);
	};

	const stream: Host['stream'] = async (argv, options = {}) => {
		const { streamRemote, deadStream } = await loadPrograms();
		// What is to go on for long waits as long as it takes.
		const reached = options.withInput ? await reach(shortWait) : (await link.connected()) && use;
		if (reached === null) return deadStream(argv, 'stopped', '');
		if (typeof reached === 'string') return deadStream(argv, 'lost', reached);
		const started = await streamRemote(reached.session, reached.gate, argv, options);
		disposed.signal.addEventListener('abort', started.stop);
		void started.ended.then(() => disposed.signal.removeEventListener('abort', started.stop));
		if (disposed.signal.aborted) started.stop();
		return started;
	};

	/** How the host calls itself, so that all who probe from it share its budget; and the proxies its programs would use. */
	const greet = async () => {
		const [own, env] = await Promise.all([
			run(['uname', '-n'], { timeoutMs: greetMs }),
			run(['env'], { timeoutMs: greetMs }),
		]);
		// A login that runs something else in place of commands may say anything.
		if (own.outcome === 'done' && /^[\w.-]{1,255}\n$/.test(own.stdout)) ownName = own.stdout.trim();
		environment = Object.fromEntries(
			env.stdout.split('\n').flatMap((line) => {
				const [, key, value] = /^(https?_proxy|no_proxy)=(.*)$/i.exec(line) ?? [];
				return key === undefined || value === undefined ? [] : [[key, value]];
			}),
		);
	};

	const base: Host = {
		name,
		link,
		environment: () => environment,

		async resolve(wanted, options) {
			const family = isIP(wanted);
			if (family !== 0) return { ok: true, addresses: [{ address: wanted, family: family as 4 | 6 }] };
			return resolveName(run, wanted, options, false);
		},

		async connect(address, port, options) {
			const started = performance.now();
			const reached = await reach(options.timeoutMs, options.signal);
			if (typeof reached === 'string') return { ok: false, failure: 'other', error: reached };
			reached.tunnel ??= import('./ssh-tunnel.ts').then(({ createTunnel }) =>
				createTunnel(reached.session, { name, run, stream }),
			);
			const tunnel = await reached.tunnel;
			const timeoutMs = Math.max(1, options.timeoutMs - (performance.now() - started));
			const connection = await tunnel.connect(address, port, { ...options, timeoutMs });
			if (connection.ok || connection.failure !== 'timeout') return connection;
			// Whose silence is it?
			if (await link.heardSince(Date.now() - (performance.now() - started))) return connection;
			return { ...connection, failure: 'other', error: `the connection to ${name} is silent too` };
		},

		run,
		stream,

		async dispose() {
			disposed.abort();
			// Signals to its programs go before the end of the connection.
			await new Promise((resolve) => setTimeout(resolve, link.session === null ? 0 : goodbyeMs));
			link.dispose();
		},
	};
	return {
		...withPodman(base),
		link,
		get ledgerName() {
			return ownName ?? name;
		},
	};
}

const greetMs = 5000;
const shortWait = 5000;
const goodbyeMs = 100;

function lost(argv: readonly string[], reason: string, started: number): RunResult {
	const durationMs = performance.now() - started;
	return { command: formatCommand(argv), outcome: 'lost', exitCode: null, stdout: '', stderr: reason, durationMs };
}

function within<Value>(promise: Promise<Value>, timeoutMs: number, signal?: AbortSignal): Promise<Value | null> {
	const { promise: over, resolve } = Promise.withResolvers<null>();
	const giveUp = () => resolve(null);
	const timer = setTimeout(giveUp, timeoutMs);
	signal?.addEventListener('abort', giveUp, { once: true });
	return Promise.race([promise, over]).finally(() => {
		clearTimeout(timer);
		signal?.removeEventListener('abort', giveUp);
	});
}
