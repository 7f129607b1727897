import { statSync } from 'node:fs';

/** Another one once the file was replaced or written to; `gone` where there is none. */
export function fileIdentity(path: string): string {
	try {
		const { ino, mtimeMs, size } = statSync(path);
		return `${ino} ${mtimeMs} ${size}`;
	} catch {
		return 'gone';
	}
}
