import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { createLocalHost } from '../../hosts/local-host.ts';
import { parsePublicKey } from '../../probes/public-key.ts';
import { keepSecret } from '../../redact/secrets/own-secrets.ts';
import { type ConnectionResult, type ProbeRequest, probeConnection } from './probe-connection.ts';
import type { WireRequest } from './probe-thread.ts';

/** The program of the thread that measures: orders come in, evidence goes out. */
export type Order =
	| { readonly id: number; readonly abort: false; readonly request: WireRequest }
	| { readonly id: number; readonly abort: true };
export type Answer = { readonly id: number; readonly result: ConnectionResult };

const niceness = 5;
const host = createLocalHost();
const stops = new Map<number, AbortController>();
// What it hides from foreign text, each thread knows for itself.
keepSecret(process.env.VAULTPAM_TOKEN);
try {
	// On Linux a priority is that of a thread, and 0 the calling one (setpriority(2)): the screen goes first.
	setPriority(0, niceness);
} catch {
	// Not permitted: then all go alike.
}

parentPort?.on('message', (order: Order) => {
	if (order.abort) stops.get(order.id)?.abort();
	else void take(order.id, order.request);
});

async function take(id: number, request: WireRequest): Promise<void> {
	const stop = new AbortController();
	stops.set(id, stop);
	const result = await probeConnection(host, fromWire(request), stop.signal);
	stops.delete(id);
	parentPort?.postMessage({ id, result } satisfies Answer);
}

function fromWire(request: WireRequest): ProbeRequest {
	const { question } = request;
	if (question?.kind !== 'public-key') return { ...request, question };
	const keys = question.keys.flatMap((text) => parsePublicKey(text, 'inventory').key ?? []);
	return { ...request, question: { ...question, keys } };
}
