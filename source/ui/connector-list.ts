import type { ConnectorStatus } from '../domain/check.ts';
import type { Session } from '../engine/session.ts';

/** The names in the order they are shown and walked through. */
export function orderedConnectors({ inventory, connectors }: Session): string[] {
	const order: readonly ConnectorStatus[] = ['needs-recovery', 'offline', 'degraded', 'unknown', 'online'];
	const rank = (name: string) => order.indexOf(connectors.get(name)?.status ?? 'unknown');
	return inventory.connectors.map(({ name }) => name).sort((a, b) => rank(a) - rank(b));
}
