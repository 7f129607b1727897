import { expect, test } from 'vitest';
import type { Host } from '../../source/hosts/host.ts';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { createNamespaceHost, mayEnter } from '../../source/hosts/namespace-host.ts';

const local = createLocalHost();

/** A host whose nsenter is a line of shell; the words are those the programs named nc really print. */
function enter(script: string, exec: { exitCode: number; stdout?: string } = { exitCode: 127 }) {
	const ran: string[] = [];
	const base: Host = {
		...local,
		name: 'dc1',
		resolve: async () => ({ ok: true, addresses: [{ address: '10.0.0.1', family: 4 }] }),
		stream: (argv, options) => {
			ran.push(argv.join(' '));
			return local.stream(['sh', '-c', script], options);
		},
		run: (argv, options) => {
			ran.push(argv.join(' '));
			return local.run(['sh', '-c', `printf '${exec.stdout ?? ''}'; exit ${exec.exitCode}`], options);
		},
	};
	return { ran, host: createNamespaceHost(base, { program: 'docker', container: 'agent', pid: 4711 }) };
}

const connect = (host: Host) => host.connect('10.0.0.5', 22, { timeoutMs: 1000 });

test.each([
	['OpenBSD', 'Connection to 10.0.0.5 22 port [tcp/*] succeeded!'],
	['traditional', '(UNKNOWN) [10.0.0.5] 22 (ssh) open'],
	['Ncat', 'Ncat: Version 7.93\\nNcat: Connected to 10.0.0.5:22.'],
])('%s netcat: open, and what is written comes back', async (_, words) => {
	const { host, ran } = enter(`printf '%b\\n' '${words}' >&2; exec cat`);
	const connection = await connect(host);
	expect(ran).toEqual(['nsenter --net --target 4711 -- nc -n -v -w 60 10.0.0.5 22']);
	if (!connection.ok) throw new Error(connection.error);
	expect(connection.sourcePort).toBeNull();
	connection.stream.write('SSH-2.0-vpmon\r\n');
	expect(String((await connection.stream.iterator({ destroyOnReturn: false }).next()).value)).toBe('SSH-2.0-vpmon\r\n');
	connection.stream.destroy();
});

test.each([
	['refused', 'nc: connect to 10.0.0.5 port 22 (tcp) failed: Connection refused'],
	['refused', '(UNKNOWN) [10.0.0.5] 22 (ssh) : Connection refused'],
	['refused', 'Ncat: Connection refused.'],
	['timeout', 'nc: connect to 10.0.0.5 port 22 (tcp) failed: Connection timed out'],
	['unreachable', 'nc: connect to 10.0.0.5 port 22 (tcp) failed: Network is unreachable'],
	['unreachable', 'Ncat: No route to host.'],
	['other', 'nsenter: cannot open /proc/4711/ns/net: No such file or directory'],
	['other', 'nsenter: failed to execute nc: No such file or directory'],
])('%s: %s', async (failure, words) => {
	expect(await connect(enter(`echo '${words}' >&2; exit 1`).host)).toMatchObject({ ok: false, failure, error: words });
});

test('silence is a timeout, and its program is ended', async () => {
	const started = performance.now();
	const { host } = enter('exec sleep 30');
	expect(await host.connect('10.0.0.5', 22, { timeoutMs: 200 })).toMatchObject({ ok: false, failure: 'timeout' });
	expect(performance.now() - started).toBeLessThan(2000);
});

test('names are those of the container; its host is asked where the container has no getent', async () => {
	const ask = (exec: { exitCode: number; stdout?: string }) => enter('', exec).host.resolve('db1', { timeoutMs: 1000 });
	expect(await ask({ exitCode: 0, stdout: '172.18.0.9 STREAM db1\\n' })).toEqual({
		ok: true,
		addresses: [{ address: '172.18.0.9', family: 4 }],
	});
	expect(await ask({ exitCode: 2 })).toMatchObject({ ok: false });
	expect(await ask({ exitCode: 127 })).toMatchObject({ ok: true, addresses: [{ address: '10.0.0.1' }] });
});

test('it says where it measures from, and shares the probe budget of its host', () => {
	expect(enter('').host).toMatchObject({ name: 'dc1, network of agent', ledgerName: 'dc1' });
});

test.each([
	['', 0, true],
	['nsenter: reassociate to namespace ns/net failed: Operation not permitted', 1, false],
	['usage: nc', 1, true],
])('may enter: %j', async (stderr, code, may) => {
	const run: Host['run'] = (_, options) => local.run(['sh', '-c', `echo '${stderr}' >&2; exit ${code}`], options);
	expect(await mayEnter({ ...local, run }, 4711, { timeoutMs: 1000 })).toBe(may);
});
