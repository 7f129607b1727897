import { cleanLine } from '../domain/clean.ts';
import type { HealthEvidence } from '../domain/connector-evidence.ts';
import type { Host } from '../hosts/host.ts';
import { type HttpOptions, httpGet } from './http.ts';

/** Can the connector's host reach the control plane's /healthz? Runbook "My connector is offline", quick check 2. */
export async function probeHealth(host: Host, healthUrl: string, options: HttpOptions): Promise<HealthEvidence> {
	const started = performance.now();
	const address = new URL(healthUrl);
	const answer = await httpGet(host, address, { accept: '*/*' }, options);
	const base = {
		// A query may hold a token.
		url: address.origin + address.pathname,
		proxy: answer.proxy,
		durationMs: performance.now() - started,
	};
	if (!answer.ok) return { ...base, outcome: answer.step, detail: cleanLine(answer.reason) };
	const reachable = answer.status >= 200 && answer.status < 300;
	return { ...base, outcome: reachable ? 'reachable' : 'status', detail: `HTTP ${answer.status}` };
}
