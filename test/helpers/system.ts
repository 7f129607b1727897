import { accessSync, constants } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { delimiter, isAbsolute, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Where a program is; an absolute path stands for itself, also that of a folder. A missing part is a failure of a system test, never a skip. */
export function requireProgram(name: string, debianPackage: string): string {
	const places = isAbsolute(name)
		? ['/']
		: [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/lib/systemd', '/lib/systemd'];
	for (const place of places) {
		try {
			const path = join(place, name);
			accessSync(path, constants.X_OK);
			return path;
		} catch {
			// Somewhere else.
		}
	}
	throw new Error(`${name} is missing: apt-get install ${debianPackage}`);
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** Where nothing may come of something: a moment in which it would have come. */
export const giveItAMoment = () => pause(50);

/** Waits for something to come true, and says what did not. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
	const giveUpAt = performance.now() + withinMs;
	while (!(await isTrue())) {
		if (performance.now() > giveUpAt) throw new Error(`${what} did not come true within ${withinMs} ms`);
		await pause(20);
	}
}
