import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach } from 'vitest';
import type { Writer } from '../../source/domain/measurement.ts';
import { openSiteMemory, type SiteMemoryOptions } from '../../source/storage/site-memory/open-site-memory.ts';
import type { SiteChange } from '../../source/storage/site-memory/site-memory.ts';
import { writer } from './measurement.ts';

export type OpenedMemory = Awaited<ReturnType<typeof openSiteMemory>>;

export const exporter: Writer = { program: 'exporter', uid: 999, user: 'vpmon' };

/** A directory for each test of a file, and what is opened in it; they look for changes only when a test says so. */
export function siteMemories() {
	let directory = '';
	let opened: OpenedMemory[] = [];
	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	});
	afterEach(() => {
		for (const memory of opened) memory.close();
		opened = [];
		rmSync(directory, { recursive: true, force: true });
	});
	return {
		directory: () => directory,
		file: () => join(directory, 'site-1.sqlite'),
		async open(self: Writer = writer, options: SiteMemoryOptions = {}) {
			const memory = await openSiteMemory(directory, self, { pollMs: 1_000_000, ...options });
			opened.push(memory);
			return memory;
		},
		/** Does something to the file that no program of ours would do. */
		meddle<Value>(work: (database: DatabaseSync) => Value): Value {
			const database = new DatabaseSync(join(directory, 'site-1.sqlite'));
			try {
				database.exec('PRAGMA busy_timeout = 1000');
				return work(database);
			} finally {
				database.close();
			}
		},
	};
}

export function listenTo(memory: OpenedMemory) {
	const changes: SiteChange[] = [];
	memory.watch((change) => changes.push(change));
	return { changes, measurements: () => changes.flatMap((change) => change.measurements) };
}
