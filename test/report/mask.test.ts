import { expect, test } from 'vitest';
import { parseInventory } from '../../source/inventory/file.ts';
import { createMask } from '../../source/report/mask.ts';

const inventory = parseInventory(
	`version: 1
connectors: [{name: dc1}]
safes:
  - {name: db-primary, host: db1.corp.example, username: postgres}
  - {name: db, host: db1, username: root}
  - {name: edge, host: 10.20.4.17, username: Deploy}
  - {name: lo, host: 127.0.0.1, username: root}
`,
	'/x.yaml',
);

test('the same thing has the same stand-in everywhere, whole names first, in any case', () => {
	const mask = createMask(inventory);
	expect(mask('db1.corp.example and DB1.corp.example, but db1 is another')).toBe(
		'HOST-1 and HOST-1, but HOST-2 is another',
	);
	expect(mask('postgres@db1.corp.example via dc1: db-primary')).toBe('USER-1@HOST-1 via dc1: SAFE-1');
	expect(mask('db-primary-2 db-primary')).toBe('db-primary-2 SAFE-1');
	expect(mask.counts()).toEqual({ HOST: 2, USER: 1, SAFE: 1 });
});

test('addresses are masked wherever they stand', () => {
	const mask = createMask(inventory);
	expect(mask('dial tcp 10.20.4.17:22')).toBe('dial tcp IP-1:22');
	expect(mask('10.20.4.17, 10.20.4.18, 2a01:4f8::1, [2a01:4f8::1]:22')).toBe('IP-1, IP-2, IP-3, [IP-3]:22');
	expect(mask('ip-10-20-4-17.eu-west-1.compute.internal')).toBe('ip-IP-1.eu-west-1.compute.internal');
	expect(mask('https://10.20.4.17/x')).toBe('https://IP-1/x');
});

test('what identifies nobody stays', () => {
	const mask = createMask(inventory);
	const innocent =
		'127.0.0.1 ::1 192.0.2.7 2001:db8::1 root dc1 1.2.3 OpenSSH_9.6 08:30:15 2026-11-22T08:00:00.000Z MD5:fc:4b:ef:d1:68:e1:cd:6d:94:63:cb:50:4d:50:e5:2e';
	expect(mask(innocent)).toBe(innocent);
});

test('the search afterwards finds what was let through', () => {
	const mask = createMask(inventory);
	expect(mask.leak('all HOST-1 and SAFE-2')).toBeNull();
	expect(mask.leak('oh, db1.corp.example')).toBe('db1.corp.example');
});
