import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, type TestContext, test } from 'vitest';
import { boardOf, openScreen, pressOn } from '../helpers/board.ts';
import { startBoardSite } from '../helpers/board-site.ts';
import { vpmon } from '../helpers/cli.ts';
import { startExporter } from '../helpers/exporter.ts';
import { fingerprint } from '../helpers/keys.ts';
import { opensshRoot } from '../helpers/openssh-release.ts';
import { startSlowWire } from '../helpers/slow-wire.ts';
import { until } from '../helpers/system.ts';
import { startTargetServer } from '../helpers/target-server.ts';

/** One program measures a target, and others want to know the same meanwhile. */
beforeAll(() => {
	opensshRoot('trixie');
});

/** A Safe `db` behind a wire that takes its time. */
async function startSlowTarget({ onTestFinished }: TestContext, key: 'user-a' | 'user-b', delayMs: number) {
	const target = await startTargetServer('trixie');
	const wire = await startSlowWire(target, delayMs);
	const site = await startBoardSite();
	onTestFinished(async () => {
		await wire.stop();
		await target.stop();
		site.close();
	});
	const safe = { name: 'db', target, port: wire.port, hostKey: `ssh-ed25519 ${fingerprint('host-a')}`, key };
	return { target, wire, site, write: (name: string, settings: string) => site.write(name, [safe], settings) };
}

test.concurrent('authorized_keys mended while another program’s sweep is under way: r and check tell what is true after it', async (context) => {
	const { onTestFinished } = context;
	const { target, wire, site, write } = await startSlowTarget(context, 'user-b', 300);
	const deadlines = 'rowTimeout: 20s, ladderTimeout: 30s, sweepEvery: 10m';
	const inventory = write('sweeps', deadlines);
	const screen = await openScreen(write('waits', `probe: on-demand, ${deadlines}`), site.environment);
	onTestFinished(() => screen.close());
	const exporter = await startExporter(inventory, site.environment);
	onTestFinished(async () => void (await exporter.stop()));
	// The target has answered, and the answer is on its way.
	await until('the key is refused', () => target.seen().refusedKeys === 1, 10_000);
	wire.hold();
	target.authorize('user-a', 'user-b');
	await pressOn(screen, 'db', 'r');
	await pause(300);
	wire.letThrough();

	const board = boardOf(exporter, [screen]);
	await until('the screen says what is true', async () => (await board.says('db'))['screen 1'] === 'pass', 25_000);
	const { exitCode, stdout } = await vpmon(['check', '-i', inventory], site.environment);
	expect(exitCode, stdout).toBe(0);
	await board.allSay('db', 'pass', 3000);
	expect(target.seen()).toMatchObject({ refusedKeys: 1, penalised: 0 });
});

const timeoutSeconds = 10;
/** What a claim may last without being renewed, what others may need to notice, and a measurement. */
const mostMs = (timeoutSeconds + 2 + 2) * 1000;

test.concurrent.for(['SIGKILL', 'SIGSTOP'] as const)(
	'a program that measures gets %s: the others wait for its claim alone, then measure',
	async (signal, context) => {
		const { onTestFinished } = context;
		const { target, wire, site, write } = await startSlowTarget(context, 'user-a', 0);
		const settings = `rowTimeout: ${timeoutSeconds}s, ladderTimeout: ${timeoutSeconds}s, sweepEvery: 10m`;
		const inventory = write('vpmon', settings);
		wire.hold();
		const exporter = await startExporter(inventory, site.environment);
		onTestFinished(() => {
			try {
				process.kill(exporter.pid, 'SIGKILL');
			} catch {
				// It got one already.
			}
		});
		await until('it measures', () => wire.connections() > 0);
		const screens = [await openScreen(inventory, site.environment), await openScreen(inventory, site.environment)];
		for (const screen of screens) onTestFinished(() => screen.close());
		await pause(500);
		expect(wire.connections()).toBe(1);

		process.kill(exporter.pid, signal);
		const endedAt = performance.now();
		wire.letThrough();
		for (const screen of screens) await screen.see(/✔ +db/, mostMs);
		expect(performance.now() - endedAt).toBeLessThan(mostMs);
		// One of them measured for both.
		expect(wire.connections()).toBe(2);
		expect(target.seen().penalised).toBe(0);
		if (signal !== 'SIGSTOP') return;
		process.kill(exporter.pid, 'SIGCONT');
		await boardOf(exporter, screens).allSay('db', 'pass', 15_000);
	},
);
