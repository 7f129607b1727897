import { type Gauge, Registry } from '@prometheus-io/client';
import type { Family, Sample } from './family.ts';

export type Format = typeof Registry.OPENMETRICS_CONTENT_TYPE | typeof Registry.PROMETHEUS_CONTENT_TYPE;

/** OpenMetrics for whoever asks for it, as Prometheus does; else the older text format. */
export function formatFor(accept: string | undefined): Format {
	return accept?.includes('application/openmetrics-text')
		? Registry.OPENMETRICS_CONTENT_TYPE
		: Registry.PROMETHEUS_CONTENT_TYPE;
}

/**
 * All metrics as text: the families, whose series are read now, and what a registry has counted. The library writes them; its registry is
 * one for each answer, because it keeps every series it was given, and renames counters for one format that another may ask for.
 */
export async function renderMetrics(families: readonly Family[], counted: Registry, format: Format): Promise<string> {
	const registry = new Registry(format);
	for (const { name, help, samples } of families) put(registry, { name, help, type: 'gauge' }, valuesOf(samples()));
	for (const { name, help, type, values } of (await counted.getMetricsAsJSON()) as unknown as Counted[])
		put(registry, { name, help, type }, values);
	return registry.metrics();
}

type Described = { name: string; readonly help: string; readonly type: string };

type Counted = Described & { readonly values: Iterable<object> };

/** What the library asks of a metric when it writes it. */
function put(registry: Registry, metric: Described, values: Iterable<object>): void {
	const readable = {
		...metric,
		get: async () => ({ name: readable.name, help: metric.help, type: metric.type, values }),
	};
	registry.registerMetric(readable as unknown as Gauge);
}

/** One after the other: fifty thousand of them need not stand in memory. */
function* valuesOf(samples: Iterable<Sample>): Generator<object> {
	for (const [labels, value] of samples) yield { labels, value };
}
