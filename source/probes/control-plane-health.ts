import type { HealthEvidence } from '../domain/evidence.ts';
import type { Host, RunOptions } from '../hosts/host.ts';
import { httpGet } from './http.ts';

const outcomes = {
	name: 'name',
	tcp: 'tcp',
	tls: 'tls',
	http: 'tcp',
	timeout: 'timeout',
} as const;

/** Can the connector's host reach the control plane's /healthz? Runbook "My connector is offline", quick check 2. */
export async function probeHealth(host: Host, healthUrl: string, options: RunOptions): Promise<HealthEvidence> {
	const started = performance.now();
	const address = new URL(healthUrl);
	const answer = await httpGet(host, address, { accept: '*/*' }, options);
	// A query may hold a token.
	const url = address.origin + address.pathname;
	const durationMs = performance.now() - started;
	if (!answer.ok)
		return {
			url: healthUrl,
			outcome: outcomes[answer.step],
			detail: answer.reason,
			durationMs,
		};
	const reachable = answer.status >= 200 && answer.status < 300;
	return {
		url,
		outcome: reachable ? 'reachable' : 'status',
		detail: `HTTP ${answer.status}`,
		durationMs,
	};
}
