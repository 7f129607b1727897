import type { Connector, Safe } from '../../source/domain/inventory.ts';

/** A connector and a Safe with nothing special about them, for tests of what is said of any. */
export const plainConnector: Connector = {
	name: 'dc1',
	host: 'local',
	runtime: 'docker',
	container: 'agent',
	unit: null,
	journalDirectory: null,
	logFile: null,
	place: null,
};

export const plainSafe: Safe = {
	name: 'db',
	connector: 'dc1',
	host: 'db1.example',
	port: 2222,
	username: 'deploy',
	credential: { type: 'password' },
	hostKey: null,
	id: null,
	hostKeyPlace: null,
	sensitive: false,
	exempt: false,
	place: null,
};
