import { expect, test } from 'vitest';
import type { Safe } from '../../source/domain/inventory.ts';
import { LinesAbout, namesOf } from '../../source/logs/lines-about.ts';
import { LogBuffer } from '../../source/logs/log-buffer.ts';

const safe = (part: Partial<Safe> = {}): Safe => ({
	name: 'app-12',
	connector: 'dc1',
	host: 'db1.corp.example',
	port: 22,
	username: 'deploy',
	credential: { type: 'password' },
	hostKey: null,
	id: null,
	hostKeyPlace: null,
	sensitive: false,
	exempt: false,
	place: null,
	...part,
});
const line = (text: string) => ({ time: null, text, kind: 'log', position: null }) as const;
const names = (text: string, part: Partial<Safe> = {}, addresses: readonly string[] = []) =>
	namesOf(safe(part), addresses).test(text);

test('the name, the target, the address, however they are written down', () => {
	for (const text of [
		'session failed safe=app-12',
		'{"safe":"app-12","err":"x"}',
		'APP-12: no route',
		'opening "app-12".',
		'deploy@db1.corp.example refused',
		'dial tcp DB1.corp.example:22: i/o timeout',
		'ssh://deploy@db1.corp.example:22/',
		'lookup db1.corp.example.',
		'dial tcp 10.20.4.17:22: i/o timeout',
		'dial tcp 10.20.4.17: unreachable',
		'target:10.20.4.17',
		'dial tcp [2001:db8::17]:22: refused',
		'dial tcp 2001:DB8::17 refused',
	])
		expect([text, names(text, {}, ['10.20.4.17', '2001:db8:0::17'])]).toEqual([text, true]);
});

test('only as whole words, and only at its port', () => {
	for (const text of [
		'session failed safe=app-123',
		'session failed safe=my-app-12',
		'app-12-old',
		'app-12.example',
		'xapp-12',
		'dial tcp db1.corp.example:2222: refused',
		'dial tcp db1.corp.example:220: refused',
		'db1.corp.example.org',
		'www.db1.corp.example',
		'dial tcp 110.20.4.17:22',
		'dial tcp 10.20.4.170:22',
		'dial tcp 10.20.4.17.5',
		'dial tcp 10.20.4.17:8080',
		'2001:db8::17:1 refused',
		'1:2001:db8::17 refused',
		'[2001:db8::17]:2222',
	])
		expect([text, names(text, {}, ['10.20.4.17', '2001:db8::17'])]).toEqual([text, false]);
});

test('names with blanks, signs and letters of any script are what they are', () => {
	expect(names('open (prod) db+1!', { name: '(prod) db+1' })).toBe(true);
	expect(names('open Größe', { name: 'Größe' })).toBe(true);
	expect(names('open Größer', { name: 'Größe' })).toBe(false);
	expect(names('open dbx1', { name: 'db.1' })).toBe(false);
	expect(names('a/b-c d', { name: 'a/b-c' })).toBe(true);
});

test('the newest lines that name it, each line of the log read once, kept when they fall off the ring', () => {
	const buffer = new LogBuffer();
	const about = new LinesAbout(namesOf(safe(), []));
	expect(about.in(buffer)).toEqual([]);
	for (let index = 0; index < 8; index++) buffer.add(line(`${index} safe=app-12`));
	buffer.add({ ...line('the stream of app-12 was lost'), kind: 'notice' });
	const texts = () => about.in(buffer).map(({ text }) => text[0]);
	expect(texts()).toEqual(['3', '4', '5', '6', '7']);
	for (let index = 0; index < 15_000; index++) buffer.add(line('safe=app-123 at db1.corp.example:2222'));
	expect(texts()).toEqual(['3', '4', '5', '6', '7']);
	buffer.add(line('9 safe=app-12'));
	expect(texts()).toEqual(['4', '5', '6', '7', '9']);
	const started = performance.now();
	for (let index = 0; index < 1000; index++) about.in(buffer);
	expect(performance.now() - started).toBeLessThan(50);
});
