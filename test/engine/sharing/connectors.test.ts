import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
	createSharedHost,
	inventoryOf,
	runningConnector,
	runs,
	type SharingProgram,
	sshPort,
	type WrittenSafe,
	writerOf,
} from '../../helpers/shared-host.ts';

/** What programs tell each other of a connector's state. */

const db: WrittenSafe = { name: 'db', host: '10.0.0.5' };
const anna = writerOf('screen', 1000, 'anna');
const exporter = writerOf('exporter', 999, 'vpmon');
const mayNot = {
	'docker inspect': { stderr: 'permission denied while trying to connect to the docker API', exitCode: 1 },
};
let site: ReturnType<typeof createSharedHost>;
beforeEach(() => {
	vi.useFakeTimers({ toFake: ['Date'] });
	site = createSharedHost({ ports: { '10.0.0.5:22': sshPort() } });
});
afterEach(async () => {
	vi.useRealTimers();
	await site.close();
});
const row = ({ engine }: SharingProgram) => engine.session.get().connectors.get('dc1');
const looks = ({ host }: SharingProgram) => host.ran.filter((command) => command.startsWith('docker inspect')).length;
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

/** Looks, and waits until others can read it. */
async function tell(program: SharingProgram) {
	const at = Date.now();
	await program.engine.checkConnectors();
	const isTold = () =>
		program.shared.load(['scenario']).some(({ part, beganAt }) => part === 'connector' && beganAt >= at);
	await vi.waitFor(() => expect(isTold()).toBe(true));
}

async function start(self: typeof anna, commands = runs, inventory = inventoryOf([db])) {
	const program = await site.start(inventory, { self, commands });
	await program.engine.followOthers();
	return program;
}

test('who may not ask docker shows what the exporter saw, as of then and under its name, for a minute', async () => {
	const theirs = await start(exporter);
	await tell(theirs);
	const seenAt = Date.now();
	later(20);
	const ours = await start(anna, mayNot);
	await ours.engine.checkConnectors();
	expect(row(ours)?.status).toBe('online');
	expect(row(ours)?.check.measuredBy).toEqual(exporter);
	expect(Math.abs(Date.parse(row(ours)?.check.measuredAt ?? '') - seenAt)).toBeLessThan(5000);
	later(50);
	await ours.engine.checkConnectors();
	expect(row(ours)?.status).toBe('unknown');
	expect(row(ours)?.check.measuredBy).toEqual(anna);
});

test('what it sees next is shown at the next look', async () => {
	const theirs = await start(exporter);
	const ours = await start(anna, mayNot);
	await ours.engine.checkConnectors();
	expect(row(ours)?.status).toBe('unknown');
	await tell(theirs);
	ours.shared.poll();
	await vi.waitFor(() => expect(row(ours)?.status).toBe('online'));
});

test('who may ask believes its own look, and that of root', async () => {
	const stopped = { 'docker inspect': { stdout: runningConnector.replace('running', 'exited') } };
	const theirs = await start(exporter, stopped);
	const ours = await start(anna);
	await tell(theirs);
	ours.shared.poll();
	await ours.engine.checkConnectors();
	expect(row(ours)?.status).toBe('online');
	const root = await start(writerOf('screen', 0), stopped);
	later(1);
	await tell(root);
	const before = looks(ours);
	ours.shared.poll();
	await vi.waitFor(() => expect(row(ours)?.status).toBe('offline'));
	expect(looks(ours)).toBe(before);
});

test('programs that cannot trust each other do not answer each look with one of their own', async () => {
	const programs = [await start(exporter), await start(anna), await start(writerOf('screen', 1000, 'anna'))];
	for (const program of programs) await program.engine.checkConnectors();
	later(1);
	await tell(programs[0] as SharingProgram);
	const puts = programs.map(({ shared }) => vi.spyOn(shared, 'put'));
	for (let poll = 0; poll < 8; poll++) {
		later(1);
		for (const { shared, engine } of programs) {
			shared.poll();
			await engine.session.settled();
			await new Promise((resolve) => setTimeout(resolve, 80));
		}
	}
	expect(puts.reduce((sum, put) => sum + put.mock.calls.length, 0)).toBe(0);
});

test('what the control plane says is asked by who has one in its inventory', async () => {
	const server = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1');
	await new Promise((resolve) => server.once('listening', resolve));
	const healthUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`;
	try {
		const root = await start(writerOf('exporter', 0));
		await tell(root);
		const ours = await start(anna, runs, inventoryOf([db], { exempt: true }, { controlPlane: { healthUrl } }));
		const before = looks(ours);
		await ours.engine.checkConnectors();
		expect(looks(ours)).toBe(before);
		expect(row(ours)?.check.evidence?.health?.url).toBe(healthUrl);
		expect(row(ours)?.status).toBe('degraded');
		expect(row(ours)?.check.measuredBy).toEqual(writerOf('exporter', 0));
	} finally {
		server.close();
	}
});
