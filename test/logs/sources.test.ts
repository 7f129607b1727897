import { expect, test } from 'vitest';
import type { Connector } from '../../source/domain/inventory.ts';
import { logSourceOf } from '../../source/logs/choose-source.ts';
import { sinceTime } from '../../source/logs/log-source.ts';

const base: Connector = {
	name: 'dc1',
	host: 'local',
	runtime: 'none',
	container: null,
	unit: null,
	journalDirectory: null,
	logFile: null,
	place: null,
};
const source = (part: Partial<Connector>) => {
	const found = logSourceOf({ ...base, ...part });
	if ('none' in found) throw new Error(found.none);
	return found;
};
const docker = source({ runtime: 'docker', container: 'agent' });
const journal = source({ runtime: 'systemd', unit: 'agent.service' });
const file = source({ logFile: '/var/log/agent.log' });

test('the commands are the runbook’s own', () => {
	expect(docker.tailCommand(100)).toEqual(['docker', 'logs', '--timestamps', '--tail', '100', '--', 'agent']);
	expect(docker.followCommand(200, null)).toEqual([
		'docker',
		'logs',
		'--timestamps',
		'--follow',
		'--tail',
		'200',
		'--',
		'agent',
	]);
	expect(docker.followCommand(200, '2026-01-01T00:00:00Z')).toEqual([
		'docker',
		'logs',
		'--timestamps',
		'--follow',
		'--since',
		'2025-12-31T23:59:59.999Z',
		'--',
		'agent',
	]);
	expect(journal.tailCommand(100).join(' ')).toBe('journalctl -u agent.service --output json --all --no-pager -n 100');
	expect(journal.followCommand(200, 'c').join(' ')).toContain('--follow --after-cursor c');
	expect(source({ runtime: 'systemd', unit: 'a', journalDirectory: '/j' }).tailCommand(1).join(' ')).toContain(
		'--directory /j',
	);
	expect(file.tailCommand(100)).toEqual(['tail', '-n', '100', '--', '/var/log/agent.log']);
});

test('a file wins over the runtime; a connector without any log says so', () => {
	expect(source({ runtime: 'docker', container: 'agent', logFile: '/x.log' }).name).toBe('file x.log');
	expect(logSourceOf(base)).toHaveProperty('none');
});

test('docker lines are cut off their stamp; a line without one is the client’s own', () => {
	expect(docker.decode('2026-11-22T08:00:00.123456789Z ERROR it broke', 'stderr')).toMatchObject({
		time: Date.parse('2026-11-22T08:00:00.123Z'),
		text: 'ERROR it broke',
		kind: 'error',
		position: '2026-11-22T08:00:00.123456789Z',
	});
	expect(docker.decode('2026-13-45T99:99:99Z no day of any calendar', 'stderr')).toBeNull();
	expect(docker.decode('Error response from daemon: No such container: agent', 'stderr')).toBeNull();
	expect(docker.explain('Error response from daemon: No such container: agent', 'ended')).toContain(
		'no container named agent',
	);
	expect(docker.explain('permission denied while trying to connect', 'ended')).toContain('group docker');
	expect(docker.explain('configured logging driver does not support reading', 'ended')).toContain('logging driver');
	expect(docker.explain('', 'not-found')).toContain('neither docker nor podman is installed');
});

test('docker: the stamps inside a line over 16 KiB are taken out, others are the container’s own', () => {
	const stamp = '2026-11-22T08:00:00.000000001Z';
	const other = '2026-11-22T07:59:59.000000001Z';
	const piece = `${other} ${'x'.repeat(16_384 - 31)}`;
	expect(docker.decode(`${stamp} ${piece}${stamp} ${piece}${stamp} end`, 'stdout')?.text).toBe(`${piece}${piece}end`);
	expect(docker.decode(`${stamp} see ${stamp} above`, 'stdout')?.text).toBe(`see ${stamp} above`);
});

test('podman: each piece of a long line has a stamp of its own', () => {
	const piece = 'x'.repeat(8191);
	const line = `2026-11-22T08:00:00.045864677Z ${piece}2026-11-22T08:00:00.046017574Z ${piece}2026-11-22T08:00:00.0463Z end`;
	expect(docker.decode(line, 'stdout')?.text).toBe(`${piece}${piece}end`);
	// What the line itself says of another time stays.
	const other = `2026-11-22T08:00:00.045864677Z ${piece}2026-11-21T08:00:00.046017574Z end`;
	expect(docker.decode(other, 'stdout')?.text).toBe(`${piece}2026-11-21T08:00:00.046017574Z end`);
});

test('podman’s stamps, in the local zone and without trailing zeros, sort like docker’s', () => {
	expect(docker.decode('2026-11-22T09:00:00.5+01:00 hello', 'stdout')).toMatchObject({
		text: 'hello',
		position: '2026-11-22T08:00:00.500000000Z',
	});
	expect(docker.decode('2026-11-22T09:00:00+01:00 ', 'stdout')).toMatchObject({
		text: '',
		position: '2026-11-22T08:00:00.000000000Z',
	});
});

test('a journal entry that had to be cut is told, with its cursor', () => {
	const cut = `{"__CURSOR":"s=7","MESSAGE":[${'104,'.repeat(2_200_000)} … cut, 9000000 bytes`;
	expect(journal.decode(cut, 'stdout')).toMatchObject({ text: expect.stringContaining('too long'), position: 's=7' });
});

test('journal entries in every form of MESSAGE', () => {
	const decode = (entry: object) =>
		journal.decode(JSON.stringify({ __REALTIME_TIMESTAMP: '1763800000123456', __CURSOR: 's=1', ...entry }), 'stdout');
	expect(decode({ MESSAGE: 'hello', PRIORITY: '3' })).toEqual({
		time: 1_763_800_000_123,
		text: 'hello',
		kind: 'error',
		position: 's=1',
	});
	expect(decode({ MESSAGE: 'WARN slow', PRIORITY: '6' })?.kind).toBe('warning');
	expect(decode({ MESSAGE: [104, 105, 255] })?.text).toBe('hi\ufffd');
	expect(decode({ MESSAGE: null })?.text).toContain('without text');
	expect(decode({})?.text).toContain('without text');
	expect(decode({ MESSAGE: 'from a damaged file', __REALTIME_TIMESTAMP: 'x' })).toMatchObject({ time: null });
	expect(decode({ MESSAGE: ['a', 'b'] })?.text).toBe('a b');
	expect(journal.decode('-- No entries --', 'stdout')).toBeNull();
	expect(journal.decode('{"MESSAGE": 5}', 'stdout')).toBeNull();
	expect(journal.explain('No journal files were found.', 'ended')).toContain('systemd-journal');
});

test('what reads like a field of the journal, inside a message or with a longer name, is none', () => {
	const decode = (entry: object) => journal.decode(JSON.stringify(entry), 'stdout');
	const place = { __REALTIME_TIMESTAMP: '1763800000123456', __CURSOR: 's=1', PRIORITY: '4' };
	const expected = { time: 1_763_800_000_123, kind: 'warning', position: 's=1' };
	const other = { COREDUMP_MESSAGE: 'x', OLD__CURSOR: 's=0', X_PRIORITY: '3', X__REALTIME_TIMESTAMP: '1' };
	for (const text of [
		'say "MESSAGE":"no","PRIORITY":"3","__CURSOR":"s=2"',
		'{"MESSAGE":"inner","__CURSOR":"s=2","__REALTIME_TIMESTAMP":"5"}',
		'ends with \\',
		'\\" and \\\\" and \\',
		'\u001b[1mbold\u001b[0m ü "',
		'',
	]) {
		expect(decode({ ...other, MESSAGE: text, ...place })).toEqual({ ...expected, text });
		expect(decode({ ...place, ...other, MESSAGE: text })).toEqual({ ...expected, text });
	}
	// As journalctl of systemd 219 writes it.
	expect(journal.decode('{ "__CURSOR" : "s=3", "MESSAGE" : "hello" }', 'stdout')).toMatchObject({
		text: 'hello',
		position: 's=3',
	});
});

test('file lines give their own time, or none', () => {
	expect(file.decode('2026-11-22T08:00:00Z INFO ok', 'stdout')).toMatchObject({
		time: Date.parse('2026-11-22T08:00:00Z'),
		text: 'INFO ok',
	});
	expect(file.decode('2026-11-22 08:00:00,250 WARN slow', 'stdout')).toMatchObject({
		kind: 'warning',
		text: 'WARN slow',
	});
	expect(file.decode('just text', 'stdout')).toMatchObject({ time: null, text: 'just text' });
	expect(file.decode("tail: 'x' has been replaced;  following new file", 'stderr')).toBeNull();
	expect(file.isComplaint("tail: cannot open '/x' for reading: No such file or directory")).toBe(true);
	expect(file.isComplaint("tail: '/x' has been replaced;  following new file")).toBe(false);
});

test('all of a log, and all since a time, where the program can say so', () => {
	expect(docker.tailCommand('all')).toEqual(['docker', 'logs', '--timestamps', '--', 'agent']);
	expect(file.tailCommand('all')).toEqual(['tail', '-n', '+1', '--', '/var/log/agent.log']);
	const time = Date.parse('2026-11-22T08:00:00.500Z');
	const [since, fileSince] = [sinceTime(journal, time), sinceTime(file, time)];
	expect(since.tailCommand('all').join(' ')).toContain('-n all --since @1795334400');
	expect(since.followCommand(10, null).join(' ')).toContain('--since @1795334400');
	expect(since.followCommand(10, 'c')).toEqual(journal.followCommand(10, 'c'));
	expect(sinceTime(docker, time).followCommand(10, null).join(' ')).toBe(
		'docker logs --since 2026-11-22T08:00:00.500Z --timestamps --follow --tail 10 -- agent',
	);
	expect(fileSince.tailCommand(5)).toEqual(file.tailCommand(5));
});
