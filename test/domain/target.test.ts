import { expect, test } from 'vitest';
import { canonicalAddress, formatTarget, parsePort, parseUserAtTarget } from '../../source/domain/target.ts';

test('user@host[:port] in all its forms', () => {
	expect(parseUserAtTarget('deploy@db1')).toEqual({ username: 'deploy', host: 'db1', port: 22 });
	expect(parseUserAtTarget('deploy@db1:2222')).toEqual({ username: 'deploy', host: 'db1', port: 2222 });
	expect(parseUserAtTarget('me@corp@db1:22')).toEqual({ username: 'me@corp', host: 'db1', port: 22 });
	expect(parseUserAtTarget('root@[fe80::1]:2200')).toEqual({ username: 'root', host: 'fe80::1', port: 2200 });
	expect(parseUserAtTarget('root@fe80::1')).toEqual({ username: 'root', host: 'fe80::1', port: 22 });
});

test('what is none is null', () => {
	for (const text of [
		'db1',
		'@db1',
		'a@',
		'a@b:0',
		'a@b:65536',
		'a@b:22x',
		'a@b c',
		'a@b/c',
		'x@--version:1',
		'x@-v',
		'x@\u202eb',
		`x@${'b'.repeat(254)}`,
	])
		expect(parseUserAtTarget(text)).toBeNull();
});

test('ports', () => {
	expect([parsePort('1'), parsePort('65535'), parsePort('0'), parsePort('-1'), parsePort('1e3')]).toEqual([
		1,
		65_535,
		null,
		null,
		null,
	]);
});

test('IPv6 targets stand in brackets', () => {
	expect([formatTarget('db1', 22), formatTarget('::1', 22)]).toEqual(['db1:22', '[::1]:22']);
});

test('one address has one spelling', () => {
	const of = [
		'10.0.0.5',
		'::ffff:10.0.0.5',
		'::FFFF:a00:5',
		'FE80:0:0::1',
		'fe80::1',
		'DB1.Example',
		'fe80::1%eth0',
	].map(canonicalAddress);
	expect(of).toEqual(['10.0.0.5', '10.0.0.5', '10.0.0.5', 'fe80::1', 'fe80::1', 'db1.example', 'fe80::1%eth0']);
});
