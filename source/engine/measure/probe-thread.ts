import { ownToken } from '../../domain/own-tokens.ts';
import type { Host } from '../../hosts/host.ts';
import { addGroup, endGroup, removeGroup } from '../../hosts/process-groups.ts';
import { type ThreadProgram, threadProgram } from '../thread-program.ts';
import { type ConnectionResult, type ProbeRequest, type Prober, probeConnection } from './probe-connection.ts';
import type { Answer, Group, Order, ThreadData } from './probe-worker.ts';

/** Probes targets from the machine vpmon runs on. */
export type ProbeThread = { readonly probe: Prober; dispose(): Promise<void> };

/** From so many conversations at once on, handshakes are felt on the screen. What a thread has taken stays taken: some four megabytes. */
const enough = 24;
/** Milliseconds. */
const usualIdle = 10_000;
/** Mebibytes: what a conversation makes is soon gone. */
const resourceLimits = { maxYoungGenerationSizeMb: 3 };

type Running = { readonly probe: Prober; end(): Promise<void> };

/**
 * A thousand handshakes must keep no key waiting: in a rush they happen in a thread of their own, which ends when it has had nothing to
 * do for a while. Few cost less here. So do all of them from when the thread's program is missing, has failed, or is that of a newer
 * vpmon that was installed meanwhile.
 */
export function createProbeThread(
	local: Host,
	program = threadProgram('probe-worker', import.meta.url),
	idleMs = usualIdle,
): ProbeThread {
	let isUsable = program.isThere();
	let running: Running | null = null;
	let underWay = 0;
	let idle: NodeJS.Timeout | undefined;

	const end = async () => {
		clearTimeout(idle);
		const ended = running;
		running = null;
		await ended?.end();
	};
	const start = (): Running | null => {
		isUsable = program.isThere();
		if (!isUsable) return null;
		return startThread(program, () => {
			isUsable = false;
			running = null;
		});
	};

	return {
		async probe(request, signal) {
			underWay++;
			clearTimeout(idle);
			if (isUsable && underWay > enough) running ??= start();
			try {
				return await (running?.probe(request, signal) ?? probeConnection(local, request, signal));
			} finally {
				underWay--;
				if (underWay === 0 && running !== null) idle = setTimeout(() => void end(), idleMs).unref();
			}
		},
		dispose: end,
	};
}

/** @param onFailure told once when it ends by itself; what it was at then has no end that anybody knows. */
function startThread(program: ThreadProgram, onFailure: () => void): Running {
	const waiting = new Map<number, (result: ConnectionResult | null) => void>();
	let lastId = 0;
	let isEnding = false;
	// Its own output would be written over the screen.
	const workerData: ThreadData = { token: ownToken('VAULTPAM_TOKEN') };
	const worker = program.start({ resourceLimits, stdout: true, stderr: true, workerData });
	const groups = new Set<number>();
	worker.unref();
	const giveUp = () => {
		if (!isEnding) onFailure();
		isEnding = true;
		for (const resolve of waiting.values()) resolve(null);
		waiting.clear();
	};
	worker.on('message', (message: Answer | Group) => {
		if ('pid' in message) return takeGroup(message);
		waiting.get(message.id)?.(message.result);
		waiting.delete(message.id);
	});
	const takeGroup = ({ pid, isRunning }: Group) => {
		if (isRunning) {
			groups.add(pid);
			addGroup(pid);
		} else if (groups.delete(pid)) removeGroup(pid);
	};
	worker.on('error', giveUp);
	worker.on('exit', giveUp);
	return {
		async probe(request, signal) {
			const id = ++lastId;
			const order = (what: Order) => worker.postMessage(what);
			const onAbort = () => order({ id, abort: true });
			const { promise, resolve } = Promise.withResolvers<ConnectionResult | null>();
			waiting.set(id, resolve);
			order({ id, abort: false, request: toWire(request) });
			signal.addEventListener('abort', onAbort, { once: true });
			if (signal.aborted) onAbort();
			try {
				return await promise;
			} finally {
				signal.removeEventListener('abort', onAbort);
			}
		},
		async end() {
			isEnding = true;
			await worker.terminate();
			await Promise.all([...groups].map((pid) => endGroup(pid)));
		},
	};
}

/** Keys as their text: a parsed one cannot go from thread to thread. */
function toWire(request: ProbeRequest): WireRequest {
	const { question } = request;
	if (question?.kind !== 'public-key') return { ...request, question };
	const keys = question.keys.map(({ parsed }) => `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`);
	return { ...request, question: { ...question, keys } };
}

export type WireRequest = Omit<ProbeRequest, 'question'> & {
	readonly question:
		| { readonly kind: 'methods'; readonly username: string }
		| { readonly kind: 'public-key'; readonly username: string; readonly keys: readonly string[] }
		| null;
};
