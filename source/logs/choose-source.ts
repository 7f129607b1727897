import type { Connector } from '../domain/inventory.ts';
import { dockerSource } from './docker-source.ts';
import { fileSource } from './file-source.ts';
import { journalSource } from './journal-source.ts';
import type { LogSource } from './log-source.ts';

/** The source of a connector's log, or why there is none. */
export function logSourceOf(connector: Connector): LogSource | { readonly none: string } {
	if (connector.logFile !== null) return fileSource(connector.logFile);
	if (connector.runtime === 'docker' && connector.container !== null) return dockerSource(connector.container);
	if (connector.runtime === 'systemd' && connector.unit !== null)
		return journalSource(connector.unit, connector.journalDirectory);
	return {
		none: `${connector.name} has no log in the inventory: give it a logFile, a container or a unit`,
	};
}
