import { expect, test } from 'vitest';
import { isLoopback, parseListen } from '../../source/domain/listen-address.ts';

test('reads addresses to listen on', () => {
	expect(parseListen('127.0.0.1:9466')).toEqual({ host: '127.0.0.1', port: 9466 });
	expect(parseListen('[::1]:9466')).toEqual({ host: '::1', port: 9466 });
	expect(parseListen('dc1.example:0')).toEqual({ host: 'dc1.example', port: 0 });
	expect(parseListen(':9466')).toEqual({ host: '', port: 9466 });
	for (const bad of [
		'9466',
		'127.0.0.1',
		'127.0.0.1:',
		'127.0.0.1:65536',
		'::1:9466',
		'[1.2.3.4]:9466',
		'http://a:1',
		'a b:1',
		'',
	])
		expect(parseListen(bad)).toBeNull();
});

test('tells who stays on this machine', () => {
	for (const address of ['127.0.0.1:9466', '127.9.9.9:1', '[::1]:9466', '[::ffff:127.0.0.1]:9466'])
		expect(isLoopback(address)).toBe(true);
	for (const address of ['0.0.0.0:9466', '[::]:9466', '10.0.0.5:127', '128.0.0.1:9466', '[fe80::1]:9466'])
		expect(isLoopback(address)).toBe(false);
});
