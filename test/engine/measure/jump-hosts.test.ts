import { expect, test } from 'vitest';
import { rememberJumpHosts } from '../../../source/engine/measure/jump-hosts.ts';

const safe = (host: string) => ({ host, port: 22 }) as Parameters<ReturnType<typeof rememberJumpHosts>>[0];

test('a target is asked for once, and not without end', async () => {
	const asked: string[] = [];
	const jumpHostOf = rememberJumpHosts(async ({ host }) => {
		asked.push(host);
		return 'ProxyJump';
	});
	expect([await jumpHostOf(safe('a')), await jumpHostOf(safe('a'))]).toEqual(['ProxyJump', 'ProxyJump']);
	expect(asked).toEqual(['a']);
	for (let index = 0; index < 100; index++) await jumpHostOf(safe(`host-${index}`));
	expect(asked).toHaveLength(50);
	expect(await rememberJumpHosts(undefined)(safe('a'))).toBeNull();
});
