import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Host } from '../hosts/host.ts';
import type { Answer, Order } from './probe-worker.ts';
import { type Speaker, type SpeakRequest, type Spoken, speak } from './speak.ts';

/** Speaks with targets from the machine vpmon runs on. */
export type ProbeThread = { readonly speak: Speaker; dispose(): Promise<void> };

/** From so many conversations at once on, handshakes are felt on the screen. */
const enough = 8;
const idleMs = 10_000;
/** Mebibytes: what a conversation makes is soon gone. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

type Waiting = { readonly resolve: (spoken: Spoken) => void; readonly reject: (cause: unknown) => void };

/**
 * A thousand handshakes must keep no key waiting: in a rush they happen in a thread of their own, which ends when it has had nothing to
 * do for a while. Few cost less here.
 *
 * @param file the thread's program; null where there is none, and all happens here.
 */
export function createProbeThread(local: Host, file: string | null = workerFile()): ProbeThread {
	const waiting = new Map<number, Waiting>();
	let worker: Worker | null = null;
	let underWay = 0;
	let lastId = 0;
	let idle: NodeJS.Timeout | undefined;

	const end = async () => {
		clearTimeout(idle);
		const ended = worker;
		worker = null;
		await ended?.terminate();
	};
	const start = (path: string): Worker => {
		const started = new Worker(path, { resourceLimits });
		started.unref();
		started.on('message', ({ id, spoken }: Answer) => {
			waiting.get(id)?.resolve(spoken);
			waiting.delete(id);
		});
		const fail = (cause: unknown) => {
			if (worker === started) worker = null;
			for (const { reject } of waiting.values()) reject(cause);
			waiting.clear();
		};
		started.on('error', fail);
		started.on('exit', () => fail(new Error('the thread that measures has ended')));
		return started;
	};
	const speakThere = async (to: Worker, request: SpeakRequest, signal: AbortSignal): Promise<Spoken> => {
		const id = ++lastId;
		const order = (what: Order) => to.postMessage(what);
		const onAbort = () => order({ id, abort: true });
		const { promise, resolve, reject } = Promise.withResolvers<Spoken>();
		waiting.set(id, { resolve, reject });
		order({ id, abort: false, request: toWire(request) });
		signal.addEventListener('abort', onAbort, { once: true });
		if (signal.aborted) onAbort();
		try {
			return await promise;
		} finally {
			signal.removeEventListener('abort', onAbort);
		}
	};

	return {
		async speak(request, signal) {
			underWay++;
			clearTimeout(idle);
			if (file !== null && underWay > enough) worker ??= start(file);
			try {
				return await (worker === null ? speak(local, request, signal) : speakThere(worker, request, signal));
			} finally {
				underWay--;
				if (underWay === 0 && worker !== null) idle = setTimeout(() => void end(), idleMs).unref();
			}
		},
		dispose: end,
	};
}

/** Keys as their text: a parsed one cannot go from thread to thread. */
function toWire(request: SpeakRequest): WireRequest {
	const { question } = request;
	if (question?.kind !== 'public-key') return { ...request, question };
	const keys = question.keys.map(({ parsed }) => `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`);
	return { ...request, question: { ...question, keys } };
}

export type WireRequest = Omit<SpeakRequest, 'question'> & {
	readonly question:
		| { readonly kind: 'methods'; readonly username: string }
		| { readonly kind: 'public-key'; readonly username: string; readonly keys: readonly string[] }
		| null;
};

/** Beside this file, in the source as in the bundle. */
function workerFile(): string | null {
	const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
	const file = fileURLToPath(new URL(`./probe-worker.${extension}`, import.meta.url));
	return existsSync(file) ? file : null;
}
