import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
	type ConnectionResult,
	type ProbeRequest,
	probeConnection,
} from '../../../source/engine/measure/probe-connection.ts';
import { createProbeThread, type ProbeThread } from '../../../source/engine/measure/probe-thread.ts';
import { programFile } from '../../../source/engine/thread-program.ts';
import { createLocalHost } from '../../../source/hosts/local-host.ts';
import { parsePublicKey } from '../../../source/probes/public-key.ts';
import { fingerprint, publicKey } from '../../helpers/keys.ts';
import { type SshServer, type SshServerOptions, startSshServer } from '../../helpers/ssh-server.ts';
import { until } from '../../helpers/system.ts';

const worker = new URL('../../../source/engine/measure/probe-worker.ts', import.meta.url).href;
const local = createLocalHost();
const never = new AbortController().signal;

let directory: string;
let server: SshServer;
let thread: ProbeThread | undefined;
beforeEach(async () => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(async () => {
	await thread?.dispose();
	thread = undefined;
	await server.stop();
	rmSync(directory, { recursive: true });
});

/** A program for the thread, which leaves a mark once it runs. */
function program(text: string): { file: string; ran: () => boolean } {
	const [file, mark] = [join(directory, 'worker.mjs'), join(directory, 'mark')];
	writeFileSync(file, `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(mark)}, '');\n${text}`);
	return { file, ran: () => existsSync(mark) };
}

async function request(options: SshServerOptions = {}, asked = 'user-a' as const): Promise<ProbeRequest> {
	server = await startSshServer(options);
	const { key } = parsePublicKey(publicKey(asked), 'inventory');
	if (key === null) throw new Error('the test key is none');
	return {
		address: '127.0.0.1',
		port: server.port,
		stored: { type: null, fingerprint: fingerprint('host-a') },
		types: null,
		question: { kind: 'public-key', username: 'deploy', keys: [key] },
		openMs: 5000,
		checkTimeoutMs: 5000,
		safeTimeoutMs: 10_000,
	};
}

/** What was found, without what differs from one connection to the next. */
function found(result: ConnectionResult | null) {
	if (result === null) return null;
	const { handshake, answers, outcome, error } = result;
	const { identification, hostKey, hostKeyProven, ended } = handshake ?? {};
	const said = answers.map(({ answer, username }) => ({ answer, username }));
	return { outcome, error, identification, hostKey, hostKeyProven, ended, said };
}

const rush = (count: number, what: ProbeRequest, signal = never) =>
	Promise.all(Array.from({ length: count }, () => thread?.probe(what, signal) ?? null));

test('a rush is probed in a thread, and brings back what is found here', async () => {
	const what = await request();
	const here = found(await probeConnection(local, what, never));
	expect(here).toMatchObject({ outcome: 'open', hostKeyProven: true, said: [{ answer: 'accepted' }] });
	const { file, ran } = program(`await import(${JSON.stringify(worker)});`);
	thread = createProbeThread(local, programFile(file));
	await rush(3, what);
	expect(ran()).toBe(false);
	const all = await rush(28, what);
	expect(ran()).toBe(true);
	expect(all.map(found)).toEqual(all.map(() => here));
	// Nothing is asked where the host key is another one.
	const other = { ...what, stored: { type: null, fingerprint: fingerprint('host-b') } };
	const [first] = await rush(28, other);
	expect(found(first ?? null)).toMatchObject({ hostKeyProven: true, said: [] });
});

test('one that ends after a while and begins again loses nothing', async () => {
	const what = await request();
	const { file } = program(`await import(${JSON.stringify(worker)});`);
	thread = createProbeThread(local, programFile(file), 0);
	for (let round = 0; round < 4; round++) {
		const all = await rush(28, what);
		expect(all.map((result) => result?.outcome)).toEqual(all.map(() => 'open'));
		// The next rush comes before, while or after the thread ends.
		await pause(round * 5);
	}
});

test('of one that fails nobody says what became of its connections; from then on probes are made here', async () => {
	const what = await request();
	const { file, ran } = program(
		`import { parentPort } from 'node:worker_threads';\nparentPort.once('message', () => { throw new Error('broken'); });`,
	);
	thread = createProbeThread(local, programFile(file));
	const all = await rush(28, what);
	expect(ran()).toBe(true);
	expect(all.map((result) => result?.outcome ?? null)).toEqual([
		...Array.from({ length: 24 }, () => 'open'),
		...Array.from({ length: 4 }, () => null),
	]);
	const later = await rush(28, what);
	expect(later.map((result) => result?.outcome)).toEqual(later.map(() => 'open'));
});

test('that of a newer vpmon is not run, and one that is gone is not missed', async () => {
	const what = await request();
	const { file, ran } = program(`await import(${JSON.stringify(worker)});`);
	thread = createProbeThread(local, programFile(file));
	writeFileSync(file, 'throw new Error("newer");\n');
	const all = await rush(28, what);
	rmSync(file);
	thread = createProbeThread(local, programFile(file));
	all.push(...(await rush(28, what)));
	expect(all.map((result) => result?.outcome)).toEqual(all.map(() => 'open'));
	expect(ran()).toBe(false);
});

test('what is cancelled ends at once there too', async () => {
	const what = await request({ isDeaf: () => true });
	const { file } = program(`await import(${JSON.stringify(worker)});`);
	thread = createProbeThread(local, programFile(file));
	const stop = new AbortController();
	const started = performance.now();
	const probing = rush(32, what, stop.signal);
	await until('all are connected', () => server.connections() === 32);
	stop.abort();
	const all = await probing;
	expect(performance.now() - started).toBeLessThan(4000);
	const saidYes = all.filter((result) => result?.answers.some(({ answer }) => answer === 'accepted'));
	expect([all.includes(null), saidYes]).toEqual([false, []]);
});
