import { expect, test } from 'vitest';
import { createMask, type Identity } from '../../source/report/mask.ts';

const identities: readonly Identity[] = [
	{ kind: 'HOST', name: 'db1.corp.example' },
	{ kind: 'SAFE', name: 'db-primary' },
	{ kind: 'USER', name: 'postgres' },
	{ kind: 'USER', name: 'CORP\\alice' },
	{ kind: 'SAFE', name: 'the "new" one' },
	{ kind: 'IP', name: '10.20.4.17' },
	{ kind: 'IP', name: '127.0.0.1' },
	{ kind: 'USER', name: 'root' },
];
const whole = () => createMask(identities, ['dc1'], 'all');

test('the same thing has the same stand-in everywhere, whole names first, in any case', () => {
	const mask = whole();
	expect(mask('db1.corp.example, DB1.corp.example and db1 alone')).toBe('HOST-1, HOST-1 and HOST-1 alone');
	expect(mask('postgres@db1.corp.example via dc1: db-primary')).toBe('USER-1@HOST-1 via dc1: SAFE-1');
	expect(mask('db-primary-2 db-primary')).toBe('db-primary-2 SAFE-1');
	expect(mask.counts()).toEqual({ HOST: 1, USER: 1, SAFE: 1 });
});

test('other hosts of a known domain are hosts too', () => {
	expect(whole()('pay01.corp.example and db1.corp.example')).toBe('HOST-2 and HOST-1');
});

test('names are found behind the escapes of JSON', () => {
	const mask = whole();
	const json = JSON.stringify({ username: 'CORP\\alice', safe: 'the "new" one' });
	expect(mask(json)).toBe('{"username":"USER-1","safe":"SAFE-1"}');
});

test('addresses are masked wherever they stand', () => {
	const mask = whole();
	expect(mask('dial tcp 10.20.4.17:22')).toBe('dial tcp IP-1:22');
	expect(mask('10.20.4.17, 10.20.4.18, 2a01:4f8::1, [2a01:4f8::1]:22')).toBe('IP-1, IP-2, IP-3, [IP-3]:22');
	expect(mask('10.1.2.3.51422 > 10.20.4.17.22')).toBe('IP-4.51422 > IP-1.22');
	expect(mask('ip-10-20-4-17.eu-west-1.compute.internal 10-20-4-17.pod')).toBe(
		'ip-IP-1.eu-west-1.compute.internal IP-1.pod',
	);
	expect(mask('https://10.20.4.17/x')).toBe('https://IP-1/x');
});

test('what identifies nobody stays', () => {
	const innocent =
		'127.0.0.1 ::1 192.0.2.7 2001:db8::1 root dc1 1.2.3 OpenSSH_9.6 08:30:15 2026-11-22T08:00:00.000Z 22-11-26 MD5:fc:4b:ef:d1:68:e1:cd:6d:94:63:cb:50:4d:50:e5:2e';
	expect(whole()(innocent)).toBe(innocent);
});

test('without patterns only what is known by name is replaced', () => {
	const mask = createMask([{ kind: 'HOST', name: 'secret-db.corp.example' }], [], 'none');
	expect(mask('secret-db.corp.example 10.9.9.9 web.corp.example')).toBe('HOST-1 10.9.9.9 web.corp.example');
});

test('the search afterwards finds what was let through, and not with the patterns that let it through', () => {
	const mask = whole();
	expect(mask.leak('all HOST-1 and SAFE-2, db-primary-2')).toBeNull();
	expect(mask.leak('oh, DB1.corp.example')).toBe('db1.corp.example');
	expect(mask.leak('"CORP\\\\alice"')).toBe('corp\\alice');
	expect(mask.leak('dial 10.20.4.17:22')).toBe('10.20.4.17');
	expect(mask.leak(JSON.stringify({ banner: 'Welcome to\ndb-primary' }))).toBe('db-primary');
	expect(mask.leak('ssh%3A%2F%2Fdb1.corp.example')).toBe('db1.corp.example');
	expect(mask.leak('...db1.corp.example')).toBe('db1.corp.example');
});

test('names behind dots and URL escapes, and hosts of URLs', () => {
	const mask = whole();
	expect(mask('...db1.corp.example ssh%3A%2F%2Fdb1.corp.example')).toBe('...HOST-1 ssh%3A%2F%2FHOST-1');
	expect(mask('https://vault.intern.acme.de:8200/x and http://127.0.0.1/')).toBe(
		'https://HOST-2:8200/x and http://127.0.0.1/',
	);
});

test('a stand-in is never the name of somebody', () => {
	const mask = createMask(
		[
			{ kind: 'SAFE', name: 'safe-1' },
			{ kind: 'HOST', name: 'host-1' },
			{ kind: 'SAFE', name: 'İstanbul' },
		],
		[],
		'all',
	);
	const masked = mask('safe-1 on host-1, İstanbul');
	expect(masked).toBe('SAFE-2 on HOST-2, SAFE-3');
	expect(mask.leak(masked)).toBeNull();
});

test('names as URLs, forms and hints spell them', () => {
	const mask = createMask(
		[
			{ kind: 'SAFE', name: 'web shop' },
			{ kind: 'SAFE', name: 'Zahlung-Büro' },
			{ kind: 'USER', name: 'John Doe', spellings: ['John Doe', 'JohnDoe'] },
		],
		[],
		'all',
	);
	const masked = mask('GET /api/safes/web%20shop/session web+shop Zahlung-B%C3%BCro the name may be "JohnDoe"');
	expect(masked).toBe('GET /api/safes/SAFE-1/session SAFE-1 SAFE-2 the name may be "USER-1"');
	expect(mask.leak(masked)).toBeNull();
	expect(mask.leak('zahlung-b%c3%bcro')).not.toBeNull();
});

test('an IPv6 address behind a word and a colon', () => {
	expect(whole()('rhost:2a01:4f8::5 at 08:30:15')).toBe('rhost:IP-1 at 08:30:15');
});

test('addresses alone, but for the spared', () => {
	const mask = createMask([], ['10.0.0.5'], 'addresses');
	expect(mask('10.0.0.5 and 10.0.0.6 of https://vault.acme.de')).toBe('10.0.0.5 and IP-1 of https://vault.acme.de');
});
