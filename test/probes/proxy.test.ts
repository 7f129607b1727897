import { expect, test } from 'vitest';
import { proxyFor } from '../../source/probes/proxy.ts';

const shown = (url: string, environment: Record<string, string>) => {
	const proxy = proxyFor(new URL(url), environment);
	return typeof proxy === 'object' ? (proxy?.shown ?? null) : proxy;
};
const both = { HTTPS_PROXY: 'http://s.example:3128', HTTP_PROXY: 'p.example:8080' };

test('which variable counts for which URL', () => {
	expect(shown('https://vault.example/', both)).toBe('s.example:3128');
	expect(shown('http://vault.example/', both)).toBe('p.example:8080');
	expect(shown('https://vault.example/', { ...both, https_proxy: 'http://l.example' })).toBe('l.example:80');
	expect(shown('https://vault.example/', { https_proxy: 'https://[2001:db8::1]' })).toBe('[2001:db8::1]:443');
	expect(shown('https://vault.example/', { https_proxy: '', HTTPS_PROXY: ' ' })).toBeNull();
	for (const own of ['localhost', '127.0.0.1', '[::1]']) expect(shown(`https://${own}/`, both)).toBeNull();
});

test.each([
	['*', true],
	['example', true],
	['.example', true],
	['other.example, vault.example', true],
	['VAULT.example', true],
	['vault.example:443', true],
	['vault.example:8443', false],
	['ault.example', false],
	['vault.example.org', false],
	['', false],
])('NO_PROXY %j: direct %s', (no_proxy, isDirect) => {
	expect(shown('https://vault.example/healthz', { ...both, no_proxy }) === null).toBe(isDirect);
});

test('NO_PROXY takes addresses and networks', () => {
	expect(shown('https://10.1.2.3/', { ...both, NO_PROXY: '10.0.0.0/8' })).toBeNull();
	expect(shown('https://11.1.2.3/', { ...both, NO_PROXY: '10.0.0.0/8,not/a/net' })).toBe('s.example:3128');
	expect(shown('https://[2001:db8::5]/', { ...both, NO_PROXY: '2001:db8::/32' })).toBeNull();
	expect(shown('https://[2001:db8::5]/', { ...both, NO_PROXY: '[2001:db8::5]:443' })).toBeNull();
});
