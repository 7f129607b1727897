import type { ConnectorStatus } from '../domain/check.ts';
import type { Session } from '../engine/session/session.ts';

const order: readonly ConnectorStatus[] = ['needs-recovery', 'offline', 'degraded', 'unknown', 'online'];

/** Those that something is wrong with first. The names in the order they are shown and walked through. */
export function orderedConnectors(session: Session): string[] {
	const rank = (name: string) => {
		const status = session.connectors.get(name)?.status ?? 'unknown';
		return status !== 'online' && !isDown(session, name) ? order.indexOf('online') - 0.5 : order.indexOf(status);
	};
	return session.inventory.connectors.map(({ name }) => name).sort((a, b) => rank(a) - rank(b));
}

/** Whether it is not Online as far as can be told: of one that nobody here can ask nothing is known. */
export function isDown({ connectors }: Session, name: string): boolean {
	const result = connectors.get(name);
	return result?.status !== 'online' && result?.check.verdict !== 'untested';
}
