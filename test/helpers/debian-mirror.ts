import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The mirror that apt on this machine uses already. */
export function debianMirror(): string {
	const directory = '/etc/apt/sources.list.d';
	const lists = ['/etc/apt/sources.list', ...readdirSync(directory).map((name) => join(directory, name))];
	for (const list of lists) {
		try {
			const found = /^(?:URIs:\s*|deb\s+(?:\[[^\]]*\]\s+)?)(https?:\/\/\S+\/debian\/?)(?:\s|$)/m.exec(
				readFileSync(list, 'utf8'),
			);
			if (found?.[1] !== undefined) return found[1];
		} catch {
			// Not this one.
		}
	}
	throw new Error('no Debian mirror found in the sources of apt');
}
